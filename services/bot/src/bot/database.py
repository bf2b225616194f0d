"""The connections to PostgreSQL, and what counts as its absence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot import statements
from bot.errors import StoreUnavailable
from bot.metrics import Metrics, timing

Connection = psycopg.AsyncConnection[DictRow]

_ANSWER_SECONDS = 5.0
_CLOSE_SECONDS = 2.0
# A programming error is a missing table or right: it goes away when someone migrates.
_UNAVAILABLE = (
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.ProgrammingError,
)


class Database:
    """A pool that starts without its server and recovers by itself."""

    def __init__(self, url: str, metrics: Metrics) -> None:
        self._metrics = metrics
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "connect_timeout": 5,
                "application_name": "bot",
            },
            min_size=1,
            max_size=5,
            timeout=_ANSWER_SECONDS,
            # A connection that broke while it was idle is replaced, not handed out.
            check=AsyncConnectionPool.check_connection,
            open=False,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the pool open for the length of the block."""
        await self._pool.open(wait=False)
        try:
            yield
        finally:
            await self._pool.close(_CLOSE_SECONDS)

    async def check(self, seconds: float) -> None:
        """Ask the database for an answer within ``seconds``.

        Raises:
            StoreUnavailable: there was none.

        """
        try:
            async with asyncio.timeout(seconds), self.transaction("check") as connection:
                await connection.execute(statements.CHECK)
        except TimeoutError as error:
            raise StoreUnavailable("TimeoutError") from error

    @asynccontextmanager
    async def transaction(self, operation: str) -> AsyncIterator[Connection]:
        """Give a connection for a transaction, timed under the name ``operation``.

        Raises:
            StoreUnavailable: the database does not answer; what the block did is undone.

        """
        result = "failed"

        def observe(seconds: float) -> None:
            self._metrics.db_seconds.labels(operation, result).observe(seconds)

        with timing(observe):
            try:
                async with self._pool.connection() as connection, connection.transaction():
                    yield connection
            except _UNAVAILABLE as error:
                raise StoreUnavailable(type(error).__name__) from error
            result = "ok"
