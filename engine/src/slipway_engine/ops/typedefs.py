"""What a module says about itself: `typeDef`, `function`, `module` and their `with…` fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from slipway_engine.api.registry import Context, op
from slipway_engine.module.definitions import Arg, EnumMember, Field, Function, ModuleTypes, Policy, TypeDef
from slipway_engine.values import Ref


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where something is defined; accepted and not used."""

    filename: str
    line: int
    column: int


@op("Query.typeDef")
async def new_typedef(ctx: Context, self: Any) -> TypeDef:
    """A type to be described."""
    return TypeDef()


@op("Query.function")
async def new_function(ctx: Context, self: Any, *, name: str, return_type: Ref) -> Function:
    """A function to be described."""
    return Function(name, await ctx.evaluate(return_type))


@op("Query.module")
async def new_module(ctx: Context, self: Any) -> ModuleTypes:
    """A module to be described."""
    return ModuleTypes()


@op("Query.sourceMap")
async def new_source_map(ctx: Context, self: Any, *, filename: str, line: int, column: int) -> SourceMap:
    """A place in the source."""
    return SourceMap(filename, line, column)


@op("TypeDef.kind")
async def type_kind(ctx: Context, self: TypeDef) -> str:
    """The kind."""
    return self.kind


@op("TypeDef.name")
async def type_name(ctx: Context, self: TypeDef) -> str:
    """The name."""
    return self.name


@op("TypeDef.optional")
async def type_optional(ctx: Context, self: TypeDef) -> bool:
    """Whether null is a value."""
    return self.optional


@op("TypeDef.withKind")
async def with_kind(ctx: Context, self: TypeDef, *, kind: str) -> TypeDef:
    """A primitive."""
    return replace(self, kind=kind if kind.endswith("_KIND") else f"{kind}_KIND")


@op("TypeDef.withOptional")
async def with_optional(ctx: Context, self: TypeDef, *, optional: bool) -> TypeDef:
    """The type with or without null."""
    return replace(self, optional=optional)


@op("TypeDef.withListOf")
async def with_list_of(ctx: Context, self: TypeDef, *, element_type: Ref) -> TypeDef:
    """A list."""
    return replace(self, kind="LIST_KIND", element=await ctx.evaluate(element_type))


@op("TypeDef.withScalar")
async def with_scalar(ctx: Context, self: TypeDef, *, name: str, description: str | None = "") -> TypeDef:
    """A scalar of the core, such as JSON."""
    return replace(self, kind="SCALAR_KIND", name=name, description=description or "")


@op("TypeDef.withObject")
async def with_object(
    ctx: Context,
    self: TypeDef,
    *,
    name: str,
    description: str | None = "",
    source_map: Ref | None = None,
    deprecated: str | None = None,
) -> TypeDef:
    """An object."""
    return replace(self, kind="OBJECT_KIND", name=name, description=description or "", deprecated=deprecated)


@op("TypeDef.withInterface")
async def with_interface(
    ctx: Context, self: TypeDef, *, name: str, description: str | None = "", source_map: Ref | None = None
) -> TypeDef:
    """An interface."""
    return replace(self, kind="INTERFACE_KIND", name=name, description=description or "")


@op("TypeDef.withEnum")
async def with_enum(
    ctx: Context, self: TypeDef, *, name: str, description: str | None = "", source_map: Ref | None = None
) -> TypeDef:
    """An enum, without its members."""
    return replace(self, kind="ENUM_KIND", name=name, description=description or "")


@op("TypeDef.withEnumMember")
async def with_enum_member(
    ctx: Context,
    self: TypeDef,
    *,
    name: str,
    value: str | None = "",
    description: str | None = "",
    source_map: Ref | None = None,
    deprecated: str | None = None,
) -> TypeDef:
    """The enum with one more member."""
    return replace(self, members=(*self.members, EnumMember(name, value or "", description or "", deprecated)))


@op("TypeDef.withField")
async def with_field(
    ctx: Context,
    self: TypeDef,
    *,
    name: str,
    type_def: Ref,
    description: str | None = "",
    source_map: Ref | None = None,
    deprecated: str | None = None,
) -> TypeDef:
    """The object with one more field."""
    made = Field(name, await ctx.evaluate(type_def), description or "", deprecated)
    return replace(self, fields=(*self.fields, made))


@op("TypeDef.withFunction")
async def with_function(ctx: Context, self: TypeDef, *, function: Ref) -> TypeDef:
    """The object with one more function."""
    return replace(self, functions=(*self.functions, await ctx.evaluate(function)))


@op("TypeDef.withConstructor")
async def with_constructor(ctx: Context, self: TypeDef, *, function: Ref) -> TypeDef:
    """The object with its constructor."""
    return replace(self, constructor=await ctx.evaluate(function))


@op("Function.name")
async def function_name(ctx: Context, self: Function) -> str:
    """The name."""
    return self.name


@op("Function.withDescription")
async def function_with_description(ctx: Context, self: Function, *, description: str) -> Function:
    """The function with its documentation."""
    return replace(self, description=description)


@op("Function.withArg")
async def function_with_arg(
    ctx: Context,
    self: Function,
    *,
    name: str,
    type_def: Ref,
    description: str | None = "",
    default_value: str | None = None,
    default_path: str | None = "",
    ignore: list[str] | None = None,
    source_map: Ref | None = None,
    deprecated: str | None = None,
    default_address: str | None = "",
) -> Function:
    """The function with one more argument."""
    made = Arg(
        name,
        await ctx.evaluate(type_def),
        description=description or "",
        default=default_value,
        default_path=default_path or "",
        default_address=default_address or "",
        ignore=tuple(ignore or ()),
        deprecated=deprecated,
    )
    return replace(self, args=(*self.args, made))


@op("Function.withCachePolicy")
async def function_with_cache_policy(
    ctx: Context, self: Function, *, policy: Policy, time_to_live: str | None = None
) -> Function:
    """The function with its cache policy."""
    return replace(self, policy=policy, ttl=time_to_live or "")


@op("Function.withCheck")
async def function_with_check(ctx: Context, self: Function) -> Function:
    """The function as a check."""
    return replace(self, check=True)


@op("Function.withGenerator")
async def function_with_generator(ctx: Context, self: Function) -> Function:
    """The function as a generator."""
    return replace(self, generator=True)


@op("Function.withUp")
async def function_with_up(ctx: Context, self: Function) -> Function:
    """The function as a service of `up`."""
    return replace(self, up=True)


@op("Function.withDeprecated")
async def function_with_deprecated(ctx: Context, self: Function, *, reason: str | None = None) -> Function:
    """The function, marked as deprecated."""
    return replace(self, deprecated=reason or "")


@op("Function.withSourceMap")
async def function_with_source_map(ctx: Context, self: Function, *, source_map: Ref) -> Function:
    """The function with its place in the source."""
    return self


@op("Module.description")
async def module_description(ctx: Context, self: ModuleTypes) -> str:
    """The documentation."""
    return self.description


@op("Module.withDescription")
async def module_with_description(ctx: Context, self: ModuleTypes, *, description: str) -> ModuleTypes:
    """The module with its documentation."""
    return replace(self, description=description)


@op("Module.withObject")
async def module_with_object(ctx: Context, self: ModuleTypes, *, object: Ref) -> ModuleTypes:  # noqa: A002  # the API's name
    """The module with one more object."""
    return replace(self, objects=(*self.objects, await ctx.evaluate(object)))


@op("Module.withInterface")
async def module_with_interface(ctx: Context, self: ModuleTypes, *, iface: Ref) -> ModuleTypes:
    """The module with one more interface."""
    return replace(self, interfaces=(*self.interfaces, await ctx.evaluate(iface)))


@op("Module.withEnum")
async def module_with_enum(ctx: Context, self: ModuleTypes, *, enum: Ref) -> ModuleTypes:
    """The module with one more enum."""
    return replace(self, enums=(*self.enums, await ctx.evaluate(enum)))
