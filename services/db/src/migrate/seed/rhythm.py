"""When people talk: more every week, more on weekdays, most before noon and in the evening."""

from bisect import bisect
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

DAYS = 60

_HOUR = timedelta(hours=1)
_BY_HOUR = (
    *(3, 2, 1, 1, 1, 2, 4, 9, 16, 24, 28, 27),
    *(20, 21, 24, 23, 20, 18, 20, 25, 27, 22, 13, 7),
)
_BY_WEEKDAY = (1.0, 1.1, 1.15, 1.1, 0.95, 0.55, 0.5)  # from Monday on
_GROWTH = 2.2  # so many times the first day's on the last
_SPARE = timedelta(minutes=1)


def starts(random: Random, now: datetime, count: int) -> list[datetime]:
    """Return when ``count`` dialogs begin, in order, within the 60 days before ``now``."""
    running = now.replace(minute=0, second=0, microsecond=0)
    hours = [running - ago * _HOUR for ago in reversed(range(DAYS * 24))]
    weights = [weight(hour, number / len(hours)) for number, hour in enumerate(hours)]
    sums = list(accumulate(weights))
    # One draw out of each equal part, not any: so few dialogs would drown the rhythm in noise.
    points = ((part + random.random()) / count * sums[-1] for part in range(count))
    chosen = [hours[bisect(sums, point)] for point in points]
    latest = now - _SPARE
    moments = (hour + random.random() * (min(hour + _HOUR, latest) - hour) for hour in chosen)
    return sorted(min(moment, latest) for moment in moments)


def weight(hour: datetime, elapsed: float) -> float:
    """Return how much goes on in an hour; ``elapsed`` is the part of the time before it."""
    growth = 1 + (_GROWTH - 1) * elapsed
    return _BY_HOUR[hour.hour] * _BY_WEEKDAY[hour.weekday()] * growth
