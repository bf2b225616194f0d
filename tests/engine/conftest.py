"""An engine a test, over the user's own cache; registries and a small file system once a run."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support import rootfs
from tests.support.faulty_registry import FaultyRegistry, faulty
from tests.support.registry import Registry, registry
from tests.support.session import Step, ask, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """A running engine."""
    async with Engine.open(progress=Progress("silent")) as made:
        yield made


@pytest.fixture
def nonce() -> str:
    """What makes a command one that no cache has."""
    return secrets.token_hex(6)


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file system of a few megabytes."""
    return rootfs.make(tmp_path_factory.mktemp("root"))


@pytest.fixture
async def small(engine: Engine, small_root: Path) -> tuple[Step, Step]:
    """A container that has it, and no stand-in below."""
    identity = await ask(engine, "host", step("directory", path=str(small_root)), "id")
    return step("container"), step("withRootfs", directory=identity)


@pytest.fixture(scope="session")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that asks nobody who they are."""
    with registry(tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture
async def proxy(open_registry: Registry) -> AsyncIterator[FaultyRegistry]:
    """The way to it, on which faults can be put."""
    async with faulty(open_registry) as made:
        yield made


@pytest.fixture(scope="session")
def closed_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that wants a name and a password."""
    with registry(tmp_path_factory.mktemp("closed-registry"), authenticated=True) as made:
        yield made
