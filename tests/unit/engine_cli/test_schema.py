"""Core types from introspection."""

from typing import Any

import pytest

from slipway_engine.cli.schema import read_schema
from slipway_engine.module.definitions import Arg, Function, TypeDef


def non_null(inner: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "NON_NULL", "name": None, "ofType": inner}


ID = non_null({"kind": "SCALAR", "name": "ID", "ofType": None})
TEXT = non_null({"kind": "SCALAR", "name": "String", "ofType": None})
CONTAINER = non_null({"kind": "OBJECT", "name": "Container", "ofType": None})


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            {
                "name": "withFile",
                "description": None,
                "type": CONTAINER,
                "args": [("path", TEXT, None), ("source", ID, None)],
            },
            Function(
                "withFile",
                TypeDef("OBJECT_KIND", "Container"),
                args=(Arg("path", TypeDef("STRING_KIND")), Arg("source", TypeDef("OBJECT_KIND", "File"))),
            ),
        ),
        (
            {"name": "withMountedCache", "description": "", "type": CONTAINER, "args": [("cache", ID, None)]},
            Function(
                "withMountedCache",
                TypeDef("OBJECT_KIND", "Container"),
                args=(Arg("cache", TypeDef("OBJECT_KIND", "CacheVolume")),),
            ),
        ),
        (
            {"name": "stdout", "description": "Output.", "type": TEXT, "args": []},
            Function("stdout", TypeDef("STRING_KIND"), "Output."),
        ),
        (
            {"name": "sync", "description": "", "type": ID, "args": []},
            Function("sync", TypeDef("OBJECT_KIND", "Container")),
        ),
    ],
)
def test_a_field(field: dict[str, Any], expected: Function) -> None:
    row = {
        **field,
        "args": [{"name": n, "description": None, "defaultValue": d, "type": t} for n, t, d in field["args"]],
    }
    types = read_schema({"types": [{"kind": "OBJECT", "name": "Container", "description": None, "fields": [row]}]})
    assert types.objects == (TypeDef("OBJECT_KIND", "Container", functions=(expected,)),)
