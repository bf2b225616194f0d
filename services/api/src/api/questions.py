"""What can be asked for: the parameters of the routes, checked before anything else happens.

Whatever is not sound ends here with 422. Only numbers, times and cursors that were read go on
to the database, and none of a caller's text ever does.
"""

from typing import Annotated

from fastapi import Depends, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator

from api import cursors
from api.cursors import DialogCursor, MessageCursor
from api.dependencies import ClockDependency
from api.errors import TimeZoneUnknown
from api.periods import BucketSize, Period, Window, find_zone, window

_LARGEST_ID = 2**63 - 1  # a bigint's


def _zone_name(name: str) -> str:
    try:
        find_zone(name)
    except TimeZoneUnknown as error:
        raise ValueError(str(error)) from None
    return name


PeriodQuestion = Annotated[Period, Query(description="how far back to look")]
Zone = Annotated[
    str, Query(description="IANA time zone", max_length=64), AfterValidator(_zone_name)
]
BucketQuestion = Annotated[
    BucketSize | None, Query(description="hour for a day, day otherwise; no hours of a month")
]
UserId = Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="dialogs of this user")]
DialogId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]

_CURSOR = Query(
    description="`next` of the page before",
    min_length=cursors.LENGTH,
    max_length=cursors.LENGTH,
    pattern=cursors.PATTERN,
)
AfterDialog = Annotated[
    str | None, _CURSOR, AfterValidator(cursors.sound_or_none(DialogCursor.parse))
]
AfterMessage = Annotated[
    str | None, _CURSOR, AfterValidator(cursors.sound_or_none(MessageCursor.parse))
]


async def asked_window(
    now: ClockDependency, period: PeriodQuestion = Period.WEEK, tz: Zone = "UTC"
) -> Window:
    """Return the period that a request asks for."""
    return window(period, find_zone(tz), now)


WindowDependency = Annotated[Window, Depends(asked_window)]


async def asked_buckets(window: WindowDependency, bucket: BucketQuestion = None) -> BucketSize:
    """Return the size of buckets that a request asks for."""
    if bucket is BucketSize.HOUR and window.period is Period.MONTH:
        raise refusal("bucket", "should be day for a month", bucket)
    if bucket is None:
        return BucketSize.HOUR if window.period is Period.DAY else BucketSize.DAY
    return bucket


BucketDependency = Annotated[BucketSize, Depends(asked_buckets)]


def refusal(parameter: str, message: str, given: object) -> RequestValidationError:
    """Return the error for a parameter that is sound by itself, yet not here."""
    problem = {"type": "value_error", "loc": ("query", parameter), "msg": message, "input": given}
    return RequestValidationError([problem])
