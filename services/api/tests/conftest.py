import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
from migrate.testing import as_role, scratch_database

from api.app import create_app
from api.dependencies import clock
from api.settings import Settings
from story import Story

# A Wednesday, half past ten in the morning.
NOW = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)
TOKEN = "of-the-dashboard"
TEXT_TOKEN = "of-somebody-who-may-read"
# Long: a process starts slowly on a machine that is busy.
PATIENCE_SECONDS = 80


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A test that sets logging up does so for itself alone: its output ends with it."""
    loggers = [logging.getLogger(name) for name in (None, "api")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers = handlers


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
        connection.execute("TRUNCATE users, dialogs, messages RESTART IDENTITY")


@pytest.fixture
def story(owner: psycopg.Connection) -> Story:
    return Story(owner)


@pytest.fixture
def settings(database: str) -> Settings:
    return make_settings(as_role(database, "stats"))


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(settings) as client:
        yield client


@pytest.fixture
def closed_port() -> int:
    return free_port()


def make_settings(url: str, **others: object) -> Settings:
    tokens = {"api_token": TOKEN, "api_text_token": TEXT_TOKEN}
    return Settings.model_validate({"database_url": url, **tokens, **others})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class serve:  # noqa: N801  # reads as the verb it is
    """The application on its real database, without a socket in between.

    Its clients have the dashboard's token; ``token=None`` is for one that has none.
    """

    def __init__(self, settings: Settings, token: str | None = TOKEN) -> None:
        self.app = create_app(settings)
        self.app.dependency_overrides[clock] = lambda: NOW
        self._lifespan = self.app.router.lifespan_context(self.app)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://api",
            headers=bearer(token) if token else {},
        )

    async def __aenter__(self) -> httpx.AsyncClient:
        await self._lifespan.__aenter__()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._lifespan.__aexit__(None, None, None)


@contextmanager
def running(url: str, variables: Mapping[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``python -m api`` as a process with nothing in its environment but this."""
    port = free_port()
    kept = ("PATH", "HOME", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": str(port)}
    environment |= {"METRICS_HOST": "127.0.0.1", "METRICS_PORT": str(free_port())} | dict(variables)
    process = subprocess.Popen(
        [sys.executable, "-m", "api"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_alive(base)
        yield base, process
    finally:
        process.kill()
        process.communicate()


def wait_until_alive(base: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the service did not start within {PATIENCE_SECONDS} s")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
