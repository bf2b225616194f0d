"""A circuit breaker: what fails again and again is left alone for a while."""

import time
from collections.abc import Callable
from enum import IntEnum


class State(IntEnum):
    """What a circuit does with a request; the numbers are those of the metric."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Circuit:
    """Opens after ``failures`` in a row, and lets one probe through ``cooldown`` seconds later.

    The probe's success closes it, its failure opens it for as long again. While it is open,
    and while the probe is under way, every other request is refused.
    """

    def __init__(
        self, failures: int, cooldown: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._cooldown = cooldown
        self._clock = clock
        self._failures = 0
        self._probe_from = 0.0
        self.state = State.CLOSED

    def admit(self) -> bool:
        """Tell whether a request may go; its end is told to one of the other methods."""
        if self.state is State.OPEN and self._clock() >= self._probe_from:
            self.state = State.HALF_OPEN
            return True
        return self.state is State.CLOSED

    def succeeded(self) -> None:
        """Count a request that was answered, also one from before it opened."""
        self._failures = 0
        self.state = State.CLOSED

    def failed(self) -> None:
        """Count a request that was not answered."""
        self._failures += 1
        # What fails late, of the time before it opened, does not keep it open for longer.
        if self.state is State.HALF_OPEN or (
            self.state is State.CLOSED and self._failures >= self._limit
        ):
            self.state = State.OPEN
            self._probe_from = self._clock() + self._cooldown

    def abandoned(self) -> None:
        """Take back a request that was cancelled: nothing is known, the next may be the probe."""
        if self.state is State.HALF_OPEN:
            self.state = State.OPEN
