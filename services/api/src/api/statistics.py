"""The statistics of the overview: their JSON shape, and the statement that counts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, NonNegativeInt

from api.activity import Bucket, read_buckets
from api.answers import Answer, Span
from api.database import Connection
from api.periods import Window


class Totals(Answer):
    """Counts for one period. Answers that failed are not counted."""

    users: Annotated[NonNegativeInt, Field(description="users known at the period's end")]
    active_users: Annotated[NonNegativeInt, Field(description="users who wrote in the period")]
    dialogs: Annotated[NonNegativeInt, Field(description="dialogs started in the period")]
    messages: Annotated[NonNegativeInt, Field(description="messages of both sides")]


class Statistics(Span):
    """The answer of ``GET /api/v1/stats``.

    Example:
        ``{"period": "week", "tz": "UTC", "from": "2026-01-05T00:00:00Z",
        "to": "2026-01-11T09:30:00Z",
        "totals": {"users": 9, "active_users": 4, "dialogs": 5, "messages": 42},
        "previous": {"users": 7, "active_users": 3, "dialogs": 2, "messages": 20},
        "activity": [{"bucket": "2026-01-05T00:00:00Z", "messages": 6, "users": 2}, ...]}``

    """

    totals: Totals
    previous: Annotated[Totals, Field(description="as long a time, as many buckets earlier")]
    activity: Annotated[
        list[Bucket], Field(description="24 hours for a day, 7 or 30 days otherwise")
    ]


_TOTALS = """
SELECT (SELECT count(*) FROM users WHERE created_at < %(end)s) AS users,
       (SELECT count(*) FROM dialogs
         WHERE started_at >= %(start)s AND started_at < %(end)s) AS dialogs,
       count(*) AS messages,
       count(DISTINCT dialogs.user_id) FILTER (WHERE messages.role = 'user') AS active_users
  FROM messages JOIN dialogs ON dialogs.id = messages.dialog_id
 WHERE messages.created_at >= %(start)s AND messages.created_at < %(end)s
   AND messages.role <> 'system' AND messages.error_code IS NULL
"""


async def read_statistics(connection: Connection, window: Window) -> Statistics:
    """Count what happened in ``window``, and in the one before it."""
    return Statistics.of(
        window,
        totals=await _totals(connection, window.start, window.end),
        previous=await _totals(connection, window.previous_start, window.previous_end),
        activity=await read_buckets(connection, window),
    )


async def _totals(connection: Connection, start: datetime, end: datetime) -> Totals:
    cursor = await connection.execute(_TOTALS, {"start": start, "end": end})
    return Totals.model_validate(await cursor.fetchone())
