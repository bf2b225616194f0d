"""The call that a module's process serves: what it is asked, and what it answers.

Each process has a session token of its own, so `currentFunctionCall` is that of the client that asks.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import Any

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.values import Ref


@dataclass(frozen=True, slots=True)
class ArgValue:
    """One argument of a call; `value` is JSON text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ErrorState:
    """An error that a module reports; each value is JSON text."""

    message: str
    values: tuple[ArgValue, ...] = ()

    def get(self, name: str) -> Any:
        """The value of that name, decoded, or None."""
        return next((json.loads(item.value) for item in self.values if item.name == name), None)


@dataclass(slots=True)
class FunctionCall:
    """A call in progress. An empty `parent_name` asks for the module's types; an empty `name` for the constructor."""

    parent_name: str = ""
    name: str = ""
    parent: str = "null"
    input_args: tuple[ArgValue, ...] = ()
    id: str = field(default_factory=lambda: os.urandom(8).hex())
    value: str | None = None
    error: ErrorState | None = None


@op("Query.currentFunctionCall")
async def current_function_call(ctx: Context, self: Any) -> FunctionCall:
    """The call of this client."""
    if not isinstance(ctx.call, FunctionCall):
        msg = "currentFunctionCall: this client is not a function of a module"
        raise InputError(msg)
    return ctx.call


@op("FunctionCall.name")
async def call_name(ctx: Context, self: FunctionCall) -> str:
    """The function's name as the module spells it."""
    return self.name


@op("FunctionCall.parentName")
async def call_parent_name(ctx: Context, self: FunctionCall) -> str:
    """The object type that has the function."""
    return self.parent_name


@op("FunctionCall.parent")
async def call_parent(ctx: Context, self: FunctionCall) -> str:
    """The object's state, as JSON."""
    return self.parent


@op("FunctionCall.inputArgs")
async def call_input_args(ctx: Context, self: FunctionCall) -> list[ArgValue]:
    """The arguments that were given or have a default."""
    return list(self.input_args)


@op("FunctionCall.returnValue")
async def return_value(ctx: Context, self: FunctionCall, *, value: str) -> None:
    """Take the result."""
    self.value = value


@op("FunctionCall.returnError")
async def return_error(ctx: Context, self: FunctionCall, *, error: Ref) -> None:
    """Take the failure."""
    self.error = await ctx.evaluate(error)


@op("FunctionCallArgValue.name")
async def arg_name(ctx: Context, self: ArgValue) -> str:
    """The argument's name as the module spells it."""
    return self.name


@op("FunctionCallArgValue.value")
async def arg_value(ctx: Context, self: ArgValue) -> str:
    """The argument's value, as JSON."""
    return self.value


@op("Query.error")
async def new_error(ctx: Context, self: Any, *, message: str) -> ErrorState:
    """An error to report."""
    return ErrorState(message)


@op("Error.message")
async def error_message(ctx: Context, self: ErrorState) -> str:
    """What went wrong."""
    return self.message


@op("Error.values")
async def error_values(ctx: Context, self: ErrorState) -> list[ArgValue]:
    """The details."""
    return list(self.values)


@op("Error.withValue")
async def error_with_value(ctx: Context, self: ErrorState, *, name: str, value: str) -> ErrorState:
    """The error with one more detail."""
    return replace(self, values=(*self.values, ArgValue(name, value)))


@op("ErrorValue.name")
async def error_value_name(ctx: Context, self: ArgValue) -> str:
    """The detail's name."""
    return self.name


@op("ErrorValue.value")
async def error_value_value(ctx: Context, self: ArgValue) -> str:
    """The detail, as JSON."""
    return self.value
