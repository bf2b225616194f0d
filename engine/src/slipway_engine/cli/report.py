"""An error as it is told: what failed, and for a command its own output; and the exit code it leads to."""

from __future__ import annotations

import shlex

from slipway_engine.cli.errors import UsageError
from slipway_engine.errors import ExecError, SlipwayError
from slipway_engine.module.errors import FunctionError


def describe(error: SlipwayError) -> str:
    """The message; of a failed command also the command and what it printed."""
    text = str(error)
    if isinstance(error, UsageError) and error.hint:
        return f"{text}\n{error.hint}"
    if not isinstance(error, ExecError | FunctionError):
        return text
    if error.command and shlex.join(error.command) not in text:
        text = f"{text} [{shlex.join(error.command)}]"
    for title, output in (("Stdout", error.stdout), ("Stderr", error.stderr)):
        if output.strip():
            text += f"\n{title}:\n{output.rstrip()}"
    return text


def exit_code(error: SlipwayError) -> int:
    """A failed command's own code, else 1."""
    code = error.exit_code if isinstance(error, ExecError | FunctionError) else 1
    return code if 0 < code < 256 else 1
