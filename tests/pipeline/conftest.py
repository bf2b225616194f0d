"""The built services, once for all pipeline tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.commands import Result, slipway
from tests.support.containers import Host, host

SERVICES = ("api", "bot", "db", "web")

PASSWORDS = {
    "POSTGRES_PASSWORD": "owner-password",
    "POSTGRES_APP_PASSWORD": "app-password",
    "POSTGRES_STATS_PASSWORD": "stats-password",
}

API_TOKEN = "token-of-the-tests"


@pytest.fixture(scope="session")
def built() -> Result:
    """`slipway call build` of the whole repository."""
    done = slipway("call", "build")
    assert done.code == 0, done
    return done


@pytest.fixture(scope="session")
def images(built: Result, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Every image, exported and loaded where it can be started."""
    folder = tmp_path_factory.mktemp("images")
    with host() as made:
        for service in SERVICES:
            tarball = folder / f"{service}.tar"
            done = slipway("--silent", "call", "--output", str(tarball), "image", "--service", service)
            assert done.code == 0, done
            made.load(service, tarball)
            tarball.unlink()
        yield made


@pytest.fixture(scope="session")
def rows(built: Result) -> dict[str, dict[str, str]]:
    """The table that `build` printed, by service."""
    lines = [re.split(r"\s{2,}|\s*[│|]\s*", line.strip(" │|")) for line in built.out.splitlines() if line.strip()]
    head = next(line for line in lines if line[0].lower() == "service")
    return {line[0]: dict(zip(map(str.lower, head), line, strict=False)) for line in lines if line[0] in SERVICES}


@pytest.fixture(scope="session")
def database(images: Host) -> str:
    """A started PostgreSQL with its roles and the newest schema; gives its address."""
    options = [part for name, value in PASSWORDS.items() for part in ("--env", f"{name}={value}")]
    address = images.start("db", *options, "--env", "POSTGRES_DB=app")
    images.wait_healthy("db")
    url = f"postgresql://postgres:owner-password@{address}:5432/app"
    # The one-off that a deploy runs before the services: from the API's image, with another entry point.
    done = images.once(
        "api", "-m", "migrate", "upgrade", options=("--entrypoint", "python", "--env", f"DATABASE_URL={url}")
    )
    assert done.code == 0, done
    return address


@pytest.fixture(scope="session")
def api(images: Host, database: str) -> str:
    """The API on that database; gives its address."""
    url = f"postgresql://stats:stats-password@{database}:5432/app"
    return f"http://{images.start('api', '--env', f'DATABASE_URL={url}', '--env', f'API_TOKEN={API_TOKEN}')}:8000"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder for one test."""
    return tmp_path
