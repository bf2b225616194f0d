"""The `slipway` command: chooses the engine, runs one command, turns what went wrong into words and an exit code."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable

from slipway_engine.errors import RootlessNeeded, SlipwayError

_INTERRUPTED = 130
_TERMINATED = 143
_BROKEN_PIPE = 141

# What the original has too; the other commands are the embedded engine's own.
_SHARED = frozenset({"call", "functions", "check", "run"})


def main() -> None:
    """The entry point of the `slipway` script."""
    code = command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        code = _quiet_pipe() if code == 0 else code
    sys.exit(code)


def command(argv: list[str]) -> int:
    """Run one command line; gives the exit code."""
    try:
        return _dispatch(argv)
    except RootlessNeeded:
        return _again_rootless(argv)
    except SlipwayError as error:
        from slipway_engine.cli.report import describe, exit_code

        _tell(f"Error: {describe(error)}")
        return exit_code(error)
    except BrokenPipeError:
        return _quiet_pipe()
    except OSError as error:
        _tell(f"Error: {error}")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        _tell(f"{'Interrupted' if interrupted else 'Terminated'}: everything started was stopped.")
        return _INTERRUPTED if interrupted else _TERMINATED
    except Exception as error:
        if "-d" in argv or "--debug" in argv:
            raise
        _tell(f"Error: {type(error).__name__}: {error}\nThis is a defect of slipway; -d shows where.")
        return 1


def _again_rootless(argv: list[str]) -> int:
    """Start the same command in a user namespace; returns only where that cannot work."""
    from slipway_engine.run.machine import rootless_command

    try:
        command = rootless_command([sys.executable, "-m", "slipway_engine", *argv])
        os.execvp(command[0], command)  # noqa: S606  # the same program with the same words
    except SlipwayError as error:
        _tell(f"Error: {error}")
    return 1


def _dispatch(argv: list[str]) -> int:
    name, words = _command_of(argv)
    if name in _SHARED and _chosen_engine() == "dagger":
        os.execvp("dagger", ["dagger", *argv])  # noqa: S606  # the user's own dagger, with the user's words
    if not name or name == "help":
        from slipway_engine.cli.help import main_help

        if "--version" in argv:
            name = "version"
        else:
            sys.stdout.write(main_help())
            return 0
    handler = _handler(name)
    return asyncio.run(_cancelled_by_signals(handler(words)))


def _command_of(argv: list[str]) -> tuple[str, list[str]]:
    """The command and the other words; flags may stand before it."""
    from slipway_engine.cli.options import Options, read_flag

    at, scratch = 0, Options()
    while at < len(argv) and argv[at].startswith("-"):
        at = read_flag(argv, at, "", scratch) or at + 1
    if at >= len(argv):
        return "", argv
    if scratch.help:
        return "help", argv
    return argv[at], argv[:at] + argv[at + 1 :]


def _handler(name: str) -> Callable[[list[str]], Awaitable[int]]:
    # Imported one by one: a command pays for its own parts only.
    if name == "call":
        from slipway_engine.cli.call import call as handler
    elif name == "functions":
        from slipway_engine.cli.functions import functions as handler
    elif name == "check":
        from slipway_engine.cli.check import check as handler
    elif name in ("run", "prune", "version"):
        from slipway_engine.cli import run

        handler = {"run": run.run, "prune": run.prune, "version": run.version}[name]
    else:
        from slipway_engine.cli.errors import UsageError
        from slipway_engine.cli.help import COMMANDS
        from slipway_engine.cli.names import suggestion

        known = [word for word, _ in COMMANDS]
        msg = f'unknown command "{name}" for "slipway"{suggestion(name, known)}'
        raise UsageError(msg, f"Commands: {', '.join(known)}\nRun 'slipway --help' for usage.")
    return handler


def _chosen_engine() -> str:
    from slipway_engine.cli.errors import UsageError

    wanted = os.environ.get("SLIPWAY_ENGINE", "")
    if wanted not in ("", "dagger", "embedded"):
        msg = f"SLIPWAY_ENGINE={wanted}: should be dagger or embedded"
        raise UsageError(msg)
    if wanted == "embedded":
        return wanted
    found = shutil.which("dagger")
    if wanted == "dagger" and found is None:
        msg = "SLIPWAY_ENGINE=dagger, but there is no dagger on PATH; see https://docs.dagger.io/install"
        raise UsageError(msg)
    return "dagger" if found else "embedded"


async def _cancelled_by_signals(work: Awaitable[int]) -> int:
    """Ctrl-C is the event loop's own doing; a polite kill or a closed terminal ends the work the same way."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    return await task


def _tell(text: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _quiet_pipe() -> int:
    """The reader has gone (`| head`): nothing more to say, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _BROKEN_PIPE
