"""tools/up [--detach] [--no-build] | tools/up down: the demo of this checkout, from nothing to all healthy, and away again."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from tools.stack import daemon, images, ports
from tools.stack.docker import REPOSITORY, STATE
from tools.stack.errors import BusyError, StackError
from tools.stack.stack import Stack, folder

# Two checkouts on one machine have two stacks. SLIPWAY_STACK names a second one of the same checkout.
NAME = os.environ.get("SLIPWAY_STACK") or f"slipway-{hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]}"

_INTERRUPTED = 130
_TAKE_OVER_SECONDS = 90
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="tools/up", description="The whole application on this machine.")
    parser.add_argument("command", nargs="?", choices=("up", "down"), default="up")
    parser.add_argument("--detach", action="store_true", help="return when all is healthy; `down` removes it")
    parser.add_argument("--no-build", action="store_true", help="take the images that were loaded last")
    options = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _down() if options.command == "down" else _up(detach=options.detach, build=not options.no_build)
    except StackError as error:
        sys.stderr.write(f"{options.command}: {error}\n")
        return 1


def _up(*, detach: bool, build: bool) -> int:
    found = daemon.find()
    if found is not None and folder(NAME).exists() and Stack(NAME, found).healthy():
        _say("It is up already.")
        _tell(Stack(NAME, found))
        return 0
    with _lock() as lock:
        if not lock.taken():
            raise BusyError("another `make up` is at work in this checkout; `make down` ends it")
        stack: Stack | None = None
        kept = False
        try:
            stack = Stack(NAME, daemon.find_or_start())
            references = images.loaded(stack.docker, _say) if build else images.last()
            stack.remove()  # what an earlier one left
            stack.prepare(references, ports.PREFERRED)
            stack.start(_say)
            _tell(stack)
            kept = detach
            if not detach:
                _say("Ctrl-C removes it, and so does `make down`.")
                stack.wait_ended()
        except KeyboardInterrupt:
            return _INTERRUPTED
        finally:
            if not kept:
                _remove(stack)
    return 0


def _down() -> int:
    with _lock() as lock:
        ended = lock.take_over()
        there = folder(NAME).exists()
        # Containers outlive a daemon that was killed, and come back with it.
        found = daemon.find_or_start() if there else daemon.find()
        stack = None if found is None else Stack(NAME, found)
        if not there and (stack is None or not stack.states()):
            _say("The `make up` that was at work has removed it." if ended else "Nothing is up.")
        _remove(stack)
    return 0


def _remove(stack: Stack | None) -> None:
    # To its end: half of a removal is worse than a second of patience.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if stack is not None:
        if stack.folder.exists():
            _say("Removing it …")
        stack.remove()
    if daemon.stop_if_idle():
        _say("The Docker daemon that was started for it has ended.")


def _tell(stack: Stack) -> None:
    urls = stack.urls()
    _say(
        f"\n  dashboard  {urls['web']}   password: {stack.secret('dashboard_password')}"
        f"\n  chat       {urls['chat']}   write to the bot here"
        f"\n  API        {urls['api']}   bearer token: {stack.folder.relative_to(REPOSITORY)}/secrets/api_token\n"
    )


class _Lock:
    """Held by whatever changes the stack; the file has the process that holds it, and goes with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[str] | None = None

    def taken(self) -> bool:
        """Take it, if nobody else has it."""
        stream = self._path.open("a+")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return False
        if not self._opened_by_name(stream):
            stream.close()
            return False
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        self._stream = stream
        return True

    def _opened_by_name(self, stream: IO[str]) -> bool:
        """Whether it is still the file of that name; nobody else will open one that was released meanwhile."""
        try:
            return os.path.samestat(os.fstat(stream.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def take_over(self) -> bool:
        """Take it; who has it is told to remove its stack and to end. Gives whether somebody was."""
        holder = ""
        for _ in range(_TAKE_OVER_SECONDS * 5):
            if self.taken():
                return bool(holder)
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
                holder = self._path.read_text().strip()
                os.kill(int(holder), signal.SIGTERM)
            time.sleep(0.2)
        raise BusyError(f"the `make up` of process {holder} has not ended after {_TAKE_OVER_SECONDS} s")

    def release(self) -> None:
        """Give it back, if it was taken."""
        if self._stream is not None:
            self._path.unlink(missing_ok=True)
            self._stream.close()


@contextlib.contextmanager
def _lock() -> Iterator[_Lock]:
    (STATE / "stack").mkdir(parents=True, exist_ok=True)
    lock = _Lock(STATE / "stack" / f"{NAME}.lock")
    try:
        yield lock
    finally:
        lock.release()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
