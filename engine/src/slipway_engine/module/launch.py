"""Runs in the module's own environment: starts the SDK's own entry point.

The one place that touches the SDK's private parts, for two reasons: of a task group's failures the SDK reports
only their number, and it logs each failure's traceback, which belongs to `--debug`.
"""

# ruff: noqa: SLF001

import ctypes
import logging
import os
import signal
import sys
from typing import Any


def leaves(error: BaseException) -> list[BaseException]:
    """The failures inside nested groups, in order."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def describe(error: BaseException) -> str:
    """One failure as text; of a failed command also what it was and what it said."""
    command = getattr(error, "command", None)
    if not isinstance(command, list):
        return f"{type(error).__name__}: {error}"
    parts = [f"{' '.join(command)}: exit code: {getattr(error, 'exit_code', '?')}"]
    parts += [text for name in ("stdout", "stderr") if (text := str(getattr(error, name, "")).strip())]
    return "\n".join(parts)


def die_with(parent: int) -> None:
    """Have the kernel end this process when the engine ends, even when that is killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> int | None:
    """Serve one call."""
    if sys.platform == "linux":
        die_with(int(os.environ.pop("SLIPWAY_PARENT")))
    from dagger.mod import _exceptions, _module, cli

    serve_call = _module.Module.call

    async def call(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await serve_call(self, func, *args, **kwargs)
        except _exceptions.FunctionError as error:
            group = error.__cause__
            if not isinstance(group, BaseExceptionGroup):
                raise
            found = leaves(group)
            if len(found) == 1 and isinstance(found[0], Exception):
                if type(found[0]).__module__.startswith("dagger."):
                    raise found[0] from None
                raise _exceptions.FunctionError(str(found[0])) from found[0]
            listed = "\n".join(f"[{number}] {describe(leaf)}" for number, leaf in enumerate(found, 1))
            raise _exceptions.FunctionError(f"{len(found)} errors\n{listed}") from group

    _module.Module.call = call  # type: ignore[method-assign]  # see the module's docstring
    if os.environ.get("SLIPWAY_DEBUG") != "1":
        logging.getLogger("dagger").setLevel(logging.CRITICAL)
    return cli.app()


if __name__ == "__main__":
    sys.exit(main())
