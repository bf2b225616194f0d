"""Every error this service raises on purpose.

ApiError
├── SettingsError        a variable is missing or malformed
├── TimeZoneUnknown      nobody knows the time zone that was asked for
└── DatabaseUnavailable  no answer from the database, or none in time
"""

from collections.abc import Sequence


class ApiError(Exception):
    """Base of all."""


class SettingsError(ApiError):
    """Raised when the environment cannot be used; names variables, never their values."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class TimeZoneUnknown(ApiError):
    """Raised for a time zone that is not in the IANA database."""

    def __init__(self) -> None:
        super().__init__("tz: should be an IANA time zone, as Europe/Berlin")


class DatabaseUnavailable(ApiError):
    """Raised when the database does not answer; ``reason`` is the class of the cause."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database does not answer ({reason})")
        self.reason = reason
