"""The operations that are served: one async function a field, by its GraphQL name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from slipway_engine.values import Ref

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

Operation = Callable[..., Awaitable[Any]]

OPERATIONS: dict[str, Operation] = {}

# Those that need no more of their parent than its handle: it is not made for them.
BY_HANDLE: set[str] = set()

Registered = TypeVar("Registered", bound=Operation)


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation may reach: the engine, the client's function call, and its own recipe's handle."""

    engine: Engine
    ref: Ref
    call: Any = None
    parent: Ref | None = None

    async def evaluate(self, ref: Ref) -> Any:
        """The value behind a handle; each is made once."""
        return await self.engine.evaluate(ref, self.call)


def op(name: str, *, by_handle: bool = False) -> Callable[[Registered], Registered]:
    """Register the function for `Type.field`; arguments arrive by name in snake_case.

    `by_handle`: the parent is not made first, and None in its place; the function finds it in `Context.parent`.
    """

    def register(function: Registered) -> Registered:
        if name in OPERATIONS:
            msg = f"{name} is registered twice"
            raise ValueError(msg)
        OPERATIONS[name] = function
        if by_handle:
            BY_HANDLE.add(name)
        return function

    return register


def snake(name: str) -> str:
    """`keepDefaultArgs` → `keep_default_args`; `experimentalWithGPU` is the reason for the second rule."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()
