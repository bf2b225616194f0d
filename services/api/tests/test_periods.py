from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from api.errors import TimeZoneUnknown
from api.periods import BucketSize, Period, find_zone, window

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)


def test_a_day_is_24_hours_with_the_running_one_last() -> None:
    found = window(Period.DAY, UTC_ZONE, NOW)
    assert len(found.buckets) == 24
    assert found.buckets[0] == datetime(2026, 3, 17, 11, tzinfo=UTC)
    assert found.buckets[-1] == datetime(2026, 3, 18, 10, tzinfo=UTC)
    assert found.end == NOW


@pytest.mark.parametrize(("period", "days"), [(Period.WEEK, 7), (Period.MONTH, 30)])
def test_a_week_and_a_month_are_days_with_today_last(period: Period, days: int) -> None:
    found = window(period, UTC_ZONE, NOW)
    today = datetime(2026, 3, 18, tzinfo=UTC)
    assert found.buckets == tuple(today - timedelta(days=ago) for ago in reversed(range(days)))


@pytest.mark.parametrize("period", list(Period))
def test_the_previous_period_is_as_long_and_as_many_buckets_earlier(period: Period) -> None:
    found = window(period, UTC_ZONE, NOW)
    earlier = timedelta(days=1 if period is Period.DAY else len(found.buckets))
    assert found.previous_start == found.start - earlier
    assert found.previous_end == found.end - earlier


def test_days_start_at_local_midnight_also_across_summer_time() -> None:
    # Clocks went forward on 29 March 2026, at two in the morning.
    found = window(Period.WEEK, BERLIN, datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert [start.isoformat() for start in found.buckets][3:6] == [
        "2026-03-28T00:00:00+01:00",
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
    ]


def test_hours_are_never_skipped_or_doubled_by_summer_time() -> None:
    # Clocks went back on 25 October 2026, at three in the morning.
    found = window(Period.DAY, BERLIN, datetime(2026, 10, 25, 4, 5, tzinfo=UTC))
    instants = [start.astimezone(UTC) for start in found.buckets]
    assert {b - a for a, b in pairwise(instants)} == {timedelta(hours=1)}
    assert [start.isoformat() for start in found.buckets][-5:-3] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]


def test_hours_of_a_zone_half_an_hour_off_are_its_own() -> None:
    found = window(Period.DAY, ZoneInfo("Asia/Kolkata"), NOW)
    assert found.buckets[-1].isoformat() == "2026-03-18T16:00:00+05:30"


def test_a_day_without_a_midnight_starts_when_its_clock_does() -> None:
    # In Santiago clocks go forward at midnight: 6 September 2026 starts at one.
    found = window(Period.WEEK, ZoneInfo("America/Santiago"), datetime(2026, 9, 6, 20, tzinfo=UTC))
    assert found.buckets[-1].isoformat() == "2026-09-06T01:00:00-03:00"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(TimeZoneUnknown, match="should be an IANA time zone"):
        find_zone(name)


def test_a_week_cut_into_hours_is_the_same_week() -> None:
    # Clocks went forward on 29 March 2026: that day has 23 hours.
    found = window(Period.WEEK, BERLIN, datetime(2026, 3, 31, 10, 30, tzinfo=UTC))
    hours = found.cut(BucketSize.HOUR)
    assert hours.start == found.start
    assert len(hours.buckets) == 6 * 24 - 1 + 13
    instants = [start.astimezone(UTC) for start in hours.buckets]
    assert {b - a for a, b in pairwise(instants)} == {timedelta(hours=1)}
    assert hours.buckets[-1].isoformat() == "2026-03-31T12:00:00+02:00"


def test_a_day_cut_into_days_begins_with_a_part_of_yesterday() -> None:
    found = window(Period.DAY, BERLIN, NOW)
    assert [start.isoformat() for start in found.cut(BucketSize.DAY).buckets] == [
        "2026-03-17T12:00:00+01:00",
        "2026-03-18T00:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("period", "size"), [(Period.DAY, BucketSize.HOUR), (Period.MONTH, BucketSize.DAY)]
)
@pytest.mark.parametrize("now", [NOW, NOW.replace(hour=0, minute=0), NOW.replace(minute=0)])
def test_cut_as_it_is_already_it_stays_the_same(
    period: Period, size: BucketSize, now: datetime
) -> None:
    found = window(period, BERLIN, now)
    assert found.cut(size) == found
