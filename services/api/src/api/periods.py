"""Which moments a period covers. Pure: the caller brings the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from api.errors import TimeZoneUnknown

_HOURS = 24


class Period(StrEnum):
    """How far back a statistic looks; the bucket that is running counts as the last one."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


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
    return Window(tuple(starts[half:]), now.astimezone(zone), starts[0])


def _hours(zone: ZoneInfo, now: datetime, count: int) -> list[datetime]:
    local = now.astimezone(zone)
    # Counted in UTC, since local hours repeat or lack when summer time changes. Taking off
    # the local minutes keeps zones half an hour off UTC on their own full hours.
    running = now.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return [(running - timedelta(hours=ago)).astimezone(zone) for ago in reversed(range(count))]


def _days(zone: ZoneInfo, now: datetime, count: int) -> list[datetime]:
    today = now.astimezone(zone).date()
    midnights = (
        datetime.combine(today - timedelta(days=ago), time(), zone)
        for ago in reversed(range(count))
    )
    # Through UTC and back: where summer time skips midnight, the day starts at one o'clock.
    return [midnight.astimezone(UTC).astimezone(zone) for midnight in midnights]


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())
