"""Strings of a request are read as graphql-core reads them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from graphql import DocumentNode, GraphQLSyntaxError
from graphql import parse as reference
from hypothesis import given
from hypothesis import strategies as st

from slipway_engine.api.parsing import parse


def _outcome(read: Callable[[str], DocumentNode], document: str) -> DocumentNode | str:
    """What is read, or why it is not."""
    try:
        return read(document)
    except GraphQLSyntaxError as error:
        return error.message


def _plain(document: str) -> DocumentNode:
    return reference(document, no_location=True)


@given(st.text())
def test_a_string_is_what_graphql_core_reads(text: str) -> None:
    for written in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        document = f"{{ a(b: {written}, c: 1) }}"
        assert _outcome(parse, document) == _outcome(_plain, document)


@pytest.mark.parametrize(
    "value", ['"open', '"two\nlines"', '"\\x"', '"\\u12"', '"""block\n"text" """', '"\\u{1F600}"', '"\\ud800"', '""']
)
def test_unusual_strings_are_left_to_graphql_core(value: str) -> None:
    document = f"{{ a(b: {value}) }}"
    assert _outcome(parse, document) == _outcome(_plain, document)


def test_a_request_that_is_nested_too_deeply_is_refused() -> None:
    document = "{a" * 20_000 + "}" * 20_000
    assert _outcome(parse, document) == _outcome(_plain, document)
