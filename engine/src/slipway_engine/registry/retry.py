"""Trying again: what passes is tried a few times, with growing pauses; a refusal is final."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from slipway_engine.registry.errors import RegistryError

T = TypeVar("T")

TRIES = 5
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
# No further try begins after this, however many are left.
_TOTAL_SECONDS = 600.0


async def patiently(attempt: Callable[[], Awaitable[T]], *, say: Callable[[str], None], hopeful: bool = True) -> T:
    """The result of `attempt`, tried up to TRIES times while its RegistryError is a passing one.

    The pause doubles from half a second, give or take a quarter, so that clients that failed together do not come back
    together; what the registry asked for (Retry-After) counts instead, up to a minute. `say` is told of each pause.
    `hopeful`: also where nobody was there.
    """
    begun = time.monotonic()
    number = 0
    while True:
        number += 1
        try:
            return await attempt()
        except RegistryError as error:
            pause = _pause(number, error.retry_after)
            late = time.monotonic() - begun + pause > _TOTAL_SECONDS
            if not error.passing:
                raise
            if number == TRIES or late or (error.unreachable and not hopeful):
                raise error.at_last(number) from error
            say(f"! {error.request}: {error.what}; trying again in {pause:.1f} s")
        await asyncio.sleep(pause)


def _pause(number: int, wanted: float | None) -> float:
    if wanted is not None:
        return min(wanted, _LONGEST_PAUSE)
    return float(min(_FIRST_PAUSE * 2 ** (number - 1) * random.uniform(0.75, 1.25), _LONGEST_PAUSE))  # noqa: S311


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date. None where it says nothing that can be read.

    >>> retry_after("7")
    7.0
    """
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC if when.tzinfo else None)).total_seconds())
