"""Directories and files that are named by their content: their listings are kept, so a later run can use the handle."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.state import File
from slipway_engine.store.store import Store
from slipway_engine.store.tree import Entry, Tree
from slipway_engine.values import Recipe


def store_content(store: Store, value: Tree | File) -> Recipe:
    """Keep the listing; gives the recipe that reads it back."""
    key = value.key
    if store.get("content", key) is None:
        row: dict[str, Any]
        if isinstance(value, Tree):
            row = {
                "entries": {path: list(astuple(entry)) for path, entry in value.entries.items()},
                "recipe": value.recipe,
            }
        else:
            row = {"name": value.name, "entry": list(astuple(value.entry)), "recipe": value.recipe}
        store.put("content", key, row)
    return Recipe("Directory" if isinstance(value, Tree) else "File", "content", None, {"key": key})


@op("Query.content")
async def content(ctx: Context, _self: None, *, key: str) -> Tree | File:
    """Read a listing back. Not part of the API: only handles lead here."""
    row = ctx.engine.store.get("content", key)
    if row is None:
        msg = f"the directory or file {key} was pruned from the cache; run the command again"
        raise InputError(msg)
    if "name" in row:
        return File(row["name"], Entry(*row["entry"]), row["recipe"])
    return Tree({path: Entry(*fields) for path, fields in row["entries"].items()}, row["recipe"])
