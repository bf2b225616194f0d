"""Requests are read and validated as graphql-core does it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, validate
from graphql import parse as reference
from hypothesis import given
from hypothesis import strategies as st

from slipway_engine.api.parsing import parse
from slipway_engine.api.resolve import schema


def _outcome(read: Callable[[str], DocumentNode], document: str) -> DocumentNode | str:
    """What is read, or why it is not."""
    try:
        return read(document)
    except GraphQLSyntaxError as error:
        return error.message


def _parsed(document: str) -> DocumentNode:
    return parse(document).document


def _plain(document: str) -> DocumentNode:
    return reference(document, no_location=True)


@given(st.text())
def test_a_string_is_what_graphql_core_reads(text: str) -> None:
    for written in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        document = f"{{ a(b: {written}, c: 1) }}"
        assert _outcome(_parsed, document) == _outcome(_plain, document)


@pytest.mark.parametrize(
    "value", ['"open', '"two\nlines"', '"\\x"', '"\\u12"', '"""block\n"text" """', '"\\u{1F600}"', '"\\ud800"', '""']
)
def test_unusual_strings_are_left_to_graphql_core(value: str) -> None:
    document = f"{{ a(b: {value}) }}"
    assert _outcome(_parsed, document) == _outcome(_plain, document)


def test_a_request_that_is_nested_too_deeply_is_refused() -> None:
    document = "{a" * 20_000 + "}" * 20_000
    assert _outcome(_parsed, document) == _outcome(_plain, document)


@pytest.mark.parametrize(
    "document",
    [
        '{ container { from(address: "a:1") { id } } }',
        '{ container { form(address: "a:1") { id } } }',
        "{ container { from(address: 1) { id } } }",
        '{ container { from(address: "a:1", adress: "b") { id } } }',
        '{ container { from(address: "a:1", address: "b") { id } } }',
        "{ container { from { id } } }",
        "{ container }",
        "{ container { id { id } } }",
        '{ node(id: "x") { ... on Container { id } } }',
        '{ node(id: "x") { ... on Contaner { id } } }',
        '{ node(id: "x") { ... on File { nam } } }',
        "{ container { ...part } }",
        "{ container { ...part } } fragment part on Container { id }",
        "{ container { ...part } } fragment part on File { id }",
        "{ container { ...part } } fragment part on Container { ...part }",
        "{ container { id } } { container { id } }",
        "query one { container { id } } query one { container { id } }",
        "query one($a: String!) { container { from(address: $a) { id } } }",
        "query one($a: Int) { container { from(address: $a) { id } } }",
        "query one($a: String!) { container { id } }",
        "query one($a: Container) { container { id } }",
        "query one($a: String!, $a: String!) { container { from(address: $a) { id } } }",
        "{ container { from(address: $a) { id } } }",
        "{ container { id @include(if: true) } }",
        "{ container { id @include(if: true) @include(if: true) } }",
        "{ container { id @unknown } }",
        "query one @defer { container { id } }",
        '{ a: container { id } a: container { from(address: "b:1") { id } } }',
        "type A { b: C }",
    ],
)
def test_the_rules_that_are_left_out_have_nothing_to_say(document: str) -> None:
    problems = [problem.message for problem in parse(document).problems(schema())]
    assert problems == [problem.message for problem in validate(schema(), reference(document, no_location=True))]
