"""Which results are kept, how long, and under which key."""

from typing import Any

import pytest

from slipway_engine.module.definitions import Function, Policy, TypeDef
from slipway_engine.module.errors import ModuleError
from slipway_engine.module.results import WEEK, ids_in, key_of, lifetime, seconds

BUILD = Function("build", TypeDef("STRING_KIND"))
BASE: dict[str, Any] = {
    "module": "sha256:m",
    "owner": "Fleet",
    "function": BUILD,
    "parent": {"source": "Directory@sha256:1"},
    "args": {"service": ["a"]},
}


def test_the_order_of_arguments_is_not_part_of_the_key() -> None:
    assert key_of("m", "F", BUILD, None, {"a": 1, "b": 2}) == key_of("m", "F", BUILD, None, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"module": "sha256:n"},
        {"owner": "Image"},
        {"function": Function("lint", TypeDef("STRING_KIND"))},
        {"parent": {"source": "Directory@sha256:2"}},
        {"args": {"service": ["b"]}},
        {"args": {}},
    ],
)
def test_each_part_is_part_of_the_key(change: dict[str, Any]) -> None:
    assert key_of(**{**BASE, **change}) != key_of(**BASE)


@pytest.mark.parametrize(
    ("text", "expected"), [("60s", 60), ("15m", 900), ("168h", WEEK), ("1h30m", 5400), ("500ms", 0.5), ("1.5h", 5400)]
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "60", "s", "1d", "5 m", "-1s"])
def test_texts_that_are_no_durations(text: str) -> None:
    with pytest.raises(ModuleError, match="is not a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("policy", "ttl", "caching", "expected"),
    [
        ("Default", "", True, WEEK),
        ("Default", "", False, None),
        ("Default", "60s", True, 60),
        ("Default", "60s", False, 60),
        ("Default", "1000h", True, WEEK),
        ("PerSession", "", True, None),
        ("Never", "", True, None),
    ],
)
def test_lifetimes(policy: Policy, ttl: str, *, caching: bool, expected: float | None) -> None:
    assert lifetime(Function("f", TypeDef(), policy=policy, ttl=ttl), caching=caching) == expected


def test_object_ids_are_found_at_any_depth() -> None:
    one, two = f"Container@sha256:{'1' * 64}", f"Directory@sha256:{'2' * 64}"
    assert list(ids_in({"a": [one, "text"], "b": {"c": two}, "d": 1, "e": f"{one} and more", "f": None})) == [one, two]
