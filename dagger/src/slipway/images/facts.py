"""What has to be read from the repository before a service can be planned: its manifests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagger

from slipway.config import FILE, Dockerfile, Node, PythonUv
from slipway.errors import ConfigError
from slipway.images.inputs import LOCKS
from slipway.images.manifests import (
    NodeManifest,
    PythonManifest,
    node_manifest,
    python_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway.config import Service


@dataclass(frozen=True)
class Facts:
    """The manifests by the folder they are in; a service's own is under its path."""

    python: dict[str, PythonManifest] = field(default_factory=dict)
    node: NodeManifest | None = None


async def read_facts(source: dagger.Directory, services: Iterable[Service]) -> dict[str, Facts]:
    """Read what the kinds of the services depend on; gives the facts by service.

    Raises:
        ConfigError: folders, locks or manifests are missing or unreadable, in any service.

    """
    facts: dict[str, Facts] = {}
    problems: list[str] = []
    for service in services:
        try:
            facts[service.name] = await _read(source, service)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return facts


async def _read(source: dagger.Directory, service: Service) -> Facts:
    entries = await _entries(source, service)
    match service:
        case PythonUv():
            _require(service, entries, "pyproject.toml", LOCKS[service.kind])
            return Facts(python=await _python(source, service.path, *packages(service)))
        case Node():
            _require(service, entries, "package.json", LOCKS[service.kind])
            path = _join(service.path, "package.json")
            text = await source.file(path).contents()
            return Facts(node=node_manifest(path, text, service.kind.removeprefix("node-")))
        case Dockerfile():
            _require(service, entries, service.dockerfile.partition("/")[0])
        case _ if {"pyproject.toml", "uv.lock"} <= entries:
            # The tests of a database are a Python project beside its init scripts.
            return Facts(python=await _python(source, service.path, *packages(service)))
    return Facts()


def packages(service: Service) -> list[str]:
    """The folders of the packages that a service, or only its tests, depend on by path."""
    own = service.packages if isinstance(service, PythonUv) else ()
    return list(dict.fromkeys((*own, *service.test.packages)))


async def _python(source: dagger.Directory, *paths: str) -> dict[str, PythonManifest]:
    manifests = {}
    for path in paths:
        name = _join(path, "pyproject.toml")
        manifests[path] = python_manifest(name, await _contents(source, name))
    return manifests


async def _entries(source: dagger.Directory, service: Service) -> set[str]:
    try:
        entries = await source.directory(service.path).entries()
    except dagger.QueryError:
        problem = f'{FILE}: services/{service.name}/path: there is no folder "{service.path}"'
        raise ConfigError([problem]) from None
    # Dagger lists folders with a slash at the end.
    return {entry.rstrip("/") for entry in entries}


async def _contents(source: dagger.Directory, path: str) -> str:
    try:
        return await source.file(path).contents()
    except dagger.QueryError:
        raise ConfigError([f"{path}: there is no such file"]) from None


def _require(service: Service, entries: set[str], *names: str) -> None:
    missing = [name for name in names if name not in entries]
    if missing:
        kind = getattr(service, "kind", "")
        raise ConfigError(f"{_join(service.path, n)}: is missing; {kind} needs it" for n in missing)


def _join(path: str, name: str) -> str:
    return name if path == "." else f"{path}/{name}"
