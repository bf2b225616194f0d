"""Writes what users did, in the tables the bot would write."""

from datetime import datetime, timedelta
from typing import LiteralString

import psycopg


class Story:
    """Every method adds a row as the owner of the tables, and returns its id."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self._owner = owner

    def user(self, telegram_id: int, joined: datetime, name: str | None = None) -> int:
        return self._id(
            "INSERT INTO users (telegram_id, username, created_at, last_seen_at) "
            "VALUES (%s, %s, %s, %s) RETURNING id",
            telegram_id,
            name,
            joined,
            joined,
        )

    def dialog(self, user: int, started: datetime, *, is_open: bool = False) -> int:
        return self._id(
            "INSERT INTO dialogs (user_id, channel, started_at, closed_at) "
            "VALUES (%s, 'telegram', %s, %s) RETURNING id",
            user,
            started,
            None if is_open else started + timedelta(days=1),
        )

    def said(self, dialog: int, at: datetime, role: str = "user", error: str | None = None) -> int:
        return self._id(
            "INSERT INTO messages (dialog_id, role, content, error_code, created_at) "
            "VALUES (%s, %s, 'text', %s, %s) RETURNING id",
            dialog,
            role,
            error,
            at,
        )

    def answered(
        self, dialog: int, at: datetime, model: str | None, latency: int, error: str | None = None
    ) -> int:
        return self._id(
            "INSERT INTO messages (dialog_id, role, content, tokens, latency_ms, model, "
            "error_code, created_at) VALUES (%s, 'assistant', 'text', %s, %s, %s, %s, %s) "
            "RETURNING id",
            dialog,
            None if error else 10,
            latency,
            model,
            error,
            at,
        )

    def _id(self, statement: LiteralString, *values: object) -> int:
        row = self._owner.execute(statement, values).fetchone()
        assert row is not None
        number: int = row[0]
        return number
