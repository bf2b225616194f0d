"""Every error this service raises on purpose.

ApiError
├── SettingsError        a variable is missing or malformed
├── PortTaken            something else listens where /metrics should
├── TimeZoneUnknown      nobody knows the time zone that was asked for
├── CursorMalformed      a cursor that this service did not write
├── DialogUnknown        no dialog has this id
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


class PortTaken(ApiError):
    """Raised when /metrics cannot listen on ``port``."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(
            f"METRICS_PORT: cannot listen on {port} ({reason}); stop what does, or set another"
        )
        self.port = port


class TimeZoneUnknown(ApiError):
    """Raised for a time zone that is not in the IANA database."""

    def __init__(self) -> None:
        super().__init__("should be an IANA time zone, as Europe/Berlin")


class CursorMalformed(ApiError):
    """Raised for a cursor that was not taken from an answer as it stood."""

    def __init__(self) -> None:
        super().__init__("should be what `next` of another answer gave")


class DialogUnknown(ApiError):
    """Raised when there is no dialog, or none any more, with this id."""

    def __init__(self, dialog_id: int) -> None:
        super().__init__("no dialog has this id")
        self.dialog_id = dialog_id


class DatabaseUnavailable(ApiError):
    """Raised when the database does not answer; ``reason`` is the class of the cause."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database does not answer ({reason})")
        self.reason = reason
