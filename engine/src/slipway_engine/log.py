"""What a run tells people while it works (stderr), and what it writes down (the engine's log)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

Mode = Literal["auto", "plain", "tty", "silent"]


class Progress:
    """Lines on stderr: what started, what ended, how long it took. `silent` prints nothing."""

    def __init__(self, mode: Mode = "auto", stream: IO[str] | None = None) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.mode = mode
        self.started = time.monotonic()
        self._running: dict[int, str] = {}
        self._next = 0
        self._status: Any = None
        if mode == "auto":
            self.mode = "tty" if self.stream.isatty() else "plain"

    def line(self, text: str) -> None:
        """Print one line."""
        if self.mode == "silent":
            return
        if self._status is not None:
            self._status.console.print(text, markup=False, highlight=False)
            return
        try:
            print(text, file=self.stream, flush=True)
        except (BrokenPipeError, ValueError):
            self.mode = "silent"

    @contextmanager
    def task(self, name: str) -> Iterator[None]:
        """Show `name` while the body runs, and its time afterwards."""
        begun = time.monotonic()
        token = self._begin(name)
        try:
            yield
        except BaseException:
            self._end(token)
            self.line(f"✘ {name} ({time.monotonic() - begun:.1f} s)")
            raise
        self._end(token)
        self.line(f"✔ {name} ({time.monotonic() - begun:.1f} s)")

    def _begin(self, name: str) -> int:
        self._next += 1
        self._running[self._next] = name
        if self.mode == "tty":
            self._show()
        elif self.mode == "plain":
            self.line(f"▸ {name}")
        return self._next

    def _end(self, token: int) -> None:
        self._running.pop(token, None)
        if self.mode == "tty":
            self._show()

    def _show(self) -> None:
        names = "; ".join(name[:60] for name in list(self._running.values())[:3])
        if self._status is None:
            from rich.console import Console

            self._status = Console(file=self.stream).status(names)
            self._status.start()
        if self._running:
            self._status.update(names)
        else:
            self._status.stop()
            self._status = None

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._status is not None:
            self._status.stop()
            self._status = None


class EventLog:
    """One JSON object a line: what was executed, what came from the cache. Kept in the cache's `log/`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._file: IO[str] | None = None

    def write(self, event: str, **fields: Any) -> None:
        """Count the event and write it down."""
        self.counts[event] = self.counts.get(event, 0) + 1
        row = {"ts": round(time.time(), 3), "event": event, **fields}
        # A full disk must fail the work that needs it, with its own message, and not the note about it.
        with suppress(OSError):
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("a", encoding="utf-8")
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
