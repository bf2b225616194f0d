"""Parsing and validation of requests. SDKs write values into the document, and a value may be a whole file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import graphql
from graphql import (
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    KnownDirectivesRule,
    Lexer,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    Source,
    StreamDirectiveOnListField,
    Token,
    TokenKind,
    UniqueDirectivesPerLocationRule,
    UniqueVariableNamesRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    specified_rules,
)
from graphql.language.parser import Parser

# What JSON reads as GraphQL does: all but escapes by number and halves of surrogate pairs.
_STRING = re.compile(r'"(?:[^"\\\r\n\ud800-\udfff]|\\["\\/bfnrt])*"')

# SDKs write neither variables nor directives, and the rules for these are half of the work.
_OF_DIRECTIVES = {
    DeferStreamDirectiveLabel, DeferStreamDirectiveOnRootField, DeferStreamDirectiveOnValidOperationsRule,
    KnownDirectivesRule, StreamDirectiveOnListField, UniqueDirectivesPerLocationRule,
}  # fmt: skip
_OF_VARIABLES = {
    NoUndefinedVariablesRule, NoUnusedVariablesRule, UniqueVariableNamesRule, VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
}  # fmt: skip
_PLAIN_RULES = [rule for rule in specified_rules if rule not in _OF_DIRECTIVES | _OF_VARIABLES]


class _Lexer(Lexer):
    """Reads plain strings at once, not by character: those of a publication take a second otherwise."""

    def read_string(self, start: int) -> Token:
        found = _STRING.match(self.source.body, start)
        if found is None:
            return super().read_string(start)
        return self.create_token(TokenKind.STRING, start, found.end(), json.loads(found[0], strict=False))


class _Parser(Parser):
    """Knows whether it met a variable or a directive."""

    plain = True

    def parse_directive(self, is_const: bool) -> graphql.DirectiveNode:
        self.plain = False
        return super().parse_directive(is_const)

    def parse_variable(self) -> graphql.VariableNode:
        self.plain = False
        return super().parse_variable()


@dataclass(frozen=True, slots=True)
class Request:
    """A document; `plain`: without variables and directives."""

    document: DocumentNode
    plain: bool

    def problems(self, schema: GraphQLSchema) -> list[GraphQLError]:
        """All that is wrong with it by the schema."""
        return graphql.validate(schema, self.document, _PLAIN_RULES if self.plain else None)


def parse(text: str) -> Request:
    """The request; raises GraphQLSyntaxError."""
    source = Source(text)
    parser = _Parser(source, no_location=True, lexer=_Lexer(source))
    try:
        document = parser.parse_document()
    except RecursionError:
        return Request(graphql.parse(text, no_location=True), plain=False)  # which has the words for it
    return Request(document, parser.plain)
