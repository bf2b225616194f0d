"""Writes the made-up traffic, and knows it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from migrate.errors import SeedRefused
from migrate.seed.story import FIRST_TELEGRAM_ID, LAST_TELEGRAM_ID, Story, tell

_OWN = {"first": FIRST_TELEGRAM_ID, "last": LAST_TELEGRAM_ID}
_COUNTS = """
SELECT (SELECT count(*) FROM users WHERE telegram_id BETWEEN :first AND :last) AS own,
       (SELECT count(*) FROM users
         WHERE telegram_id IS NULL OR telegram_id NOT BETWEEN :first AND :last) AS users,
       (SELECT count(*) FROM processed_updates) AS processed_updates,
       (SELECT count(*) FROM faq_entries) AS faq_entries
"""
_DELETE_OWN = "DELETE FROM users WHERE telegram_id BETWEEN :first AND :last"
_USERS = "id, telegram_id, username, language, created_at, last_seen_at, blocked_at"
_DIALOGS = "id, user_id, channel, system_prompt_version, started_at, closed_at"
_MESSAGES = (
    "id, dialog_id, role, content, tokens, latency_ms, model, error_code, reply_to_id, "
    "delivered_at, created_at"
)


@dataclass(frozen=True)
class Planted:
    """How many rows were written; none when they were there, and others beside them."""

    users: int = 0
    dialogs: int = 0
    messages: int = 0


def plant(connection: Connection, now: datetime, *, force: bool) -> Planted:
    """Write the traffic of the month before ``now``, instead of what was written before.

    The caller's transaction makes it all or nothing.

    Raises:
        SeedRefused: there are rows of others, none of the seed, and no ``force``.

    """
    counts = connection.execute(text(_COUNTS), _OWN).mappings().one()
    foreign = {name: count for name, count in counts.items() if name != "own" and count}
    if foreign and not force:
        if counts["own"]:
            return Planted()
        raise SeedRefused(foreign)
    connection.execute(text(_DELETE_OWN), _OWN)
    story = tell(now)
    _write(_driver(connection), story)
    return Planted(len(story.users), len(story.dialogs), len(story.messages))


def _driver(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(type(driver).__name__)
    return driver


def _write(connection: psycopg.Connection, story: Story) -> None:
    users = _ids(connection, "users", len(story.users))
    dialogs = _ids(connection, "dialogs", len(story.dialogs))
    messages = _ids(connection, "messages", len(story.messages))
    _copy(
        connection,
        f"users ({_USERS})",
        (
            (
                users[number],
                user.telegram_id,
                user.username,
                user.language,
                user.created_at,
                user.last_seen_at,
                user.blocked_at,
            )
            for number, user in enumerate(story.users)
        ),
    )
    _copy(
        connection,
        f"dialogs ({_DIALOGS})",
        (
            (
                dialogs[number],
                users[dialog.user],
                "telegram",
                dialog.version,
                dialog.started_at,
                dialog.closed_at,
            )
            for number, dialog in enumerate(story.dialogs)
        ),
    )
    _copy(
        connection,
        f"messages ({_MESSAGES})",
        (
            (
                messages[number],
                dialogs[message.dialog],
                message.role,
                message.content,
                message.tokens,
                message.latency_ms,
                message.model,
                message.error_code,
                None if message.reply_to is None else messages[message.reply_to],
                message.delivered_at,
                message.created_at,
            )
            for number, message in enumerate(story.messages)
        ),
    )


def _ids(connection: psycopg.Connection, table: str, count: int) -> Sequence[int]:
    """Take ids from the table's sequence, in order, so that rows can name each other."""
    rows = connection.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return [number for (number,) in rows]


def _copy(connection: psycopg.Connection, target: str, rows: Iterable[Sequence[object]]) -> None:
    # COPY takes the given ids also where the column makes its own.
    with connection.cursor().copy(sql.SQL(f"COPY {target} FROM STDIN")) as copy:
        for row in rows:
            copy.write_row(row)
