"""One JSON object a line on standard output: ts, level, service, event, and fields.

What a person wrote, and what is secret, never gets here: an event has a fixed name and
chosen fields; of a library's record only its place and its template are kept, and of an
exception its type and where it was raised, since texts and arguments may quote anything.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

SERVICE = "bot"
Field = str | float | bool | None

message_id: ContextVar[int | None] = ContextVar("message_id", default=None)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        entry: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": SERVICE,
        }
        fields = getattr(record, "fields", None)
        if fields is not None:
            entry |= {"event": record.msg, **fields}
        else:
            entry |= {"event": "library", "logger": record.name}
            entry["at"] = f"{record.module}:{record.lineno}"
            if record.args:
                entry["template"] = str(record.msg)
        if (current := message_id.get()) is not None:
            entry["message_id"] = current
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = _describe(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


class EventLog:
    """Logs events of one module: ``log.info("stored", dialog_id=7)``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: Field) -> None:
        """Log something expected."""
        self._logger.info(event, extra={"fields": fields})

    def warning(self, event: str, **fields: Field) -> None:
        """Log something that a person may want to look at."""
        self._logger.warning(event, extra={"fields": fields})

    def error(self, event: str, error: BaseException, **fields: Field) -> None:
        """Log a failure, with the type of ``error`` and where it was raised."""
        self._logger.error(event, extra={"fields": fields}, exc_info=error)


def configure(level: str) -> None:
    """Send the log records of the process to standard output, as JSON.

    Those of libraries count from warnings on, unless ``level`` is DEBUG.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    libraries = level if level in {"DEBUG", "ERROR"} else "WARNING"
    logging.basicConfig(level=libraries, handlers=[handler], force=True)
    logging.getLogger(SERVICE).setLevel(level)


def _describe(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
