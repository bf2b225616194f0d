import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from migrate.testing import as_role, scratch_database

from api.app import create_app
from api.routes import clock
from api.settings import Settings

# A Wednesday, half past ten in the morning.
NOW = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)

MakeClient = Callable[[FastAPI], httpx.AsyncClient]


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
def settings(database: str) -> Settings:
    return Settings.model_validate({"database_url": as_role(database, "stats")})


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(settings) as client:
        yield client


class serve:  # noqa: N801  # reads as the verb it is
    """The application on its real database, without a socket in between."""

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)
        self._app.dependency_overrides[clock] = lambda: NOW
        self._lifespan = self._app.router.lifespan_context(self._app)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app), base_url="http://api"
        )

    async def __aenter__(self) -> httpx.AsyncClient:
        await self._lifespan.__aenter__()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._lifespan.__aexit__(None, None, None)


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]
