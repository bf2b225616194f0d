"""GraphQL over recipes: an object field names a recipe, a scalar field makes the value."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    print_schema,
)
from graphql import execute as run

from slipway_engine import API_VERSION
from slipway_engine.api.parsing import parse
from slipway_engine.api.registry import OPERATIONS
from slipway_engine.engine import Engine, unserved
from slipway_engine.errors import ExecError, InputError, RootlessNeeded, SlipwayError
from slipway_engine.values import Recipe, Ref

_UNKNOWN = re.compile(
    r"Cannot query field '(\w+)' on type '(\w+)'|Unknown argument '(\w+)' on field '([\w.]+)'|Unknown type '(\w+)'"
)


def sdl() -> str:
    """The served part of Dagger's API, as SDL."""
    folder = files("slipway_engine.api")
    parts = sorted(item.name for item in folder.iterdir() if item.name.endswith(".graphql"))
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in parts)


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The served schema, with one resolver for every field."""
    built = build_schema(sdl(), assume_valid=True)
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                field.resolve = _resolve
    for name in ("Node", "Syncer", "Exportable"):
        interface = built.get_type(name)
        if interface is not None:
            interface.resolve_type = lambda value, _info, _type: value.type  # type: ignore[attr-defined]  # only interfaces are named above
    return built


@lru_cache(maxsize=1)
def whole_schema() -> GraphQLSchema:
    """The real engine's API, for those who ask what there is.

    An SDK checks a request against it before sending, and of a field that is not there it says only that the query is
    not valid. Shown the whole API it sends the request, and the answer names what is not served.
    """
    return build_schema(_whole(), assume_valid=True)


def _whole() -> str:
    return (
        files("slipway_engine.api").joinpath("whole", f"dagger-api-{API_VERSION}.graphql").read_text(encoding="utf-8")
    )


async def execute(engine: Engine, document: str, call: Any) -> dict[str, Any]:
    """Run one request; errors come back in the form the SDKs read."""
    if "__schema" in document:
        known = engine.store.get("introspection", _key(document))
        if known is not None:
            return {"data": known}
    try:
        request = parse(document)
    except GraphQLError as error:
        return {"data": None, "errors": [{"message": error.message}]}
    introspection = _introspects(request.document)
    problems = [] if introspection else request.problems(schema())
    if problems:
        return {"data": None, "errors": [{"message": _explain(problem)} for problem in problems]}
    outcome = run(whole_schema() if introspection else schema(), request.document, context_value=(engine, call))
    result: ExecutionResult = await outcome if asyncio.iscoroutine(outcome) else outcome  # type: ignore[assignment]
    if introspection and not result.errors:
        engine.store.put("introspection", _key(document), result.data, ttl_seconds=7 * 86400)
    for problem in result.errors or ():
        if isinstance(problem.original_error, RootlessNeeded):
            raise problem.original_error
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"data": None, "errors": [_error(error) for error in result.errors]}
    return answer


def _introspects(parsed: DocumentNode) -> bool:
    """Whether a request asks for the schema and nothing else; such an answer can be kept, and is always valid."""
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    asked = [item for node in operations for item in node.selection_set.selections]
    return all(isinstance(item, FieldNode) and item.name.value == "__schema" for item in asked)


@lru_cache(maxsize=8)
def _key(document: str) -> str:
    from slipway_engine.values import digest_of

    return digest_of([_whole(), document])


def _explain(problem: GraphQLError) -> str:
    match = _UNKNOWN.search(problem.message)
    if match is None:
        return problem.message
    field, owner, argument, place, kind = match.groups()
    return unserved(kind or (f"{owner}.{field}" if field else f"{place}({argument}:)"))


def _error(error: GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    row: dict[str, Any] = {"message": str(cause) if isinstance(cause, SlipwayError) else error.message}
    if error.path:
        row["path"] = list(error.path)
    if isinstance(cause, ExecError):
        row["extensions"] = {
            "_type": "EXEC_ERROR",
            "cmd": cause.command,
            "exitCode": cause.exit_code,
            "stdout": cause.stdout,
            "stderr": cause.stderr,
        }
    elif cause is not None and not isinstance(cause, SlipwayError):
        row["message"] = f"{type(cause).__name__}: {cause}"
    return row


async def _resolve(source: Any, info: GraphQLResolveInfo[Any], /, **args: Any) -> Any:
    engine, call = info.context
    field, owner = info.field_name, info.parent_type.name
    parent: Ref | None = source if isinstance(source, Ref) else None
    if owner == "Query" and field == "node":
        return _load(engine, args["id"])
    if owner == "Query" and field == "id":
        return "Query"
    if field in ("id", "sync") and parent is not None:
        return await engine.select(parent, field, {}, call=call)
    kind, optional, listed = _shape(info.return_type)
    if f"{owner}.{field}" not in OPERATIONS:
        raise GraphQLError(unserved(f"{owner}.{field}"))
    arguments = {name: _argument(info, field, name, value) for name, value in args.items()}
    if field == "currentFunctionCall":
        # One client, one call: its handle must not be shared.
        arguments["@client"] = getattr(call, "id", "")
    if not isinstance(kind, GraphQLObjectType):
        return await engine.select(parent, field, arguments, call=call)
    if listed:
        recipe = Recipe(kind.name, field, parent, arguments)
        values = await engine.evaluate(engine.name(recipe), call)
        refs = []
        for index, value in enumerate(values):
            item = Recipe(kind.name, field, parent, arguments, index)
            engine.put_value(item.ref(), item, value)
            refs.append(item.ref())
        return refs
    ref = await engine.select(parent, field, arguments, kind.name, call)
    if optional and await engine.evaluate(ref, call) is None:
        return None
    return ref


def _load(engine: Engine, text: str) -> Ref:
    ref = Ref.parse(text)
    engine.recipe(ref)
    return ref


def _shape(kind: Any) -> tuple[Any, bool, bool]:
    optional, listed = not isinstance(kind, GraphQLNonNull), False
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        listed = listed or isinstance(kind, GraphQLList)
        kind = kind.of_type
    return kind, optional, listed


def _argument(info: GraphQLResolveInfo[Any], field: str, name: str, value: Any) -> Any:
    kind, _, _ = _shape(info.parent_type.fields[field].args[name].type)
    if getattr(kind, "name", "") != "ID":
        return value
    try:
        if isinstance(value, list):
            return [Ref.parse(item) for item in value]
        return None if value is None else Ref.parse(value)
    except InputError as error:
        msg = f"{info.parent_type.name}.{field}({name}:): {error}"
        raise InputError(msg) from error


def served_schema() -> str:
    """The schema as text, for comparing."""
    return print_schema(schema())
