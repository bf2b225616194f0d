"""The pool of connections to PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from api.errors import DatabaseUnavailable

Connection = psycopg.AsyncConnection[DictRow]

_ANSWER_SECONDS = 3.0
# A programming error is a missing table or right: it goes away when someone migrates.
_UNAVAILABLE = (
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.ProgrammingError,
)


class Database:
    """A pool that starts whether or not the database is there, and recovers by itself."""

    def __init__(self, url: str) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "connect_timeout": 5,
                "application_name": "api",
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
            await self._pool.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """Give a connection whose statements all see the same moment.

        Raises:
            DatabaseUnavailable: none can be had, it breaks, or a statement takes too long.

        """
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
                yield connection
        except _UNAVAILABLE as error:
            raise DatabaseUnavailable(type(error).__name__) from error

    def pool_numbers(self) -> Mapping[str, int]:
        """Return what the pool tells about itself; see :mod:`api.metrics`."""
        return self._pool.get_stats()

    async def check(self, seconds: float) -> None:
        """Ask the database for an answer.

        Raises:
            DatabaseUnavailable: it gives none within ``seconds``.

        """
        try:
            async with asyncio.timeout(seconds), self._pool.connection() as connection:
                # A table, so that a database nobody has migrated does not pass for sound.
                await connection.execute("SELECT FROM users LIMIT 1")
        except (TimeoutError, *_UNAVAILABLE) as error:
            raise DatabaseUnavailable(type(error).__name__) from error
