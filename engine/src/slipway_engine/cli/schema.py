"""The core types that can follow a module's function (`image … with-exec … stdout`), read by introspection."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from slipway_engine.cli.errors import UsageError
from slipway_engine.module.definitions import Arg, EnumMember, Function, ModuleTypes, TypeDef

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

_QUERY = """{ __schema { types { kind name description
  fields { name description type { ...T } args { name description defaultValue type { ...T } } }
  enumValues { name description } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""

_SCALARS = {
    "String": "STRING_KIND",
    "Int": "INTEGER_KIND",
    "Float": "FLOAT_KIND",
    "Boolean": "BOOLEAN_KIND",
    "Void": "VOID_KIND",
}

# Introspection shows every object argument as an ID; the type it stands for follows from the names.
_BY_FIELD = {
    ("withFiles", "sources"): "File",
    ("import", "source"): "File",
    ("withPatchFile", "patch"): "File",
    ("withEnvFileVariables", "source"): "EnvFile",
    ("withMountedCache", "source"): "Directory",
    ("withUnixSocket", "source"): "Socket",
    ("terminal", "container"): "Container",
    ("dockerBuild", "ssh"): "Socket",
}
_BY_ARGUMENT = {
    "cache": "CacheVolume",
    "changes": "Changeset",
    "directory": "Directory",
    "from": "Directory",
    "other": "Directory",
    "platformVariants": "Container",
    "registryService": "Service",
    "secret": "Secret",
    "secrets": "Secret",
    "service": "Service",
}


async def core_types(engine: Engine) -> ModuleTypes:
    """The served objects and enums; kept, since reading them takes longer than most calls."""
    import slipway_engine.ops  # noqa: F401  # registers what is served
    from slipway_engine.api.registry import OPERATIONS
    from slipway_engine.edition import edition

    row = engine.store.get("core-types", edition())
    if row is not None:
        return ModuleTypes.decode(row)
    answer = await engine.query(_QUERY)
    if answer.get("errors"):
        raise UsageError(str(answer["errors"][0]["message"]))
    types = read_schema(answer["data"]["__schema"], served=OPERATIONS.keys() | {"sync"})
    engine.store.put("core-types", edition(), types.encode(), ttl_seconds=86400)
    return types


def read_schema(schema: dict[str, Any], served: Container[str] | None = None) -> ModuleTypes:
    """The object and enum types of an introspection answer; of the fields only those `served`, as `Type.field`.

    Introspection shows the whole API, so that an SDK can ask for what is not there and be told; people are shown what is.
    """

    def shown(owner: str, name: str) -> bool:
        return name != "id" and (served is None or name in served or f"{owner}.{name}" in served)

    kinds = {row["name"]: row["kind"] for row in schema["types"]}
    objects = tuple(
        TypeDef(
            "OBJECT_KIND",
            row["name"],
            row["description"] or "",
            functions=tuple(
                _function(row["name"], item, kinds) for item in row["fields"] if shown(row["name"], item["name"])
            ),
        )
        for row in schema["types"]
        if row["kind"] == "OBJECT" and not row["name"].startswith("_")
    )
    enums = tuple(
        TypeDef(
            "ENUM_KIND",
            row["name"],
            row["description"] or "",
            members=tuple(
                EnumMember(item["name"], item["name"], item["description"] or "") for item in row["enumValues"]
            ),
        )
        for row in schema["types"]
        if row["kind"] == "ENUM" and not row["name"].startswith("_")
    )
    return ModuleTypes(objects=objects, enums=enums)


def _function(owner: str, row: dict[str, Any], kinds: dict[str, str]) -> Function:
    returns = _type(row["type"], owner if row["name"] == "sync" else "")
    args = tuple(
        Arg(
            item["name"],
            _type(item["type"], _object_of(row["name"], item["name"])),
            item["description"] or "",
            default=item["defaultValue"],
        )
        for item in row["args"]
    )
    return Function(row["name"], returns, row["description"] or "", args)


def _object_of(field: str, argument: str) -> str:
    known = _BY_FIELD.get((field, argument)) or _BY_ARGUMENT.get(argument)
    if known:
        return known
    return next((kind for kind in ("Directory", "File", "Secret", "Socket") if kind in field), "")


def _type(row: dict[str, Any], stands_for: str) -> TypeDef:
    if row["kind"] == "NON_NULL":
        inner = _type(row["ofType"], stands_for)
        return TypeDef(inner.kind, inner.name, element=inner.element)
    if row["kind"] == "LIST":
        return TypeDef("LIST_KIND", optional=True, element=_type(row["ofType"], stands_for))
    name = row["name"]
    if name == "ID" and stands_for:
        return TypeDef("OBJECT_KIND", stands_for, optional=True)
    if name in _SCALARS:
        return TypeDef(_SCALARS[name], optional=True)
    kind = {"OBJECT": "OBJECT_KIND", "ENUM": "ENUM_KIND", "INPUT_OBJECT": "INPUT_KIND", "INTERFACE": "INTERFACE_KIND"}
    return TypeDef(kind.get(row["kind"], "SCALAR_KIND"), name, optional=True)
