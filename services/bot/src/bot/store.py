"""What is kept: users, dialogs, messages and the updates that were seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import LiteralString

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot import statements
from bot.errors import StoreUnavailable
from bot.records import Answer, Question, Sender, StoredAnswer

Connection = psycopg.AsyncConnection[DictRow]

_ANSWER_SECONDS = 5.0
# A programming error is a missing table or right: it goes away when someone migrates.
_UNAVAILABLE = (
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.ProgrammingError,
)


class Store:
    """The database, through a pool that starts without it and recovers by itself.

    Every method raises :class:`~bot.errors.StoreUnavailable` when the database does not
    answer; what it was doing is then undone as a whole.
    """

    def __init__(self, url: str) -> None:
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
            await self._pool.close()

    async def check(self, seconds: float) -> None:
        """Ask the database for an answer within ``seconds``."""
        try:
            async with asyncio.timeout(seconds), self._transaction() as connection:
                await connection.execute(statements.CHECK)
        except TimeoutError as error:
            raise StoreUnavailable("TimeoutError") from error

    async def record_seen(self, update_id: int, sender: Sender) -> bool:
        """Record an update that needs no answer; False when it was recorded before."""
        async with self._transaction() as connection:
            return await _see(connection, update_id, sender) is not None

    async def record_question(self, update_id: int, sender: Sender, text: str) -> Question | None:
        """Record an update together with its message; None when it was recorded before."""
        content = _storable(text)
        async with self._transaction() as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return None
            dialog_id = await _number(connection, statements.OPEN_DIALOG, user_id)
            message_id = await _number(connection, statements.ADD_QUESTION, dialog_id, content)
        return Question(message_id, dialog_id, sender.telegram_id, content)

    async def close_dialog(self, update_id: int, sender: Sender) -> bool:
        """Close the sender's dialog, if one is open; False when the update was seen before."""
        async with self._transaction() as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return False
            await connection.execute(statements.CLOSE_DIALOG, [user_id])
        return True

    async def history(self, question: Question, limit: int) -> list[dict[str, str]]:
        """Return what the model should see: at most ``limit`` messages, the question last."""
        async with self._transaction() as connection:
            cursor = await connection.execute(
                statements.HISTORY,
                {"dialog_id": question.dialog_id, "question_id": question.id, "limit": limit - 1},
            )
            earlier = [{"role": row["role"], "content": row["content"]} async for row in cursor]
        return [*reversed(earlier), {"role": "user", "content": question.content}]

    async def record_answer(self, question: Question, answer: Answer) -> StoredAnswer | None:
        """Record the answer; None when the question has one already."""
        content = _storable(answer.content)
        values = {
            "dialog_id": question.dialog_id,
            "reply_to_id": question.id,
            "content": content,
            "tokens": answer.tokens,
            "latency_ms": answer.latency_ms,
            "model": answer.model,
            "error_code": answer.error_code,
        }
        async with self._transaction() as connection:
            cursor = await connection.execute(statements.ADD_ANSWER, values)
            row = await cursor.fetchone()
        return None if row is None else StoredAnswer(row["id"], content)

    async def record_delivered(self, answer: StoredAnswer) -> None:
        """Record that Telegram took the whole answer."""
        async with self._transaction() as connection:
            await connection.execute(statements.DELIVERED, [answer.id])

    async def record_blocked(self, chat_id: int) -> None:
        """Record that the user does not want to hear from the bot."""
        async with self._transaction() as connection:
            await connection.execute(statements.BLOCKED, [chat_id])

    async def unfinished(self, age: timedelta) -> list[tuple[Question, StoredAnswer | None]]:
        """Return the questions of the last ``age`` without an answer, or with one not sent."""
        async with self._transaction() as connection:
            cursor = await connection.execute(statements.UNFINISHED, [age])
            rows = await cursor.fetchall()
        return [
            (
                Question(row["id"], row["dialog_id"], row["telegram_id"], row["content"]),
                None
                if row["answer_id"] is None
                else StoredAnswer(row["answer_id"], row["answer_content"]),
            )
            for row in rows
        ]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                yield connection
        except _UNAVAILABLE as error:
            raise StoreUnavailable(type(error).__name__) from error


async def _see(connection: Connection, update_id: int, sender: Sender) -> int | None:
    """Record update and user, and return the user's id; None for an update seen before."""
    cursor = await connection.execute(statements.SEE_UPDATE, [update_id])
    if cursor.rowcount == 0:
        return None
    return await _number(
        connection, statements.SEE_USER, sender.telegram_id, sender.username, sender.language
    )


async def _number(connection: Connection, statement: LiteralString, *values: object) -> int:
    row = await (await connection.execute(statement, values)).fetchone()
    if row is None:
        raise LookupError(statement)
    number: int = row["id"]
    return number


def _storable(text: str) -> str:
    """PostgreSQL stores every character but this one."""
    return text.replace("\x00", "")
