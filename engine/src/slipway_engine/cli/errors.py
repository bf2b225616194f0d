"""What can go wrong with a command line.

SlipwayError
├── UsageError           words that name nothing, or a value that cannot be read
└── ChecksFailedError    at least one check failed; each was reported before
"""

from __future__ import annotations

from slipway_engine.errors import SlipwayError


class UsageError(SlipwayError):
    """The command line names something that is not there, or a value that cannot be read. `hint` says what next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ChecksFailedError(SlipwayError):
    """At least one check failed."""


def invalid(flag: str, text: str, why: str) -> UsageError:
    """The error for a value that cannot be read."""
    return UsageError(f'invalid argument "{text}" for "--{flag}": {why}')
