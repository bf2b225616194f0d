"""What goes to standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.chain import Several, Value, identity


def as_text(value: Value | Several, catalog: Catalog) -> str:
    """Text as it is, numbers and booleans as JSON has them, list items one a line, objects by name."""
    if isinstance(value, Several):
        return "".join(_mark(item) + _line(as_text(item, catalog)) for item in value.items)
    if value.data is None:
        return ""
    if value.type.element is not None:
        element = value.type.element
        items = [Value(item, element) for item in value.data]
        return "".join(_mark(item) + _line(as_text(item, catalog)) for item in items)
    if value.type.kind in ("OBJECT_KIND", "INTERFACE_KIND"):
        return identity(value, catalog)
    return value.data if isinstance(value.data, str) else json.dumps(value.data)


def as_json(value: Value | Several, catalog: Catalog) -> str:
    """The value as JSON; what followed a list is named: `[{"name": "alpha"}]`."""
    if isinstance(value, Value) and value.type.kind == "VOID_KIND":
        return ""
    return json.dumps(_data(value, catalog), indent=4, ensure_ascii=False) + "\n"


def write(text: str) -> None:
    """Print as it is; only a terminal gets the newline that a text lacks."""
    sys.stdout.write(text)
    if text and not text.endswith("\n") and sys.stdout.isatty():
        sys.stdout.write("\n")
    sys.stdout.flush()


def _data(value: Value | Several, catalog: Catalog) -> Any:
    if isinstance(value, Several):
        return [{value.key: _data(item, catalog)} for item in value.items]
    if value.data is None:
        return None
    if value.type.element is not None:
        element = value.type.element
        return [_data(Value(item, element), catalog) for item in value.data]
    if value.type.kind in ("OBJECT_KIND", "INTERFACE_KIND"):
        return identity(value, catalog)
    return value.data


def _mark(item: Value | Several) -> str:
    return "- " if isinstance(item, Value) and item.type.kind in ("OBJECT_KIND", "INTERFACE_KIND") else ""


def _line(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
