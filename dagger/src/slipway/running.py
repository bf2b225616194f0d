"""Running independent work to its end, and telling every failure of it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio
import dagger

from slipway.errors import SlipwayError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Mapping

_K = TypeVar("_K", bound="Hashable")
_T = TypeVar("_T")
_KEPT_LINES = 200
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Outcome(Generic[_T]):
    """What a piece of work gave, or the text of its failure; and the seconds it took."""

    value: _T | None
    failure: str
    seconds: float


class Once(Generic[_T]):
    """Work that is done when it is first asked for; whoever asks then gets the same outcome."""

    def __init__(self, start: Callable[[], Awaitable[_T]]) -> None:
        """Keep how the work is started."""
        self._start = start
        self._lock = anyio.Lock()
        self._made: list[_T] = []
        self._failure: Exception | None = None

    async def __call__(self) -> _T:
        """What the work gave; raises what it raised."""
        async with self._lock:
            if self._failure is not None:
                raise self._failure
            if not self._made:
                try:
                    self._made.append(await self._start())
                except (dagger.QueryError, SlipwayError) as error:
                    self._failure = error
                    raise
            return self._made[0]


async def run_all(work: Mapping[_K, Callable[[], Awaitable[_T]]]) -> dict[_K, Outcome[_T]]:
    """Run everything at once and to its end; outcomes are in the order of `work`.

    A task group raises its failures as a group, of which an engine keeps only the count. So the
    failures that are meant to be read are kept here as text; anything else is a defect and raises.
    """
    outcomes: dict[_K, Outcome[_T]] = {}

    async def run(name: _K, start: Callable[[], Awaitable[_T]]) -> None:
        began = anyio.current_time()
        value, failure = None, ""
        try:
            value = await start()
        except dagger.ExecError as error:
            failure = _failed_command(error)
        except (dagger.QueryError, SlipwayError) as error:
            failure = str(error)
        outcomes[name] = Outcome(value, failure, anyio.current_time() - began)

    async with anyio.create_task_group() as group:
        for name, start in work.items():
            group.start_soon(run, name, start)
    return {name: outcomes[name] for name in work}


def _failed_command(error: dagger.ExecError) -> str:
    output = "\n".join(text.strip("\n") for text in (error.stdout, error.stderr) if text.strip())
    lines = _COLOUR.sub("", output).splitlines()
    left_out = len(lines) - _KEPT_LINES
    if left_out > 0:
        lines = [f"({left_out} lines left out)", *lines[-_KEPT_LINES:]]
    said = "".join(f"\n  {line}".rstrip() for line in lines)
    return f"`{shlex.join(error.command)}` ended with exit code {error.exit_code}{said}"
