"""The served API is a part of the real one: field by field, as the SDK's bindings and the real engine have it."""

from __future__ import annotations

import enum
import inspect
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagger.client.gen as bindings
import pytest
import slipway_engine.ops  # registers the operations
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)
from slipway_engine.api.registry import OPERATIONS, snake
from slipway_engine.api.resolve import schema

REAL = Path(__file__).parent / "data" / "dagger-api-v0.21.8.graphql"

# Answered by the request layer itself.
BY_REQUEST = {"id", "sync"}

# Handles of directories and files lead here; the API does not have it.
HIDDEN = {"Query.content"}

# As dagger-io names what Python has taken.
RESERVED = {"from": "from_", "import": "import_", "with": "with_", "enum": "enum", "function": "function"}


@lru_cache(maxsize=1)
def real() -> GraphQLSchema:
    return build_schema(REAL.read_text(encoding="utf-8"), assume_valid=True)


def served(kind: type) -> dict[str, Any]:
    return {name: each for name, each in schema().type_map.items() if isinstance(each, kind) and not name.startswith("__")}


FIELDS = [
    (owner, name, field)
    for owner, each in {**served(GraphQLObjectType), **served(GraphQLInterfaceType)}.items()
    for name, field in each.fields.items()
]
NAMES = [f"{owner}.{name}" for owner, name, _ in FIELDS]


def test_the_operations_are_those_of_the_schema() -> None:
    assert slipway_engine.ops.__all__
    fields = {f"{owner}.{name}" for owner, name, _ in FIELDS if owner in served(GraphQLObjectType) and name not in BY_REQUEST}
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
    assert {key: str(each.type) for key, each in ours.fields.items()} == {key: str(each.type) for key, each in there.fields.items()}


def python_name(owner: str, name: str) -> str:
    """What dagger-io calls a field."""
    found = snake(name)
    return RESERVED.get(found, found) if owner != "Query" or found in RESERVED else found


def binding(owner: str) -> type:
    found: type = getattr(bindings, {"Query": "Client"}.get(owner, owner))
    return found


def annotation(kind: str) -> str:
    """The shape of a type, comparable across GraphQL and Python: the scalar's or object's name, lists marked."""
    inner = kind.strip("!")
    return f"[{annotation(inner[1:-1])}]" if inner.startswith("[") else inner


PYTHON_NAMES = {"str": "String", "int": "Int", "bool": "Boolean", "float": "Float"}


@pytest.mark.parametrize(("owner", "name", "field"), FIELDS, ids=NAMES)
def test_a_field_is_as_the_sdks_bindings_have_it(owner: str, name: str, field: GraphQLField) -> None:
    if (owner, name) in {("Query", "node"), ("Query", "id")} or owner in served(GraphQLInterfaceType):
        pytest.skip("the bindings have no method for it: it is used underneath")
    if owner == "FunctionCall" and not hasattr(binding(owner), python_name(owner, name)):
        pytest.fail(f"no {python_name(owner, name)}")
    method = getattr(binding(owner), python_name(owner, name))
    signature = inspect.signature(method)
    parameters = {key: each for key, each in signature.parameters.items() if key != "self"}
    assert {RESERVED.get(snake(key), snake(key)) for key in field.args} == set(parameters)
    for key, arg in field.args.items():
        # What the schema demands, the bindings demand; what it has a default for, they do too.
        demanded = str(arg.type).endswith("!") and arg.default_value is inspect.Parameter.empty
        parameter = parameters[RESERVED.get(snake(key), snake(key))]
        assert (parameter.default is inspect.Parameter.empty) >= demanded, key
    result = str(signature.return_annotation).strip("'\"")
    if name == "sync" or (name in ("start", "stop") and owner == "Service"):
        assert result in (owner, "Self")
        return
    shape = annotation(str(field.type)).strip("[]")
    named = result.replace(" | None", "").removeprefix("list[").removesuffix("]")
    assert named in {shape, *(python for python, graph in PYTHON_NAMES.items() if graph == shape), "Self", f"{shape}ID"} or shape in ("ID", "JSON", "Void")
    assert result.startswith("list[") == annotation(str(field.type)).startswith("[")


@pytest.mark.parametrize("name", served(GraphQLEnumType))
def test_an_enums_values_are_in_the_sdks_bindings(name: str) -> None:
    there = getattr(bindings, name)
    assert issubclass(there, enum.Enum)
    # The bindings read every value; of two names for one they may keep one.
    for value in served(GraphQLEnumType)[name].values:
        assert value in there.__members__ or value in {member.value for member in there}
