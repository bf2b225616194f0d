"""How much one user may write in a minute."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 60.0


@dataclass
class _Window:
    ends: float
    count: int = 0
    told: bool = False


class RateLimit:
    """At most ``messages`` in each window of a user; 0 is no limit.

    A window opens with a user's first message and lasts a minute. Asking changes nothing and
    counting is a step of its own: an update that could not be stored comes again, and is one.
    The numbers are kept in memory: a restart starts them anew.
    """

    def __init__(self, messages: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages = messages
        self._clock = clock
        self._windows: dict[int, _Window] = {}
        self._next_sweep = 0.0

    def seconds_to_wait(self, user_id: int) -> int:
        """Return in how many seconds, rounded up, the user may go on; 0 is now."""
        window = self._open(user_id)
        if not self._messages or window is None or window.count < self._messages:
            return 0
        return max(1, math.ceil(window.ends - self._clock()))

    def count(self, user_id: int) -> None:
        """Count a message of the user."""
        window = self._open(user_id)
        if window is None:
            self._sweep()
            window = self._windows[user_id] = _Window(self._clock() + WINDOW_SECONDS)
        window.count += 1

    def tell(self, user_id: int) -> bool:
        """Tell whether the user has yet to hear of the limit in this window, and remember."""
        window = self._open(user_id)
        if window is None or window.told:
            return False
        window.told = True
        return True

    def _open(self, user_id: int) -> _Window | None:
        window = self._windows.get(user_id)
        return window if window is not None and window.ends > self._clock() else None

    def _sweep(self) -> None:
        # Once a minute at most: the windows of all users are looked at.
        now = self._clock()
        if now < self._next_sweep:
            return
        self._next_sweep = now + WINDOW_SECONDS
        self._windows = {user: kept for user, kept in self._windows.items() if kept.ends > now}
