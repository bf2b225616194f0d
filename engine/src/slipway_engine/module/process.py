"""One process of a module: started in a group of its own, listened to, and gone when its call is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tomllib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.module.environment import clean_environment
from slipway_engine.module.source import ModuleSource

_GRACE_SECONDS = 3.0
_TAIL_LINES = 30
_LINE_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a module's code: the interpreter, the copied source, and what the SDK wants to know."""

    python: Path
    source: Path
    variables: dict[str, str]

    @classmethod
    def of(cls, module: ModuleSource, python: Path, source: Path, *, debug: bool) -> Program:
        """The program of a module whose environment and copy are ready."""
        layout = source / "src"
        project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        entry = project.get("entry-points", {}).get("dagger.mod", {}).get("main_object", "")
        variables = {
            **clean_environment(),
            "DAGGER_MODULE": module.name,
            "DAGGER_MAIN_OBJECT": module.main,
            "DAGGER_DEFAULT_PYTHON_PACKAGE": entry.partition(":")[0] or str(project["name"]).replace("-", "_"),
            "PYTHONPATH": os.pathsep.join(str(path) for path in (layout, source) if path.is_dir()),
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
            "OTEL_SDK_DISABLED": "true",
            "SLIPWAY_DEBUG": "1" if debug else "0",
        }
        return cls(python, source, variables)


async def run(program: Program, session: dict[str, str], folder: Path, listen: Callable[[str], None]) -> tuple[int, str]:
    """Run one call to its end in `folder`; gives the exit code and the last lines of its standard error."""
    process = await asyncio.create_subprocess_exec(
        str(program.python),
        str(Path(__file__).with_name("launch.py")),
        cwd=folder,
        env={**program.variables, **session, "SLIPWAY_PARENT": str(os.getpid())},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=_LINE_LIMIT,
    )
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    readers = asyncio.gather(
        _read(process.stdout, lambda line: listen(line)),
        _read(process.stderr, lambda line: (listen(line), tail.append(line))),
    )
    try:
        code = await process.wait()
    finally:
        await asyncio.shield(_end(process))
        await asyncio.gather(readers, return_exceptions=True)
    return code, "\n".join(tail)


async def _read(stream: asyncio.StreamReader | None, listen: Callable[[str], object]) -> None:
    while stream is not None:
        try:
            line = await stream.readline()
        except ValueError:  # a line longer than the limit: the stream has dropped it
            continue
        if not line:
            return
        listen(line.decode("utf-8", "replace").rstrip())


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the group: politely where the process still runs, then for certain."""
    if process.returncode is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    _signal(process.pid, signal.SIGKILL)
    await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
