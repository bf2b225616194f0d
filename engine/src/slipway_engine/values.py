"""Handles and recipes: how a value is named before it exists.

A `Ref` is a type and the digest of the recipe that makes the value. Its text is the GraphQL ID
(`Container@sha256:…`). A `Recipe` is one call: a field on a parent, with arguments. Equal recipes have equal
digests, so equal work is recognised before it is done.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from slipway_engine.errors import InputError


def digest_of(value: Any) -> str:
    """The sha256 of a JSON-able value in canonical form, as `sha256:<hex>`."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class Ref:
    """A handle on a value of `type`; `digest` is that of its recipe or of its content."""

    type: str
    digest: str

    def __str__(self) -> str:
        return f"{self.type}@{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read an ID, e.g. `Container@sha256:ab…`."""
        kind, at, digest = text.partition("@")
        if not at or not kind or not digest.startswith("sha256:"):
            msg = f"{text[:80]!r} is not an ID of this engine; IDs look like Container@sha256:…"
            raise InputError(msg)
        return cls(kind, digest)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One call: `field` on `parent` (None: the root) with JSON-able `args`, giving a `type`."""

    type: str
    field: str
    parent: Ref | None
    args: dict[str, Any]
    index: int | None = None

    def encode(self) -> dict[str, Any]:
        """The JSON form; refs become `{"$ref": id}`."""
        return {
            "type": self.type,
            "field": self.field,
            "parent": None if self.parent is None else str(self.parent),
            "args": encode_args(self.args),
            "index": self.index,
        }

    @classmethod
    def decode(cls, row: dict[str, Any]) -> Recipe:
        """The inverse of `encode`."""
        parent = None if row["parent"] is None else Ref.parse(row["parent"])
        return cls(row["type"], row["field"], parent, decode_args(row["args"]), row["index"])

    def ref(self) -> Ref:
        """The handle of the value this recipe makes."""
        return Ref(self.type, digest_of(self.encode()))


def encode_args(value: Any) -> Any:
    """Replace refs by tagged objects, deeply."""
    if isinstance(value, Ref):
        return {"$ref": str(value)}
    if isinstance(value, dict):
        return {key: encode_args(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode_args(item) for item in value]
    return value


def decode_args(value: Any) -> Any:
    """The inverse of `encode_args`."""
    if isinstance(value, dict):
        if set(value) == {"$ref"}:
            return Ref.parse(value["$ref"])
        return {key: decode_args(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode_args(item) for item in value]
    return value
