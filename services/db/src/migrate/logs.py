"""One JSON object a line on standard output."""

import json
import logging
import sys
from datetime import UTC, datetime

_log = logging.getLogger("migrate")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": "migrate",
            "event": record.msg,
            **getattr(record, "fields", {}),
        }
        return json.dumps(entry, ensure_ascii=False)


def configure() -> None:
    """Send this package's events, and nothing else, to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines())
    _log.handlers = [handler]
    _log.propagate = False
    _log.setLevel(logging.INFO)


def event(name: str, **fields: str | float | None) -> None:
    """Log that ``name`` happened."""
    _log.info(name, extra={"fields": fields})
