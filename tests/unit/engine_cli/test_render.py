"""Standard output, for each type of result."""

from typing import Any

import pytest

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.chain import Several, Value
from slipway_engine.cli.render import as_json, as_text
from slipway_engine.module.definitions import TypeDef
from slipway_engine.values import Ref, digest_of

TEXT = TypeDef("STRING_KIND")
IMAGE = TypeDef("OBJECT_KIND", "Image")
CONTAINER = Ref("Container", "sha256:" + "0" * 64)
ALPHA, BETA = {"name": "alpha"}, {"name": "beta"}


def listed(element: TypeDef) -> TypeDef:
    return TypeDef("LIST_KIND", element=element)


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        ("raw text", TEXT, "raw text"),
        ("ends\n", TEXT, "ends\n"),
        (42, TypeDef("INTEGER_KIND"), "42"),
        (True, TypeDef("BOOLEAN_KIND"), "true"),
        (None, TypeDef("VOID_KIND"), ""),
        (["a", "b"], listed(TEXT), "a\nb\n"),
        ([], listed(TEXT), ""),
        ([1, 2], listed(TypeDef("INTEGER_KIND")), "1\n2\n"),
        (CONTAINER, TypeDef("OBJECT_KIND", "Container"), f"Container@sha256:{'0' * 64}"),
        (ALPHA, IMAGE, f"FleetImage@{digest_of(ALPHA)}"),
        ([ALPHA, BETA], listed(IMAGE), f"- FleetImage@{digest_of(ALPHA)}\n- FleetImage@{digest_of(BETA)}\n"),
    ],
)
def test_text(catalog: Catalog, data: Any, kind: TypeDef, expected: str) -> None:
    assert as_text(Value(data, kind), catalog) == expected


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        ("text", TEXT, '"text"\n'),
        ("ü", TEXT, '"ü"\n'),
        (42, TypeDef("INTEGER_KIND"), "42\n"),
        (None, TypeDef("VOID_KIND"), ""),
        (["a"], listed(TEXT), '[\n    "a"\n]\n'),
    ],
)
def test_json(catalog: Catalog, data: Any, kind: TypeDef, expected: str) -> None:
    assert as_json(Value(data, kind), catalog) == expected


def test_what_follows_a_list_is_named_in_json_only(catalog: Catalog) -> None:
    several = Several([Value("alpha", TEXT), Value("beta", TEXT)], "name")
    assert as_text(several, catalog) == "alpha\nbeta\n"
    assert as_json(several, catalog).split() == [
        "[",
        "{",
        '"name":',
        '"alpha"',
        "},",
        "{",
        '"name":',
        '"beta"',
        "}",
        "]",
    ]


def test_objects_that_follow_a_list_have_a_mark(catalog: Catalog) -> None:
    several = Several([Value(CONTAINER, TypeDef("OBJECT_KIND", "Container"))], "container")
    assert as_text(several, catalog) == f"- {CONTAINER}\n"
