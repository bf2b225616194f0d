"""From the text of a flag to a value: a scalar, a list, an enum member, or the handle of an object."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.errors import UsageError, invalid
from slipway_engine.cli.names import kebab, listed, suggestion
from slipway_engine.cli.objects import Objects
from slipway_engine.cli.options import boolean
from slipway_engine.module.definitions import Arg, TypeDef

if TYPE_CHECKING:
    from slipway_engine.engine import Engine


class Values:
    """Reads the texts given for one argument. Relative paths start at `base`."""

    def __init__(self, engine: Engine, catalog: Catalog, base: Path) -> None:
        self.engine = engine
        self.objects = Objects(engine)
        self._catalog = catalog
        self._base = base

    async def read(self, arg: Arg, texts: list[str], base: Path | None = None) -> Any:
        """The argument's value; a list takes every text, anything else the last."""
        if arg.type.element is None:
            return await self._one(arg, arg.type, texts[-1], base or self._base)
        element = arg.type.element
        items = [item for text in texts for item in split_list(text, element)]
        return [await self._one(arg, element, item, base or self._base) for item in items]

    async def _one(self, arg: Arg, kind: TypeDef, text: str, base: Path) -> Any:
        if kind.kind == "ENUM_KIND":
            return await self._member(arg, kind, text)
        if kind.kind == "OBJECT_KIND":
            return await self.objects.read(arg, kind.name, text, base)
        if kind.name == "Platform" and text == "current":
            return await self.engine.select(None, "defaultPlatform", {})
        return read_input(arg, kind, text) if kind.kind == "INPUT_KIND" else read_scalar(arg, kind, text)

    async def _member(self, arg: Arg, kind: TypeDef, text: str) -> str:
        enum = await self._catalog.enum(kind.name)
        names = [member.name for member in enum.members] if enum else []
        found = next((name for name in names if name.lower() == text.lower()), None)
        if found is None:
            raise invalid(kebab(arg.name), text, f"should be one of {listed(names)}{suggestion(text.upper(), names)}")
        return found


def read_scalar(arg: Arg, kind: TypeDef, text: str) -> Any:
    """Text, numbers, booleans, JSON."""
    flag = kebab(arg.name)
    if kind.kind == "BOOLEAN_KIND":
        return boolean(text, flag)
    if kind.kind in ("INTEGER_KIND", "FLOAT_KIND"):
        whole = kind.kind == "INTEGER_KIND"
        try:
            return int(text, 10) if whole else float(text)
        except ValueError:
            raise invalid(flag, text, "should be a whole number" if whole else "should be a number") from None
    if kind.name == "JSON":
        try:
            json.loads(text)
        except ValueError as error:
            raise invalid(flag, text, f"should be JSON ({error})") from error
    return text


def read_input(arg: Arg, kind: TypeDef, text: str) -> dict[str, Any]:
    """`NAME=VALUE` of a build argument, `8080:80` of a port."""
    flag = kebab(arg.name)
    if kind.name == "BuildArg":
        name, equals, value = text.partition("=")
        if not equals:
            raise invalid(flag, text, "should be NAME=VALUE")
        return {"name": name, "value": value}
    ports, _, protocol = text.partition("/")
    frontend, _, backend = ports.rpartition(":")
    if not backend.isdigit() or (frontend and not frontend.isdigit()):
        raise invalid(flag, text, "should be FRONTEND:BACKEND, as in 8080:80")
    return {"frontend": int(frontend or backend), "backend": int(backend), "protocol": (protocol or "tcp").upper()}


def split_list(text: str, element: TypeDef) -> list[str]:
    """The items of `a,b`; a value that holds a comma is quoted, as in CSV."""
    if text == "":
        return []
    if element.kind in ("OBJECT_KIND", "ENUM_KIND"):
        return [item.strip().strip("\"'") for item in text.split(",")]
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        msg = f"{text!r} is not a list: {error}; items are separated by commas, and quoted where they hold one"
        raise UsageError(msg) from error
