"""The served API is a part of the real one: field by field, as the SDK's bindings and the real engine have it."""

from __future__ import annotations

import enum
import inspect
import keyword
import typing
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagger
import dagger.client.gen as bindings
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    print_schema,
)

import slipway_engine.ops  # registers the operations
from slipway_engine.api.registry import OPERATIONS, snake
from slipway_engine.api.resolve import schema, whole_schema

REAL = Path(__file__).parent / "data" / "dagger-api-v0.21.8.graphql"

# Answered by the request layer itself.
BY_REQUEST = {"id", "sync"}

# Handles of directories and files lead here; the API does not have it.
HIDDEN = {"Query.content"}


@lru_cache(maxsize=1)
def real() -> GraphQLSchema:
    return build_schema(REAL.read_text(encoding="utf-8"), assume_valid=True)


def test_the_api_that_is_shown_is_the_real_one() -> None:
    assert print_schema(whole_schema()) == print_schema(real())


def served(kind: type) -> dict[str, Any]:
    return {
        name: each for name, each in schema().type_map.items() if isinstance(each, kind) and not name.startswith("__")
    }


FIELDS = [
    (owner, name, field)
    for owner, each in {**served(GraphQLObjectType), **served(GraphQLInterfaceType)}.items()
    for name, field in each.fields.items()
]
NAMES = [f"{owner}.{name}" for owner, name, _ in FIELDS]


def test_the_operations_are_those_of_the_schema() -> None:
    assert slipway_engine.ops.__all__
    fields = {
        f"{owner}.{name}" for owner, name, _ in FIELDS if owner in served(GraphQLObjectType) and name not in BY_REQUEST
    }
    assert fields - {"Query.node"} == set(OPERATIONS) - HIDDEN


@pytest.mark.parametrize(("owner", "name", "field"), FIELDS, ids=NAMES)
def test_a_field_is_as_the_real_engine_has_it(owner: str, name: str, field: GraphQLField) -> None:
    kind = real().type_map[owner]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    there = kind.fields[name]
    assert str(field.type) == str(there.type)
    # Every argument, too: one that is missing here would be refused by name, one that is left out changes the meaning.
    ours = {key: (str(arg.type), arg.default_value) for key, arg in field.args.items()}
    assert ours == {key: (str(arg.type), arg.default_value) for key, arg in there.args.items()}


@pytest.mark.parametrize("name", [*served(GraphQLObjectType), *served(GraphQLInterfaceType)])
def test_a_type_has_the_real_ones_interfaces(name: str) -> None:
    there: Any = real().type_map[name]
    ours: Any = schema().type_map[name]
    known = {each.name for each in there.interfaces}
    assert {each.name for each in ours.interfaces} <= known


@pytest.mark.parametrize("name", served(GraphQLEnumType))
def test_an_enum_has_the_real_ones_values(name: str) -> None:
    there: Any = real().type_map[name]
    assert set(served(GraphQLEnumType)[name].values) == set(there.values)


@pytest.mark.parametrize("name", served(GraphQLInputObjectType))
def test_an_input_has_the_real_ones_fields(name: str) -> None:
    there: Any = real().type_map[name]
    ours = served(GraphQLInputObjectType)[name]
    assert {key: str(each.type) for key, each in ours.fields.items()} == {
        key: str(each.type) for key, each in there.fields.items()
    }


def python_name(name: str) -> str:
    """What dagger-io calls a field or argument."""
    found = snake(name)
    return f"{found}_" if keyword.iskeyword(found) else found


def binding(owner: str) -> type:
    found: type = getattr(bindings, {"Query": "Client"}.get(owner, owner))
    return found


PYTHON_NAMES = {"str": "String", "int": "Int", "bool": "Boolean", "float": "Float"}


def graph_shape(kind: str, owner: str, name: str) -> str:
    """A field's type, as comparable text: `[Port]`, `String?`."""
    # The bindings read these IDs back as the object itself.
    if kind == "ID!" and name in ("sync", "start", "stop"):
        return owner
    text = kind.replace("!", "")
    # An object that may be missing is not marked as such.
    return text if kind.endswith("!") or isinstance(schema().type_map[text], GraphQLObjectType) else f"{text}?"


def python_shape(method: Any, owner: str) -> str:
    """What a method of the bindings returns, in the same form."""
    found = typing.get_type_hints(inspect.unwrap(method), {**vars(bindings), "dagger": dagger})["return"]
    optional = type(None) in typing.get_args(found)
    if optional:
        (found,) = (each for each in typing.get_args(found) if each is not type(None))
    if typing.get_origin(found) is list:
        return f"[{typing.get_args(found)[0].__name__}]".replace("[str]", "[String]")
    text = owner if found is typing.Self else str(getattr(found, "__name__", found))
    return PYTHON_NAMES.get(text, text) + ("?" if optional else "")


# The bindings have no method for these: they are used underneath.
BOUND = [
    each
    for each in FIELDS
    if each[0] not in served(GraphQLInterfaceType) and each[:2] not in {("Query", "node"), ("Query", "id")}
]


@pytest.mark.parametrize(("owner", "name", "field"), BOUND, ids=[".".join(each[:2]) for each in BOUND])
def test_a_field_is_as_the_sdks_bindings_have_it(owner: str, name: str, field: GraphQLField) -> None:
    method = getattr(binding(owner), python_name(name))
    parameters = {key: each for key, each in inspect.signature(method).parameters.items() if key != "self"}
    assert {python_name(key) for key in field.args} == set(parameters)
    for key, arg in field.args.items():
        # What the schema demands, the bindings demand; what it has a default for, they do too.
        demanded = str(arg.type).endswith("!") and arg.default_value is inspect.Parameter.empty
        parameter = parameters[python_name(key)]
        assert (parameter.default is inspect.Parameter.empty) >= demanded, key
    expected = graph_shape(str(field.type), owner, name)
    found = python_shape(method, owner)
    assert found == expected or (name == "id" and found == "String")


@pytest.mark.parametrize("name", served(GraphQLEnumType))
def test_an_enums_values_are_in_the_sdks_bindings(name: str) -> None:
    there = getattr(bindings, name)
    assert issubclass(there, enum.Enum)
    # The bindings read every value; of two names for one they may keep one.
    for value in served(GraphQLEnumType)[name].values:
        assert value in there.__members__ or value in {member.value for member in there}
