"""Asking the engine in its own words: a chain of fields in, the innermost value out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from slipway_engine.engine import Engine

IMAGE = "debian:trixie-slim"


class Name(str):
    """An enum's value: written without quotes."""

    __slots__ = ()


class Refused(Exception):  # noqa: N818  # it is an answer, not a defect
    """The engine's answer had an error: its message, extensions and path."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.extensions: dict[str, Any] = error.get("extensions", {})
        self.path: list[str] = error.get("path", [])


@dataclass(frozen=True, slots=True)
class Step:
    """One field with its arguments."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = ", ".join(f"{key}: {_literal(value)}" for key, value in self.args.items())
        return f"{self.name}({words})" if words else self.name


def step(name: str, /, **args: Any) -> Step:
    """`step("withExec", args=["true"])`; a trailing underscore is dropped, so `include_` and `from_` can be said."""
    return Step(name, {key.rstrip("_"): value for key, value in args.items()})


def run(*words: str, **args: Any) -> Step:
    """A command."""
    return step("withExec", args=list(words), **args)


def shell(script: str, **args: Any) -> Step:
    """A shell script."""
    return run("sh", "-c", script, **args)


def document(*steps: Step | str) -> str:
    """The GraphQL request for a chain."""
    names = [str(each) for each in steps]
    return "{ " + " { ".join(names) + " }" * len(names)


async def ask(engine: Engine, *steps: Step | str) -> Any:
    """The innermost value of a chain; raises Refused where the answer is an error."""
    answer = await engine.query(document(*steps))
    if answer.get("errors"):
        raise Refused(answer["errors"][0])
    value: Any = answer["data"]
    for each in steps:
        value = value[each.name if isinstance(each, Step) else each]
    return value


def base(address: str = IMAGE) -> tuple[Step, Step]:
    """A container from an image."""
    return step("container"), step("from", address=address)


async def ask_node(engine: Engine, kind: str, identity: str, *steps: Step | str) -> Any:
    """As `ask`, from an ID on."""
    answer = await engine.query(document(step("node", id=identity), f"... on {kind}", *steps))
    if answer.get("errors"):
        raise Refused(answer["errors"][0])
    value: Any = answer["data"]["node"]
    for each in steps:
        value = value[each.name if isinstance(each, Step) else each]
    return value


def _literal(value: Any) -> str:
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    return json.dumps(value)
