"""The dialogs, a page at a time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from psycopg import sql
from pydantic import AwareDatetime, Field, NonNegativeInt

from api.answers import Answer, Cursor, Id
from api.cursors import DialogCursor
from api.database import Connection


class State(StrEnum):
    """Which dialogs to list."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class DialogUser(Answer):
    """Whose dialog it is."""

    id: Id
    username: str | None


class DialogRow(Answer):
    """A dialog in a list."""

    id: Id
    user: DialogUser
    channel: str
    started_at: AwareDatetime
    closed_at: Annotated[AwareDatetime | None, Field(description="null while it is open")]
    messages: Annotated[NonNegativeInt, Field(description="of both sides, without failures")]
    failed: Annotated[NonNegativeInt, Field(description="questions the model did not answer")]
    last_message_at: AwareDatetime | None


class Dialogs(Answer):
    """The answer of ``GET /api/v1/dialogs``, latest started first."""

    dialogs: list[DialogRow]
    next: Cursor


@dataclass(frozen=True)
class Page:
    """Which dialogs to list: how many, from where, and of what kind."""

    limit: int
    after: DialogCursor | None
    state: State
    user: int | None


_PAGE = sql.SQL("""
SELECT page.id, page.user_id, users.username, page.channel, page.started_at, page.closed_at,
       said.messages, said.failed, said.last_message_at
  FROM (SELECT id, user_id, channel, started_at, closed_at FROM dialogs
         WHERE {conditions}
         ORDER BY started_at DESC, id DESC LIMIT %(limit)s) AS page
  JOIN users ON users.id = page.user_id
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE error_code IS NULL) AS messages,
              count(*) FILTER (WHERE error_code IS NOT NULL) AS failed,
              max(created_at) AS last_message_at
         FROM messages WHERE dialog_id = page.id AND role <> 'system') AS said
 ORDER BY page.started_at DESC, page.id DESC
""")
# Only what was asked for gets into the statement, as one of these: with conditions that allow
# for every question, PostgreSQL would plan for none of them.
_STATES = {
    State.OPEN: sql.SQL("closed_at IS NULL"),
    State.CLOSED: sql.SQL("closed_at IS NOT NULL"),
    State.ALL: sql.SQL("true"),
}
_OF_USER = sql.SQL("user_id = %(user)s")
_AFTER = sql.SQL("(started_at, id) < (%(started_at)s, %(id)s)")


async def read_dialogs(connection: Connection, page: Page) -> Dialogs:
    """Return one page of dialogs, with the cursor of the next when there is more."""
    conditions = [_STATES[page.state]]
    # One more than wanted: it tells whether there is a next page.
    values: dict[str, object] = {"limit": page.limit + 1}
    if page.user is not None:
        conditions.append(_OF_USER)
        values["user"] = page.user
    if page.after is not None:
        conditions.append(_AFTER)
        values |= {"started_at": page.after.started_at, "id": page.after.id}
    statement = _PAGE.format(conditions=sql.SQL(" AND ").join(conditions))
    rows = await (await connection.execute(statement, values)).fetchall()
    found = [
        DialogRow.model_validate({**row, "user": {**row, "id": row["user_id"]}})
        for row in rows[: page.limit]
    ]
    more = len(rows) > page.limit
    following = DialogCursor(found[-1].started_at, found[-1].id).text() if more else None
    return Dialogs(dialogs=found, next=following)
