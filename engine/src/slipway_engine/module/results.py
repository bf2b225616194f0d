"""Which function results are kept, for how long, and under which key.

The rules are Dagger's: a result is kept for seven days, or its function's own time, or this run (`session`), or
not at all (`never`). Failures are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from slipway_engine.edition import edition
from slipway_engine.module.definitions import Function
from slipway_engine.module.errors import ModuleError
from slipway_engine.values import Ref, digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

WEEK = 7 * 24 * 3600.0

_ID = re.compile(r"[A-Za-z]\w*@sha256:[0-9a-f]{64}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def key_of(module: str, owner: str, function: Function, parent: Any, args: dict[str, Any]) -> str:
    """The key of one call: the engine, the module's content, the function, its arguments and the object's state."""
    return digest_of(
        {
            "engine": edition(),
            "module": module,
            "owner": owner,
            "function": function.name,
            "parent": parent,
            "args": args,
        }
    )


def seconds(duration: str) -> float:
    """A duration as Go writes it (`90s`, `1h30m`), in seconds."""
    parts = _DURATION.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        msg = f'cache: {duration!r} is not a duration; write "60s", "15m" or "24h"'
        raise ModuleError(msg)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def lifetime(function: Function, *, caching: bool) -> float | None:
    """How long a result outlives the run, in seconds; None: it does not."""
    if function.policy != "Default":
        return None
    if function.ttl:
        return min(seconds(function.ttl), WEEK)
    return WEEK if caching else None


def ids_in(value: Any) -> Iterator[str]:
    """Every object ID inside a result or a state."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from ids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item)


async def recall(engine: Engine, key: str) -> tuple[Any] | None:
    """A kept result, in a tuple since it may be None; only while every object in it can still be loaded."""
    row = engine.store.get("function", key)
    if row is None:
        return None
    for text in ids_in(row["value"]):
        if not await engine.loadable(Ref.parse(text)):
            return None
    return (row["value"],)


def keep(engine: Engine, key: str, value: Any, ttl: float) -> None:
    """Keep a result for later runs, with the recipes of the objects in it."""
    for text in ids_in(value):
        engine.save(Ref.parse(text))
    engine.store.put("function", key, {"value": value}, ttl_seconds=ttl)
