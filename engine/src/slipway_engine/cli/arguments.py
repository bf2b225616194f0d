"""The arguments of one step: what was given, else the user's default, else the module's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slipway_engine.cli.catalog import Member
from slipway_engine.cli.dotenv import UserDefaults
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.names import kebab
from slipway_engine.cli.words import Sentence, Step
from slipway_engine.module.definitions import Arg
from slipway_engine.values import Ref

if TYPE_CHECKING:
    from slipway_engine.cli.values import Values
    from slipway_engine.module.source import ModuleSource


class Arguments:
    """Completes and reads the arguments of every step."""

    def __init__(self, values: Values, module: ModuleSource, main: str) -> None:
        self._values = values
        self._module = module
        self._main = main
        self._defaults = UserDefaults(module)

    def check(self, sentence: Sentence) -> None:
        """Refuse a sentence in which a needed flag is missing, before anything runs."""
        for step in sentence.steps:
            missing = [kebab(arg.name) for arg in step.member.function.args if self._missing(step, arg)]
            if missing:
                names = ", ".join(f'"{name}"' for name in missing)
                place = step.member.word or "call"
                msg = f"required flag(s) {names} not set for {place!r}"
                raise UsageError(msg, f"Run '{sentence.title} --help' for usage.")

    def missing(self, member: Member) -> list[str]:
        """The flags that a call without any would lack."""
        step = Step(member)
        return [kebab(arg.name) for arg in member.function.args if self._missing(step, arg)]

    async def read(self, step: Step) -> dict[str, Any]:
        """The values by argument name; objects are `Ref`s, nulls are left out."""
        found: dict[str, Any] = {}
        for arg in step.member.function.args:
            value = await self._value(step, arg)
            if value is not None:
                found[arg.name] = value
        return found

    async def _value(self, step: Step, arg: Arg) -> Any:
        texts = step.texts.get(arg.name)
        if texts is not None:
            return await self._values.read(arg, texts)
        default = self._user_default(step.member, arg)
        if default is not None:
            name = f"{step.member.word} " if step.member.word else ""
            self._values.engine.progress.line(
                f"{default.folder / '.env'}: {default.name} sets {name}--{kebab(arg.name)}"
            )
            try:
                return await self._values.read(arg, [default.value], default.folder)
            except UsageError as error:
                msg = f"{default.folder / '.env'}: {default.name}: {error}"
                raise UsageError(msg) from error
        # The core knows its own defaults.
        return None if step.member.core else await self._module_default(arg)

    async def _module_default(self, arg: Arg) -> Any:
        if arg.default is not None:
            return json.loads(arg.default)
        if arg.default_path:
            return await self._values.objects.from_host(
                arg.type.name, self._module.locate(arg.default_path), arg.ignore
            )
        if arg.default_address:
            return await self._values.objects.read(arg, "Container", arg.default_address, self._module.root)
        return None

    def _missing(self, step: Step, arg: Arg) -> bool:
        return arg.required and arg.name not in step.texts and self._user_default(step.member, arg) is None

    def _user_default(self, member: Member, arg: Arg) -> Any:
        return self._defaults.get(member.function.name, arg.name) if member.owner == self._main else None


def as_data(value: Any) -> Any:
    """JSON data for a module's process: handles become IDs."""
    if isinstance(value, Ref):
        return str(value)
    if isinstance(value, list):
        return [as_data(item) for item in value]
    return value
