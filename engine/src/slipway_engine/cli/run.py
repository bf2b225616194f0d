"""`slipway run`, `slipway prune`, `slipway version`: commands that need no module."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.options import Options, read_flag
from slipway_engine.cli.render import write
from slipway_engine.cli.session import engine


async def run(words: list[str]) -> int:
    """Run a program with a session; gives its exit code. The flags before the program are ours."""
    options, rest = _flags(words, "run")
    if options.help or not rest:
        write(
            "Run any program with a session of the engine (DAGGER_SESSION_PORT, DAGGER_SESSION_TOKEN).\n\n"
            "USAGE\n  slipway run [options] program [arguments]\n"
        )
        return 0 if options.help else 1
    async with engine(options) as core:
        session = await core.serve()
        try:
            process = await asyncio.create_subprocess_exec(*rest, env={**os.environ, **session})
        except OSError as error:
            msg = f"{rest[0]}: {error.strerror}"
            raise UsageError(msg) from error
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            await asyncio.shield(process.wait())
            raise
    return code if code >= 0 else 128 - code


async def prune(words: list[str]) -> int:
    """Empty the cache."""
    options, rest = _flags(words, "prune")
    if rest:
        msg = f"prune takes no {rest[0]!r}"
        raise UsageError(msg)
    if options.help:
        write("Empty the engine's cache: executions, layers, packages, results.\n\nUSAGE\n  slipway prune\n")
        return 0
    async with engine(options) as core:
        write(f"{await core.prune()}\n")
    return 0


async def version(words: list[str]) -> int:
    """Print our version and that of the API."""
    from slipway_engine import API_VERSION, __version__

    del words
    write(f"slipway {__version__} (Dagger API {API_VERSION}, embedded engine)\n")
    return 0


def _flags(words: list[str], command: str) -> tuple[Options, list[str]]:
    options, at = Options(), 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return options, words[at + 1 :]
        after = read_flag(words, at, command, options)
        if after is None and words[at] == "--all":  # everything is pruned anyway
            after = at + 1
        if after is None:
            msg = f"unknown flag: {words[at]}"
            raise UsageError(msg, f"Run 'slipway {command} --help' for usage.")
        at = after
    return options, words[at:]
