"""Parsing of requests. SDKs write values into the document, and a value may be a whole file."""

from __future__ import annotations

import json
import re

import graphql
from graphql import DocumentNode, Lexer, Source, Token, TokenKind
from graphql.language.parser import Parser

# What JSON reads as GraphQL does: all but escapes by number and halves of surrogate pairs.
_STRING = re.compile(r'"(?:[^"\\\r\n\ud800-\udfff]|\\["\\/bfnrt])*"')


class _Lexer(Lexer):
    """Reads plain strings at once, not by character: those of a publication take a second otherwise."""

    def read_string(self, start: int) -> Token:
        found = _STRING.match(self.source.body, start)
        if found is None:
            return super().read_string(start)
        return self.create_token(TokenKind.STRING, start, found.end(), json.loads(found[0], strict=False))


def parse(document: str) -> DocumentNode:
    """The document; raises GraphQLSyntaxError."""
    source = Source(document)
    try:
        return Parser(source, no_location=True, lexer=_Lexer(source)).parse_document()
    except RecursionError:
        return graphql.parse(document, no_location=True)  # which has the words for it
