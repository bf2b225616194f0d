"""What is kept: users, dialogs, messages and the updates that were seen."""

from datetime import timedelta
from typing import Any, LiteralString

from bot import roles, statements
from bot.database import Connection, Database
from bot.records import Answer, Numbers, Question, Sender, StoredAnswer
from bot.roles import Role


class Store:
    """The tables of the bot.

    Every method raises :class:`~bot.errors.StoreUnavailable` when the database does not
    answer; what it was doing is then undone as a whole. Those that take an ``update_id``
    record it along with what they do, and do nothing for one that was recorded before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_seen(self, update_id: int, sender: Sender) -> bool:
        """Record an update that needs no answer; False when it was recorded before."""
        async with self._database.transaction("record_seen") as connection:
            return await _see(connection, update_id, sender) is not None

    async def record_question(self, update_id: int, sender: Sender, text: str) -> Question | None:
        """Record an update together with its message; None when it was recorded before."""
        content = _storable(text)
        async with self._database.transaction("record_question") as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return None
            version = (await _role(connection, user_id)).version
            dialog = await _open_dialog(connection, user_id, version)
            message = await _row(connection, statements.ADD_QUESTION, dialog["id"], content)
        return Question(
            id=message["id"],
            dialog_id=dialog["id"],
            chat_id=sender.telegram_id,
            content=content,
            prompt_version=dialog["system_prompt_version"],
            language=sender.language,
        )

    async def close_dialog(self, update_id: int, sender: Sender) -> bool:
        """Close the sender's dialog, if one is open; False when the update was seen before."""
        async with self._database.transaction("close_dialog") as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return False
            await connection.execute(statements.CLOSE_DIALOG, [user_id])
        return True

    async def role(self, update_id: int, sender: Sender) -> Role | None:
        """Return the sender's role; None when the update was seen before."""
        async with self._database.transaction("role") as connection:
            user_id = await _see(connection, update_id, sender)
            return None if user_id is None else await _role(connection, user_id)

    async def choose_role(self, update_id: int, sender: Sender, role: Role) -> bool | None:
        """Close the dialog and open one with ``role``; None when the update was seen before.

        False, and nothing changes, when it is the sender's role already.
        """
        async with self._database.transaction("choose_role") as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return None
            if await _role(connection, user_id) == role:
                return False
            await connection.execute(statements.CLOSE_DIALOG, [user_id])
            await _open_dialog(connection, user_id, role.version)
        return True

    async def numbers(self, update_id: int, sender: Sender) -> Numbers | None:
        """Return the sender's own numbers; None when the update was seen before."""
        async with self._database.transaction("numbers") as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return None
            row = await _row(connection, statements.NUMBERS, user_id)
        return Numbers(dialogs=row["dialogs"], messages=row["messages"], since=row["since"])

    async def forget(self, update_id: int, sender: Sender) -> bool:
        """Delete the sender's dialogs and messages, and blank name and language.

        False, and nothing changes, when the update was seen before. The number that Telegram
        knows the user by stays, as do the ids of updates: they tell what was handled.
        """
        async with self._database.transaction("forget") as connection:
            user_id = await _see(connection, update_id, sender)
            if user_id is None:
                return False
            await connection.execute(statements.DELETE_DIALOGS, [user_id])
            await connection.execute(statements.BLANK_USER, [user_id])
        return True

    async def history(self, question: Question, limit: int) -> list[dict[str, str]]:
        """Return at most ``limit`` messages of the dialog, the question last.

        None at all when the question is no longer there: the user had it deleted.
        """
        values = {"dialog_id": question.dialog_id, "question_id": question.id, "limit": limit}
        async with self._database.transaction("history") as connection:
            rows = await (await connection.execute(statements.HISTORY, values)).fetchall()
        if not rows:
            return []
        return [{"role": row["role"], "content": row["content"]} for row in reversed(rows)]

    async def record_answer(self, question: Question, answer: Answer) -> StoredAnswer | None:
        """Record the answer; None when the question has one already, or was deleted."""
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
        async with self._database.transaction("record_answer") as connection:
            cursor = await connection.execute(statements.ADD_ANSWER, values)
            row = await cursor.fetchone()
        return None if row is None else StoredAnswer(row["id"], content)

    async def record_delivered(self, answer: StoredAnswer) -> None:
        """Record that Telegram took the whole answer."""
        async with self._database.transaction("record_delivered") as connection:
            await connection.execute(statements.DELIVERED, [answer.id])

    async def record_blocked(self, chat_id: int) -> None:
        """Record that the user does not want to hear from the bot."""
        async with self._database.transaction("record_blocked") as connection:
            await connection.execute(statements.BLOCKED, [chat_id])

    async def unfinished(self, age: timedelta) -> list[tuple[Question, StoredAnswer | None]]:
        """Return the questions of the last ``age`` without an answer, or with one not sent."""
        async with self._database.transaction("unfinished") as connection:
            cursor = await connection.execute(statements.UNFINISHED, [age])
            rows = await cursor.fetchall()
        return [(_question(row), _stored_answer(row)) for row in rows]


async def _see(connection: Connection, update_id: int, sender: Sender) -> int | None:
    """Record update and user, and return the user's id; None for an update seen before."""
    cursor = await connection.execute(statements.SEE_UPDATE, [update_id])
    if cursor.rowcount == 0:
        return None
    row = await _row(
        connection, statements.SEE_USER, sender.telegram_id, sender.username, sender.language
    )
    user_id: int = row["id"]
    return user_id


async def _role(connection: Connection, user_id: int) -> Role:
    row = await (await connection.execute(statements.PROMPT_VERSION, [user_id])).fetchone()
    return roles.of_version(None if row is None else row["system_prompt_version"])


async def _open_dialog(connection: Connection, user_id: int, version: str) -> dict[str, Any]:
    return await _row(connection, statements.OPEN_DIALOG, user_id, version)


async def _row(connection: Connection, statement: LiteralString, *values: object) -> dict[str, Any]:
    row = await (await connection.execute(statement, values)).fetchone()
    if row is None:
        raise LookupError(statement)
    return row


def _question(row: dict[str, Any]) -> Question:
    return Question(
        id=row["id"],
        dialog_id=row["dialog_id"],
        chat_id=row["telegram_id"],
        content=row["content"],
        prompt_version=row["system_prompt_version"],
        language=row["language"],
    )


def _stored_answer(row: dict[str, Any]) -> StoredAnswer | None:
    if row["answer_id"] is None:
        return None
    return StoredAnswer(row["answer_id"], row["answer_content"])


def _storable(text: str) -> str:
    """PostgreSQL stores every character but this one."""
    return text.replace("\x00", "")
