"""What can be said next: the functions and fields of a type, by their command line names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway_engine.cli.names import kebab
from slipway_engine.module.definitions import Arg, Function, ModuleTypes, TypeDef

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

# What a flag can hold besides scalars and enums.
FLAG_OBJECTS = frozenset(
    {"CacheVolume", "Container", "Directory", "File", "GitRef", "GitRepository", "Secret", "Service", "Socket"}
)
FLAG_INPUTS = frozenset({"BuildArg", "PortForward"})
_SCALAR_KINDS = frozenset({"STRING_KIND", "INTEGER_KIND", "FLOAT_KIND", "BOOLEAN_KIND", "SCALAR_KIND", "ENUM_KIND"})


@dataclass(frozen=True, slots=True)
class Member:
    """A word that may follow: a function, or a field of a stored object. `owner` is the type it belongs to."""

    word: str
    owner: str
    function: Function
    field: bool = False
    core: bool = False

    @property
    def flags(self) -> dict[str, Arg]:
        """The arguments that can be given as flags, by flag name."""
        return {kebab(arg.name): arg for arg in self.function.args if can_be_flag(arg.type)}


class Catalog:
    """The types of one module and, when they are needed, those of the core."""

    def __init__(self, engine: Engine | None, types: ModuleTypes, main: str) -> None:
        self.types = types
        self.main = main
        self._engine = engine
        self._core: ModuleTypes | None = None

    async def core(self) -> ModuleTypes:
        """The core types; read once."""
        if self._core is None:
            from slipway_engine.cli.schema import core_types

            self._core = ModuleTypes() if self._engine is None else await core_types(self._engine)
        return self._core

    def constructor(self) -> Member:
        """The main object's constructor."""
        main = self.types.object(self.main)
        made = main.constructor if main else None
        function = made or Function("", TypeDef("OBJECT_KIND", self.main))
        return Member("", self.main, function)

    async def members(self, kind: TypeDef) -> dict[str, Member]:
        """What may follow a value of that type, by word, sorted."""
        while kind.element is not None:
            kind = kind.element
        if kind.kind not in ("OBJECT_KIND", "INTERFACE_KIND"):
            return {}
        own = self.types.object(kind.name)
        found = own or (await self.core()).object(kind.name)
        if found is None:
            return {}
        every = [Member(kebab(item.name), kind.name, item, core=own is None) for item in found.functions]
        every += [
            Member(kebab(item.name), kind.name, Function(item.name, item.type, item.description), field=True)
            for item in found.fields
        ]
        return {
            member.word: member for member in sorted(every, key=lambda item: item.word) if callable_from_words(member)
        }

    async def enum(self, name: str) -> TypeDef | None:
        """An enum of the module or of the core."""
        return self.types.enum(name) or (await self.core()).enum(name)

    def is_stored(self, kind: TypeDef) -> bool:
        """Whether a value of the type is an object of the module (a state), not of the core (an ID)."""
        return kind.kind == "OBJECT_KIND" and self.types.object(kind.name) is not None

    def title(self, name: str) -> str:
        """The type's name outside the module: the main object's name comes first."""
        own = self.types.object(name) or self.types.enum(name)
        return name if own is None or name.startswith(self.main) else self.main + name


def can_be_flag(kind: TypeDef) -> bool:
    """Whether text can stand for a value of the type."""
    if kind.element is not None:
        return kind.element.element is None and can_be_flag(kind.element)
    if kind.kind == "OBJECT_KIND":
        return kind.name in FLAG_OBJECTS
    if kind.kind == "INPUT_KIND":
        return kind.name in FLAG_INPUTS
    return kind.kind in _SCALAR_KINDS and kind.name != "ID"


def callable_from_words(member: Member) -> bool:
    """Whether every argument that must be given can be given as a flag."""
    return all(can_be_flag(arg.type) or not arg.required for arg in member.function.args)
