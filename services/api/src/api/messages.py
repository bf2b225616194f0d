"""One dialog, and what was said in it, a page at a time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, NonNegativeInt

from api.answers import Answer, Cursor, Id
from api.cursors import MessageCursor
from api.database import Connection
from api.dialogs import DialogUser
from api.errors import DialogUnknown


class Role(StrEnum):
    """Who said it."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class MessageRow(Answer):
    """A message; what only answers have is null in the others."""

    id: Id
    role: Role
    content: Annotated[str | None, Field(description="null without the scope to read texts")]
    created_at: AwareDatetime
    tokens: NonNegativeInt | None
    latency_ms: Annotated[NonNegativeInt | None, Field(description="how long the model took")]
    model: str | None
    error_code: Annotated[str | None, Field(description="why the model did not answer")]


class Speaker(DialogUser):
    """Whose dialog it is, with the language."""

    language: str | None


class Dialog(Answer):
    """The answer of ``GET /api/v1/dialogs/{id}``, oldest message first."""

    id: Id
    user: Speaker
    channel: str
    started_at: AwareDatetime
    closed_at: Annotated[AwareDatetime | None, Field(description="null while it is open")]
    text: Annotated[bool, Field(description="whether the messages come with their content")]
    messages: list[MessageRow]
    next: Cursor


@dataclass(frozen=True)
class MessagePage:
    """Which messages of which dialog to show, and whether with their content."""

    dialog_id: int
    limit: int
    after: MessageCursor | None
    text: bool


_DIALOG = """
SELECT dialogs.id, dialogs.user_id, users.username, users.language,
       dialogs.channel, dialogs.started_at, dialogs.closed_at
  FROM dialogs JOIN users ON users.id = dialogs.user_id
 WHERE dialogs.id = %(dialog_id)s
"""
# Without the scope the texts do not even leave the database.
_MESSAGES = """
SELECT id, role, CASE WHEN %(text)s THEN content END AS content, created_at,
       tokens, latency_ms, model, error_code
  FROM messages
 WHERE dialog_id = %(dialog_id)s AND id > %(after)s
 ORDER BY id LIMIT %(limit)s
"""


async def read_dialog(connection: Connection, page: MessagePage) -> Dialog:
    """Return one page of a dialog, with the cursor of the next when there is more.

    Raises:
        DialogUnknown: there is no such dialog.

    """
    dialog = await (await connection.execute(_DIALOG, {"dialog_id": page.dialog_id})).fetchone()
    if dialog is None:
        raise DialogUnknown(page.dialog_id)
    values = {
        "dialog_id": page.dialog_id,
        "after": page.after.id if page.after else 0,
        "text": page.text,
        # One more than wanted: it tells whether there is a next page.
        "limit": page.limit + 1,
    }
    rows = await (await connection.execute(_MESSAGES, values)).fetchall()
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return Dialog.model_validate(
        {
            **dialog,
            "user": {**dialog, "id": dialog["user_id"]},
            "text": page.text,
            "messages": shown,
            "next": MessageCursor(page.dialog_id, shown[-1]["id"]).text() if more else None,
        }
    )
