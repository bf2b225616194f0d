"""Who wrote most."""

from typing import Annotated

from pydantic import AwareDatetime, Field, NonNegativeInt

from api.answers import Answer, Id, Span
from api.database import Connection
from api.periods import Window


class TopUser(Answer):
    """A user who wrote in the period."""

    id: Id
    username: Annotated[str | None, Field(description="null when there is none, or was deleted")]
    language: Annotated[str | None, Field(description="as Telegram tells it, as en or pt-br")]
    messages: Annotated[NonNegativeInt, Field(description="written by the user in the period")]
    dialogs: Annotated[NonNegativeInt, Field(description="those the messages were written in")]
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    blocked: Annotated[bool, Field(description="whether the user stopped the bot")]


class TopUsers(Span):
    """The answer of ``GET /api/v1/users/top``, most messages first."""

    users: list[TopUser]


_TOP = """
SELECT users.id, users.username, users.language, wrote.messages, wrote.dialogs,
       users.created_at AS first_seen_at, users.last_seen_at,
       users.blocked_at IS NOT NULL AS blocked
  FROM (SELECT dialogs.user_id, count(*) AS messages, count(DISTINCT dialogs.id) AS dialogs
          FROM messages JOIN dialogs ON dialogs.id = messages.dialog_id
         WHERE messages.created_at >= %(start)s AND messages.created_at < %(end)s
           AND messages.role = 'user'
         GROUP BY dialogs.user_id
         ORDER BY messages DESC, dialogs.user_id LIMIT %(limit)s) AS wrote
  JOIN users ON users.id = wrote.user_id
 ORDER BY wrote.messages DESC, users.id
"""


async def read_top_users(connection: Connection, window: Window, limit: int) -> TopUsers:
    """Return the ``limit`` users who wrote most in ``window``."""
    values = {"start": window.start, "end": window.end, "limit": limit}
    cursor = await connection.execute(_TOP, values)
    return TopUsers.of(window, users=await cursor.fetchall())
