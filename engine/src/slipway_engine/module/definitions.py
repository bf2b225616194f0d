"""The types of a module as plain values: what registration gives and what the command line reads.

One shape, `TypeDef`, serves for a type that is defined (an object with its functions) and for a type that is
referred to (its kind and name alone), as in Dagger's own API.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, Self

Policy = Literal["Default", "PerSession", "Never"]


@dataclass(frozen=True, slots=True)
class EnumMember:
    """One member of an enum; `value` is what the module's language stores."""

    name: str
    value: str = ""
    description: str = ""
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class TypeDef:
    """A type: `kind` is a TypeDefKind such as `STRING_KIND`; the rest depends on it."""

    kind: str = "VOID_KIND"
    name: str = ""
    description: str = ""
    optional: bool = False
    deprecated: str | None = None
    element: TypeDef | None = None
    fields: tuple[Field, ...] = ()
    functions: tuple[Function, ...] = ()
    constructor: Function | None = None
    members: tuple[EnumMember, ...] = ()

    def __str__(self) -> str:
        return f"[{self.element}]" if self.element else self.name or self.kind.removesuffix("_KIND").lower()


@dataclass(frozen=True, slots=True)
class Field:
    """A stored value of an object that anybody may read."""

    name: str
    type: TypeDef
    description: str = ""
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class Arg:
    """An argument. `default` is JSON text; `default_path` and `ignore` belong to directories and files."""

    name: str
    type: TypeDef
    description: str = ""
    default: str | None = None
    default_path: str = ""
    default_address: str = ""
    ignore: tuple[str, ...] = ()
    deprecated: str | None = None

    @property
    def required(self) -> bool:
        """Whether a caller must give it."""
        return not (self.type.optional or self.default is not None or self.default_path or self.default_address)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or (without a name) a constructor. `ttl` is text such as `60s`."""

    name: str
    returns: TypeDef
    description: str = ""
    args: tuple[Arg, ...] = ()
    policy: Policy = "Default"
    ttl: str = ""
    check: bool = False
    generator: bool = False
    up: bool = False
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class ModuleTypes:
    """Everything a module registers."""

    description: str = ""
    objects: tuple[TypeDef, ...] = ()
    interfaces: tuple[TypeDef, ...] = ()
    enums: tuple[TypeDef, ...] = ()

    def object(self, name: str) -> TypeDef | None:
        """The object type of that name."""
        return next((item for item in self.objects if item.name == name), None)

    def enum(self, name: str) -> TypeDef | None:
        """The enum type of that name."""
        return next((item for item in self.enums if item.name == name), None)

    def encode(self) -> dict[str, Any]:
        """The JSON form; values equal to their defaults are left out."""
        row: dict[str, Any] = _encode(self)
        return row

    @classmethod
    def decode(cls, row: dict[str, Any]) -> Self:
        """The inverse of `encode`."""
        groups = {key: tuple(_type(item) for item in row.get(key, ())) for key in ("objects", "interfaces", "enums")}
        return cls(description=row.get("description", ""), **groups)


def _encode(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    pairs = ((item, getattr(value, item.name)) for item in dataclasses.fields(value))
    return {item.name: _encode(given) for item, given in pairs if given != item.default}


def _type(row: dict[str, Any]) -> TypeDef:
    nested: dict[str, Any] = {}
    if "element" in row:
        nested["element"] = _type(row["element"])
    if "constructor" in row:
        nested["constructor"] = _function(row["constructor"])
    if "fields" in row:
        nested["fields"] = tuple(Field(**{**item, "type": _type(item["type"])}) for item in row["fields"])
    if "functions" in row:
        nested["functions"] = tuple(_function(item) for item in row["functions"])
    if "members" in row:
        nested["members"] = tuple(EnumMember(**item) for item in row["members"])
    return TypeDef(**{**row, **nested})


def _function(row: dict[str, Any]) -> Function:
    return Function(
        **{**row, "returns": _type(row["returns"]), "args": tuple(_arg(item) for item in row.get("args", ()))}
    )


def _arg(row: dict[str, Any]) -> Arg:
    return Arg(**{**row, "type": _type(row["type"]), "ignore": tuple(row.get("ignore", ()))})
