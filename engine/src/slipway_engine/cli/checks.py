"""The checks of a module: which there are, and which a pattern names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from fnmatch import fnmatch

from slipway_engine.cli.catalog import Member
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.help import summary
from slipway_engine.cli.names import listed, suggestion
from slipway_engine.cli.session import Session
from slipway_engine.module.definitions import TypeDef

_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Check:
    """A check and the functions that lead to it. `lacking` names flags that it needs and nobody can give."""

    name: str
    path: tuple[Member, ...]
    lacking: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """The first line of its documentation."""
        return summary(self.path[-1])


async def find(session: Session, kind: TypeDef, prefix: str, path: tuple[Member, ...]) -> AsyncIterator[Check]:
    """The checks of a type, and those of the objects its functions give without arguments."""
    if len(path) >= _DEPTH or not session.catalog.is_stored(kind):
        return
    for word, member in (await session.catalog.members(kind)).items():
        steps = (*path, member)
        lacking = tuple(session.arguments.missing(member))
        if member.function.check:
            yield Check(f"{prefix}:{word}", steps, lacking)
        elif not lacking and member.function.returns.name not in {kind.name, *(item.owner for item in path)}:
            async for found in find(session, member.function.returns, f"{prefix}:{word}", steps):
                yield found


def choose(every: list[Check], patterns: list[str], module: str) -> list[Check]:
    """Those that a pattern names, with or without the module; `a` also names `a:b`. An unknown one is an error."""
    chosen: list[Check] = []
    for pattern in patterns:
        full = pattern if pattern.startswith(f"{module}:") else f"{module}:{pattern}"
        found = [item for item in every if fnmatch(item.name, full) or item.name.startswith(f"{full}:")]
        if not found and pattern != module:
            names = [item.name.removeprefix(f"{module}:") for item in every]
            msg = f"no check matches {pattern!r}{suggestion(pattern, names)}"
            raise UsageError(msg, f"Checks: {listed(names)}")
        chosen += found or every
    return sorted(set(chosen) if patterns else every, key=lambda item: item.name)


def row(item: Check) -> tuple[str, str]:
    """The check's line in a list."""
    note = f" (needs --{', --'.join(item.lacking)})" if item.lacking else ""
    return item.name, item.description + note
