import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from migrate.testing import as_role, scratch_database

from bot.app import Timing, run
from bot.polling import Pace
from bot.settings import Settings
from fakes import FakeLLM, FakeTelegram, UserMessage, serving, telegram_app
from processes import fakes_running
from processes import free_port as take_port

PATIENCE_SECONDS = 15
QUICK = Timing(first_wait=0.01, drain=5, resume_wait=0.05, pace=Pace(first_wait=0.01))


@pytest.fixture
def fakes() -> Iterator[dict[str, str]]:
    """The fakes as a process: their addresses."""
    with fakes_running() as addresses:
        yield addresses


@pytest.fixture
def free_port() -> int:
    return take_port()


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
        connection.execute("TRUNCATE users, dialogs, messages, processed_updates")


@dataclass
class World:
    """A Telegram, a model and a database, and bots that run among them."""

    telegram: FakeTelegram
    llm: FakeLLM
    owner: psycopg.Connection
    settings: Settings

    @asynccontextmanager
    async def bot(self, timing: Timing | None = None, /, **changes: object) -> AsyncIterator[str]:
        """Run a bot for the length of the block, and give its health server's address."""
        settings = self.settings.model_copy(update=changes)
        started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        stop = asyncio.Event()
        timing = timing or QUICK
        running = asyncio.create_task(run(settings, stop, timing, started.set_result))
        try:
            port = await asyncio.wait_for(started, PATIENCE_SECONDS)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop.set()
            await running

    def write(self, text: str | None, user_id: int = 1000) -> None:
        self.telegram.write(UserMessage(text=text, user_id=user_id))

    async def hear(self, count: int, user_id: int = 1000) -> list[str]:
        """Wait until the bot has sent ``count`` messages to a user, and return all it sent."""
        await until(lambda: len(self.telegram.texts(user_id)) >= count)
        return self.telegram.texts(user_id)

    def heard_by_model(self, request: int = -1) -> list[str]:
        """Return what the model was told in one request, but for its role."""
        first, *others = self.llm.requests[request]["messages"]
        assert first["role"] == "system"
        return [message["content"] for message in others]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.owner.execute(query.encode()).fetchall()


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"did not happen within {PATIENCE_SECONDS} s")
        await asyncio.sleep(0.01)


@pytest.fixture
async def world(database: str, owner: psycopg.Connection) -> AsyncIterator[World]:
    telegram, llm = FakeTelegram(), FakeLLM()
    async with serving(telegram_app(telegram)) as telegram_url, serving(llm.app()) as llm_url:
        settings = Settings.model_validate(
            {
                "telegram_bot_token": "42:token",
                "telegram_api_base": telegram_url,
                "llm_base_url": f"{llm_url}/v1",
                "llm_api_key": "key",
                "llm_model": "some-model",
                "database_url": as_role(database, "app"),
                "health_host": "127.0.0.1",
                "health_port": 0,
            }
        )
        yield World(telegram, llm, owner, settings)
