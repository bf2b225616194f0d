"""The processes of a module: one that has everything imported, and a fork of it for each call."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import os
import signal
import socket
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
_PACKET = 1 << 16


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


class Launcher:
    """Starts calls of one module. `launch.py` is the other end."""

    def __init__(
        self, process: asyncio.subprocess.Process, control: socket.socket, listen: Callable[[str], None]
    ) -> None:
        self._process = process
        self._control = control
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._numbers = itertools.count()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._tasks = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._drain(listen))]

    @classmethod
    async def start(cls, program: Program, folder: Path, listen: Callable[[str], None]) -> Launcher:
        """Start the process that will be forked; it imports while the caller goes on."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                str(program.python),
                str(Path(__file__).with_name("launch.py")),
                cwd=folder,
                env={**program.variables, "SLIPWAY_CONTROL": str(theirs.fileno())},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                limit=_LINE_LIMIT,
            )
        return cls(process, ours, listen)

    async def run(self, session: dict[str, str], folder: Path, listen: Callable[[str], None]) -> tuple[int, str]:
        """Run one call to its end in `folder`; gives the exit code and the last lines of its standard error.

        The code is 128 + the signal's number where a signal ended it.
        """
        if self._tasks[0].done():
            return self._process.returncode or 1, "\n".join(self._tail)
        number = next(self._numbers)
        ended = asyncio.get_running_loop().create_future()
        self._ended[number] = ended
        tail: deque[str] = deque(maxlen=_TAIL_LINES)

        def both(line: str) -> None:
            listen(line)
            tail.append(line)

        with contextlib.ExitStack() as pipes:
            readers, theirs = [], []
            for hear in (listen, both):
                reading, writing = os.pipe()
                readers.append(_read_pipe(os.fdopen(reading, "rb", 0), hear))
                theirs.append(writing)
                pipes.callback(os.close, writing)
            request = {"id": number, "env": session, "folder": str(folder)}
            with contextlib.suppress(ConnectionError):  # it has just ended: `_listen` tells
                socket.send_fds(self._control, [json.dumps(request).encode()], theirs)
        listening = asyncio.gather(*readers)
        try:
            code: int = await asyncio.shield(ended)
        finally:
            await asyncio.shield(self._end(number, ended))
            # Something that left the call's group may hold the pipes open for ever.
            await asyncio.wait([listening], timeout=_GRACE_SECONDS)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        return (code if code >= 0 else 128 - code), "\n".join([*tail] or [*self._tail])

    async def close(self) -> None:
        """End the process and whatever it started."""
        for number, ended in list(self._ended.items()):
            await self._end(number, ended)
        self._control.close()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _end(self, number: int, ended: asyncio.Future[int]) -> None:
        """End a call that still runs: politely, then for certain."""
        for what in (signal.SIGTERM, signal.SIGKILL):
            if not ended.done():
                with contextlib.suppress(OSError):
                    self._control.send(json.dumps({"id": number, "signal": what}).encode())
                await asyncio.wait([ended], timeout=_GRACE_SECONDS)
        self._ended.pop(number, None)

    async def _listen(self) -> None:
        """Learn which calls have ended; when the process itself ends, all have."""
        loop = asyncio.get_running_loop()
        # It may end before it has read what it was asked: the kernel then reports a reset instead of an end.
        with contextlib.suppress(ConnectionError):
            while packet := await loop.sock_recv(self._control, _PACKET):
                answer = json.loads(packet)
                ended = self._ended.get(answer["id"])
                if ended is not None and not ended.done():
                    ended.set_result(answer["code"])
        code = await self._process.wait()
        for ended in self._ended.values():
            if not ended.done():
                ended.set_result(code or 1)

    async def _drain(self, listen: Callable[[str], None]) -> None:
        def both(line: str) -> None:
            listen(line)
            self._tail.append(line)

        if self._process.stderr is not None:
            await _read(self._process.stderr, both)


async def _read_pipe(pipe: io.FileIO, listen: Callable[[str], None]) -> None:
    loop = asyncio.get_running_loop()
    stream = asyncio.StreamReader(limit=_LINE_LIMIT)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
    try:
        await _read(stream, listen)
    finally:
        transport.close()


async def _read(stream: asyncio.StreamReader, listen: Callable[[str], None]) -> None:
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # a line longer than the limit: the stream has dropped it
            continue
        if not line:
            return
        listen(line.decode("utf-8", "replace").rstrip())
