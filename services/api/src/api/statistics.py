"""The statistics: their JSON shape, and the statements that count."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt

from api.database import Connection
from api.periods import Period, Window


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Totals(_Answer):
    """Counts for one period. Answers that failed are not counted."""

    users: Annotated[NonNegativeInt, Field(description="users known at the period's end")]
    active_users: Annotated[NonNegativeInt, Field(description="users who wrote in the period")]
    dialogs: Annotated[NonNegativeInt, Field(description="dialogs started in the period")]
    messages: Annotated[NonNegativeInt, Field(description="messages of both sides")]


class Bucket(_Answer):
    """One point of the activity chart; quiet buckets are there with zeros."""

    bucket: Annotated[AwareDatetime, Field(description="its start, in the time zone asked for")]
    messages: Annotated[NonNegativeInt, Field(description="messages of both sides")]
    users: Annotated[NonNegativeInt, Field(description="users who wrote")]


class Statistics(_Answer):
    """The answer of ``GET /api/v1/stats``.

    Example:
        ``{"period": "week", "tz": "UTC", "from": "2026-01-05T00:00:00Z",
        "to": "2026-01-11T09:30:00Z",
        "totals": {"users": 9, "active_users": 4, "dialogs": 5, "messages": 42},
        "previous": {"users": 7, "active_users": 3, "dialogs": 2, "messages": 20},
        "activity": [{"bucket": "2026-01-05T00:00:00Z", "messages": 6, "users": 2}, ...]}``

    """

    period: Period
    tz: Annotated[str, Field(description="IANA time zone of the buckets")]
    start: Annotated[AwareDatetime, Field(alias="from", description="the first bucket's start")]
    end: Annotated[AwareDatetime, Field(alias="to", description="the moment of the answer")]
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

_ACTIVITY = """
SELECT width_bucket(messages.created_at, %(buckets)s::timestamptz[]) AS number,
       count(*) AS messages,
       count(DISTINCT dialogs.user_id) FILTER (WHERE messages.role = 'user') AS users
  FROM messages JOIN dialogs ON dialogs.id = messages.dialog_id
 WHERE messages.created_at >= %(start)s AND messages.created_at < %(end)s
   AND messages.role <> 'system' AND messages.error_code IS NULL
 GROUP BY number
"""


async def read_statistics(
    connection: Connection, period: Period, tz: str, window: Window
) -> Statistics:
    """Count what happened in ``window``, and in the one before it."""
    return Statistics(
        period=period,
        tz=tz,
        start=window.start,
        end=window.end,
        totals=await _totals(connection, window.start, window.end),
        previous=await _totals(connection, window.previous_start, window.previous_end),
        activity=await _activity(connection, window),
    )


async def _totals(connection: Connection, start: datetime, end: datetime) -> Totals:
    cursor = await connection.execute(_TOTALS, {"start": start, "end": end})
    return Totals.model_validate(await cursor.fetchone())


async def _activity(connection: Connection, window: Window) -> list[Bucket]:
    cursor = await connection.execute(
        _ACTIVITY,
        {"buckets": list(window.buckets), "start": window.start, "end": window.end},
    )
    counted = {row["number"]: row async for row in cursor}
    quiet = {"messages": 0, "users": 0}
    return [
        Bucket.model_validate({**counted.get(number, quiet), "bucket": start})
        for number, start in enumerate(window.buckets, start=1)
    ]
