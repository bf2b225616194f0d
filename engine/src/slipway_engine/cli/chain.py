"""Following the steps: from the constructor's state to the value that is printed or saved."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_engine.cli.arguments import Arguments, as_data
from slipway_engine.cli.catalog import Catalog, Member
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.names import camel
from slipway_engine.cli.words import Step
from slipway_engine.module.definitions import TypeDef
from slipway_engine.values import Ref, digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.module.runtime import Runtime

# Printed only once they are made: a name alone would hide that making them fails.
_EVALUATED = frozenset({"Container", "Directory", "File", "Changeset"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its type. `data` is JSON data, a `Ref` for an object of the core, or a list of either."""

    data: Any
    type: TypeDef


# Before the constructor.
NOTHING = Value(None, TypeDef())


@dataclass(frozen=True, slots=True)
class Several:
    """The results of steps that followed a list; `key` names the step."""

    items: list[Value | Several]
    key: str = ""


class Chain:
    """Calls functions one after the other."""

    def __init__(self, runtime: Runtime, catalog: Catalog, arguments: Arguments) -> None:
        self._engine: Engine = runtime.engine
        self._runtime = runtime
        self._catalog = catalog
        self._arguments = arguments

    async def follow(self, steps: list[Step], value: Value = NOTHING) -> Value | Several:
        """The value after all steps. After a list, the rest is done for each of its objects, at once."""
        if not steps:
            return value
        if value.type.element is not None:
            element = value.type.element
            each = (self.follow(steps, Value(item, element)) for item in value.data)
            return Several(list(await asyncio.gather(*each)), camel(steps[0].member.function.name))
        return await self.follow(steps[1:], await self._apply(steps[0], value))

    async def evaluate(self, value: Value | Several) -> None:
        """Make what is printed by name alone."""
        if isinstance(value, Several):
            await asyncio.gather(*(self.evaluate(item) for item in value.items))
        elif isinstance(value.data, list):
            element = value.type.element or TypeDef()
            await asyncio.gather(*(self.evaluate(Value(item, element)) for item in value.data))
        elif isinstance(value.data, Ref) and value.data.type in _EVALUATED:
            await self._engine.select(value.data, "sync", {})

    async def _apply(self, step: Step, value: Value) -> Value:
        member = step.member
        returns = member.function.returns
        if member.field:
            return Value(self._typed(value.data.get(member.function.name), returns), returns)
        args = await self._arguments.read(step)
        if member.core:
            return Value(await self._select(value.data, member, args), returns)
        data = {name: as_data(item) for name, item in args.items()}
        result = await self._runtime.call(member.owner, member.function, value.data, data)
        return Value(self._typed(result, returns), returns)

    async def _select(self, parent: Any, member: Member, args: dict[str, Any]) -> Any:
        function = member.function
        returns = function.returns
        if function.name == "sync":
            return Ref.parse(str(await self._engine.select(parent, "sync", {})))
        if returns.element is not None and returns.element.kind == "OBJECT_KIND":
            return await self._select_list(parent, function.name, args)
        kind = returns.name if returns.kind == "OBJECT_KIND" else ""
        return await self._engine.select(parent, function.name, args, kind)

    async def _select_list(self, parent: Ref, field: str, args: dict[str, Any]) -> list[Ref]:
        if args:
            msg = f"{parent.type}.{field}: a list of objects with arguments cannot be chained on the command line"
            raise UsageError(msg)
        answer = await self._engine.query(
            f'{{ node(id: "{parent}") {{ ... on {parent.type} {{ {field} {{ id }} }} }} }}'
        )
        if answer.get("errors"):
            raise UsageError(str(answer["errors"][0]["message"]))
        return [Ref.parse(row["id"]) for row in answer["data"]["node"][field]]

    def _typed(self, data: Any, kind: TypeDef) -> Any:
        """IDs of core objects become handles."""
        if data is None:
            return None
        if kind.element is not None:
            return [self._typed(item, kind.element) for item in data]
        if kind.kind == "OBJECT_KIND" and not self._catalog.is_stored(kind):
            return Ref.parse(data)
        return data


def identity(value: Value, catalog: Catalog) -> str:
    """An object's name on the command line: `Container@sha256:…`, `SlipwayImage@sha256:…`."""
    if isinstance(value.data, Ref):
        return str(value.data)
    return f"{catalog.title(value.type.name)}@{digest_of(value.data)}"
