"""Running and ending the commands that are measured; whatever is started here is stopped here."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_POLL_SECONDS = 0.01
_GRACE_SECONDS = 30.0
_LIMIT_SECONDS = 1800.0


class BenchError(Exception):
    """The benchmark cannot go on; the message says why and what to do."""


@dataclass(slots=True)
class Command:
    """A command, where it runs, and its log. `out` is what it printed, `peak_bytes` what its own process needed."""

    args: Sequence[str]
    folder: Path
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    out: str = ""
    peak_bytes: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a process group of its own, so that it can be ended with all its children."""
        with self.log.open("wb") as log, self.log.with_suffix(".out").open("wb") as out:
            self._process = subprocess.Popen(
                self.args, cwd=self.folder, env={**os.environ, **self.env}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=log, start_new_session=True,
            )  # fmt: skip

    def ended(self) -> bool:
        """Whether it has ended; until then, note how much memory its process has needed."""
        assert self._process is not None
        with contextlib.suppress(OSError, StopIteration, ValueError):
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii", errors="replace")
            line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
            self.peak_bytes = max(self.peak_bytes, int(line.split()[1]) * 1024)
        return self._process.poll() is not None

    def check(self) -> None:
        """Raise with the end of the log where it failed."""
        assert self._process is not None
        self.out = self.log.with_suffix(".out").read_text(errors="replace")
        if self._process.returncode != 0:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
            msg = f"{' '.join(self.args)[:200]}\nended with {self._process.returncode}; its last words:\n{tail}"
            raise BenchError(msg)

    def stop(self) -> None:
        """End it and its children: politely first, so that it can clean up."""
        if self._process is None or self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def timed(commands: Sequence[Command]) -> float:
    """Start the commands together and wait for all; gives the wall time in seconds."""
    os.sync()  # what an earlier command left to be written is not this one's to wait for
    begun = time.monotonic()
    try:
        for command in commands:
            command.start()
        while [command for command in commands if not command.ended()]:
            if time.monotonic() - begun > _LIMIT_SECONDS:
                msg = f"no end after {_LIMIT_SECONDS:.0f} s: {' '.join(commands[0].args)[:200]}"
                raise BenchError(msg)
            time.sleep(_POLL_SECONDS)
        seconds = time.monotonic() - begun
    finally:
        for command in commands:
            command.stop()
    for command in commands:
        command.check()
    return seconds


def run(args: Sequence[str | Path], *, folder: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a command that is not measured; gives its output."""
    words = [str(word) for word in args]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        msg = f"{' '.join(words)[:300]}\nended with {done.returncode}: {(done.stderr or done.stdout).strip()[-1500:]}"
        raise BenchError(msg)
    return done.stdout


@contextlib.contextmanager
def work_folder(path: Path, *, keep: bool) -> Iterator[Path]:
    """A folder for everything; at the end no mount is left below it, nor the folder itself unless it is kept."""
    path.mkdir(parents=True, exist_ok=True)
    try:
        yield path
    finally:
        for mount in reversed(mounts_below(path)):
            subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)
        if keep:
            sys.stderr.write(f"kept: {path}\n")
        else:
            shutil.rmtree(path, ignore_errors=True)


def mounts_below(path: Path) -> list[str]:
    """The mount points in a folder, outer ones first."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [place for line in lines if (place := line.split()[1]).startswith(f"{path}/")]


def missing(tools: Iterable[str]) -> list[str]:
    """Which programs are not on PATH."""
    return [tool for tool in tools if shutil.which(tool) is None]
