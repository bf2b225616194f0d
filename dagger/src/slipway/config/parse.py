"""From the text of `slipway.toml` to a `Config`, or to all that is wrong with it at once."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from slipway.config.fields import is_service_name
from slipway.config.models import FILE, KINDS, Config, Project, Publish, Service, Table, Tags
from slipway.errors import ConfigError

_SECTIONS = ["project", "services", "tags", "publish"]
_T = TypeVar("_T", bound=Table)

# pydantic's error types, in the words of this file; never the value, which may be a secret.
_EXPECTATIONS = {
    "missing": "is required",
    "string_type": "should be a string, in quotes",
    "int_type": "should be a whole number, without quotes",
    "greater_than_equal": "should be between 1 and 65535",
    "less_than_equal": "should be between 1 and 65535",
    "tuple_type": "should be a list",
    "dict_type": "should be a table",
    "model_type": "should be a table",
}


def parse(text: str) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: one line for every fault: where it is, what is expected there, and the
            nearest spelling. Values are never repeated.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{FILE}: is not TOML: {error}"]) from None
    problems: list[str] = []
    problems += [f"{key}: {_unknown(key, _SECTIONS)}" for key in data if key not in _SECTIONS]
    project = _table(Project, data.get("project"), ("project",), problems)
    services = _services(data.get("services"), problems)
    problems += _bindings(services, list(data.get("services") or []))
    tags = _table(Tags, data.get("tags", {}), ("tags",), problems)
    publish = _table(Publish, data.get("publish", {}), ("publish",), problems)
    if publish is not None and publish.release in services:
        problems.append(f"publish/release: {publish.release} is a service; take another name")
    if problems or project is None or tags is None or publish is None:
        raise ConfigError(f"{FILE}: {problem}" for problem in problems)
    return Config.model_construct(project=project, services=services, tags=tags, publish=publish)


def _services(data: object, problems: list[str]) -> dict[str, Service]:
    if not isinstance(data, dict) or not data:
        problems.append("services: should have at least one table, as in [services.api]")
        return {}
    services: dict[str, Service] = {}
    for name, table in data.items():
        if not is_service_name(name):
            problems.append(f"services/{name}: should be named in lower case, as in my-service")
        elif (service := _service(name, table, problems)) is not None:
            services[name] = service
    return services


def _service(name: str, data: object, problems: list[str]) -> Service | None:
    where = ("services", name)
    if not isinstance(data, dict):
        problems.append(f"services/{name}: should be a table")
        return None
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        problems.append(f"services/{name}/kind: {_wrong_kind(kind)}")
        return None
    values = {"path": f"services/{name}", **data}
    # The name is the table's own; the same word written inside is an unknown key.
    stray = values.pop("name", None)
    if stray is not None:
        problems.append(f"services/{name}/name: {_unknown('name', KINDS[kind].keys())}")
    return _table(KINDS[kind], {**values, "name": name}, where, problems)


def _wrong_kind(kind: object) -> str:
    kinds = ", ".join(KINDS)
    if kind is None:
        return f"is required. Kinds: {kinds}"
    near = get_close_matches(kind, KINDS, n=1) if isinstance(kind, str) else []
    guess = f'; did you mean "{near[0]}"?' if near else "."
    return f"unknown kind{guess} Kinds: {kinds}"


def _table(model: type[_T], data: object, where: tuple[str, ...], problems: list[str]) -> _T | None:
    if data is None:
        problems.append(f"{'/'.join(where)}: is required")
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=True, include_input=False):
            loc = tuple(str(part) for part in fault["loc"])
            path = "/".join((*where, *loc))
            problems.append(f"{path}: {_expectation(model, loc, fault)}")
        return None


def _expectation(model: type[Table], loc: tuple[str, ...], fault: Any) -> str:  # noqa: ANN401  # pydantic's ErrorDetails has no public type with ctx
    kind: str = fault["type"]
    context: dict[str, Any] = fault.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(loc[-1], _table_at(model, loc[:-1]).keys())
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"should be {context['expected']}"
    return _EXPECTATIONS.get(kind, "is not valid here")


def _table_at(model: type[Table], path: tuple[str, ...]) -> type[Table]:
    for key in path:
        by_alias = {field.alias: field.annotation for field in model.model_fields.values()}
        inner = by_alias[key]
        candidates = [inner, *get_args(inner)]
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))  # type: ignore[assignment]  # every model here is a Table
    return model


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    guess = f'; did you mean "{near[0]}"?' if near else "."
    return f"unknown key{guess} Known keys: {', '.join(known)}"


def _bindings(services: dict[str, Service], names: list[str]) -> list[str]:
    problems = []
    for service in services.values():
        for index, name in enumerate(service.test.with_):
            where = f"services/{service.name}/test/with/{index}"
            if name not in names:
                near = get_close_matches(name, names, n=1)
                guess = f'; did you mean "{near[0]}"?' if near else "."
                problems.append(f"{where}: unknown service{guess} Services: {', '.join(names)}")
            elif name in services and services[name].port is None:
                problems.append(f"{where}: {name} has no port, so nothing can be bound to it")
    return problems
