"""Which moments a period covers. Pure: the caller brings the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from api.errors import TimeZoneUnknown

_HOURS = 24
_HOUR = timedelta(hours=1)


class Period(StrEnum):
    """How far back a statistic looks; the bucket that is running counts as the last one."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class BucketSize(StrEnum):
    """How finely an activity is cut."""

    HOUR = "hour"
    DAY = "day"


_DAYS = {Period.WEEK: 7, Period.MONTH: 30}


@dataclass(frozen=True)
class Window:
    """A period at a moment.

    Attributes:
        buckets: the start of each bucket, oldest first; an hour each for a day, a local
            day each otherwise, which summer time makes 23 or 25 hours long.
        end: now; not included.
        previous_start, previous_end: as long, as many buckets earlier, so that a running
            hour or day is compared with as much of an earlier one.

    """

    period: Period
    zone: ZoneInfo
    buckets: tuple[datetime, ...]
    end: datetime
    previous_start: datetime

    @property
    def start(self) -> datetime:
        """The start of the oldest bucket."""
        return self.buckets[0]

    @property
    def previous_end(self) -> datetime:
        """The end of the previous period; not included."""
        return self.previous_start + (self.end.astimezone(UTC) - self.start.astimezone(UTC))

    @property
    def tz(self) -> str:
        """The name of the time zone."""
        return self.zone.key

    def cut(self, size: BucketSize) -> Self:
        """Return the same period in buckets of another size; the oldest may be a part of one."""
        cuts = _hours_between if size is BucketSize.HOUR else _midnights_between
        return replace(self, buckets=tuple(cuts(self.start, self.end)))


def find_zone(name: str) -> ZoneInfo:
    """Return the IANA time zone called ``name``.

    Raises:
        TimeZoneUnknown: there is none.

    """
    # Membership first: ZoneInfo looks names up as paths.
    if name not in _zone_names():
        raise TimeZoneUnknown
    return ZoneInfo(name)


def window(period: Period, zone: ZoneInfo, now: datetime) -> Window:
    """Return the window of ``period`` that ends ``now``, as seen in ``zone``."""
    if period is Period.DAY:
        starts = _hours(zone, now, 2 * _HOURS)
    else:
        starts = _days(zone, now, 2 * _DAYS[period])
    half = len(starts) // 2
    return Window(period, zone, tuple(starts[half:]), now.astimezone(zone), starts[0])


def _hours_between(start: datetime, end: datetime) -> Iterator[datetime]:
    # Counted in UTC, as below.
    moment = start.astimezone(UTC)
    while moment <= end:
        yield moment.astimezone(start.tzinfo)
        moment += _HOUR


def _midnights_between(start: datetime, end: datetime) -> Iterator[datetime]:
    yield start
    for ahead in range(1, (end.date() - start.date()).days + 1):
        yield _midnight(start.date() + timedelta(days=ahead), start.tzinfo)


def _hours(zone: ZoneInfo, now: datetime, count: int) -> list[datetime]:
    local = now.astimezone(zone)
    # Counted in UTC, since local hours repeat or lack when summer time changes. Taking off
    # the local minutes keeps zones half an hour off UTC on their own full hours.
    running = now.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return [(running - ago * _HOUR).astimezone(zone) for ago in reversed(range(count))]


def _days(zone: ZoneInfo, now: datetime, count: int) -> list[datetime]:
    today = now.astimezone(zone).date()
    return [_midnight(today - timedelta(days=ago), zone) for ago in reversed(range(count))]


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    # Through UTC and back: where summer time skips midnight, the day starts at one o'clock.
    return datetime.combine(day, time(), zone).astimezone(UTC).astimezone(zone)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())
