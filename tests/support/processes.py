"""Looking at the machine from outside: processes, containers, mounts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.commands import REPOSITORY, Result

from slipway_engine.store.store import default_root


def start_driver(*requests: str, cache: Path | None = None, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """An engine of its own that answers these requests."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.driver", *requests],
        cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "SLIPWAY_CACHE_DIR": str(cache or default_root()), **(env or {})}, start_new_session=True,
    )  # fmt: skip


def drive(*requests: str, cache: Path | None = None, env: dict[str, str] | None = None) -> Result:
    """As `start_driver`, to its end."""
    return finish(start_driver(*requests, cache=cache, env=env))


def finish(process: subprocess.Popen[str]) -> Result:
    """Wait for a driver."""
    out, err = process.communicate(timeout=100)
    return Result(process.returncode, out, err)


def answers(result: Result) -> list[dict[str, Any]]:
    """What a driver printed: its answers, and the counts of its log."""
    assert result.code == 0, result
    return [json.loads(line) for line in result.out.splitlines()]


def cmdlines() -> Iterator[tuple[int, list[str]]]:
    """The words of every process."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        yield int(pid), raw.decode(errors="replace").split("\0")


def in_container(mark: str) -> bool:
    """Whether a shell in a container runs a script with this mark."""
    return any(words[0] in ("sh", "/bin/sh") and any(mark in word for word in words) for _, words in cmdlines())


def wait_until(check: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Wait until `check` gives something true."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: not {what}")
        time.sleep(0.1)


def containers(pid: int) -> list[str]:
    """The names of an engine's containers, running or not, by the engine's process."""
    done = subprocess.run(
        ["podman", "ps", "--all", "--format", "{{.Names}}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [name for name in done.stdout.split() if name.startswith("slipway-") and f"-{pid}-" in name]


def mounts(cache: Path, pid: int | str = "self") -> list[str]:
    """The mount points below a cache folder, as a process sees them."""
    lines = Path(f"/proc/{pid}/mounts").read_text(errors="replace").splitlines()
    return [line.split(" ")[1] for line in lines if line.split(" ")[1].startswith(f"{cache}/")]


def unfinished(cache: Path, pid: int) -> list[Path]:
    """The folders of unfinished things that an engine's process left."""
    root = cache / "tmp"
    return [path for path in root.iterdir() if path.name.startswith(f"{pid}-")] if root.exists() else []
