"""How much was going on: messages and users, bucket by bucket."""

from typing import Annotated

from pydantic import AwareDatetime, Field, NonNegativeInt

from api.answers import Answer, Span
from api.database import Connection
from api.periods import BucketSize, Window


class Bucket(Answer):
    """One point of the activity chart; quiet buckets are there with zeros."""

    bucket: Annotated[AwareDatetime, Field(description="its start, in the time zone asked for")]
    messages: Annotated[NonNegativeInt, Field(description="messages of both sides")]
    users: Annotated[NonNegativeInt, Field(description="users who wrote")]


class Activity(Span):
    """The answer of ``GET /api/v1/activity``. Answers that failed are not counted."""

    bucket: Annotated[BucketSize, Field(description="the size of the buckets")]
    activity: list[Bucket]


_ACTIVITY = """
SELECT width_bucket(messages.created_at, %(buckets)s::timestamptz[]) AS number,
       count(*) AS messages,
       count(DISTINCT dialogs.user_id) FILTER (WHERE messages.role = 'user') AS users
  FROM messages JOIN dialogs ON dialogs.id = messages.dialog_id
 WHERE messages.created_at >= %(start)s AND messages.created_at < %(end)s
   AND messages.role <> 'system' AND messages.error_code IS NULL
 GROUP BY number
"""


async def read_activity(connection: Connection, window: Window, size: BucketSize) -> Activity:
    """Count what happened in each bucket of ``size`` in ``window``."""
    buckets = await read_buckets(connection, window.cut(size))
    return Activity.of(window, bucket=size, activity=buckets)


async def read_buckets(connection: Connection, window: Window) -> list[Bucket]:
    """Count what happened in each bucket of ``window``."""
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
