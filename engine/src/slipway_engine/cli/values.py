"""From the text of a flag to a value: a scalar, a list, an enum member, or the handle of an object."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.names import kebab, listed, suggestion
from slipway_engine.cli.options import boolean
from slipway_engine.module.definitions import Arg, TypeDef
from slipway_engine.values import Ref

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

_GIT = re.compile(r"^(https?|ssh|git)://|^git@|^github\.com/")
_SECRET = re.compile(r"^(env|file|cmd)(://|:)(.*)$", re.DOTALL)
_SERVICE = re.compile(r"^(tcp|udp)://(\[[^\]]+\]|[^:/]+):(\d+)$")


class Values:
    """Reads the texts given for one argument. Relative paths start at `base`."""

    def __init__(self, engine: Engine, catalog: Catalog, base: Path) -> None:
        self.engine = engine
        self.catalog = catalog
        self.base = base

    async def read(self, arg: Arg, texts: list[str], base: Path | None = None) -> Any:
        """The argument's value; a list takes every text, anything else the last."""
        if arg.type.element is None:
            return await self._one(arg, arg.type, texts[-1], base or self.base)
        element = arg.type.element
        items = [item for text in texts for item in split_list(text, element)]
        return [await self._one(arg, element, item, base or self.base) for item in items]

    async def _one(self, arg: Arg, kind: TypeDef, text: str, base: Path) -> Any:
        if kind.kind in ("INTEGER_KIND", "FLOAT_KIND"):
            try:
                return int(text, 10) if kind.kind == "INTEGER_KIND" else float(text)
            except ValueError:
                what = "a whole number" if kind.kind == "INTEGER_KIND" else "a number"
                raise invalid(arg, text, f"should be {what}") from None
        if kind.kind == "BOOLEAN_KIND":
            return boolean(text, f"--{kebab(arg.name)}")
        if kind.kind == "ENUM_KIND":
            return await self._member(arg, kind, text)
        if kind.kind == "INPUT_KIND":
            return _input(arg, kind, text)
        if kind.kind == "OBJECT_KIND":
            return await self.object(arg, kind.name, text, base)
        if kind.name == "JSON":
            try:
                json.loads(text)
            except ValueError as error:
                raise invalid(arg, text, f"should be JSON ({error})") from error
        if kind.name == "Platform" and text == "current":
            return await self.engine.select(None, "defaultPlatform", {})
        return text

    async def _member(self, arg: Arg, kind: TypeDef, text: str) -> str:
        enum = await self.catalog.enum(kind.name)
        names = [member.name for member in enum.members] if enum else []
        found = next((name for name in names if name.lower() == text.lower()), None)
        if found is None:
            raise invalid(arg, text, f"should be one of {listed(names)}{suggestion(text.upper(), names)}")
        return found

    async def object(self, arg: Arg, kind: str, text: str, base: Path) -> Ref:
        """The handle of the object that the text names."""
        select = self.engine.select
        if kind in ("Directory", "File", "Socket"):
            return await self._from_host(arg, kind, text, base)
        if kind == "Secret":
            uri = secret_uri(arg, text, base)
            return _ref(await select(None, "secret", {"uri": uri}, "Secret"))
        if kind == "Container":
            empty = await select(None, "container", {}, "Container")
            return _ref(await select(empty, "from", {"address": text}, "Container"))
        if kind == "CacheVolume":
            return _ref(await select(None, "cacheVolume", {"key": text}, "CacheVolume"))
        if kind == "Service":
            match = _SERVICE.match(text)
            if match is None:
                raise invalid(arg, text, "should look like tcp://host:port")
            protocol, host, port = match.groups()
            ports = [{"frontend": int(port), "backend": int(port), "protocol": protocol.upper()}]
            above = await select(None, "host", {}, "Host")
            return _ref(await select(above, "service", {"host": host.strip("[]"), "ports": ports}, "Service"))
        repository = _ref(await select(None, "git", {"url": text.partition("#")[0]}, "GitRepository"))
        if kind == "GitRepository":
            return repository
        return await self._git_ref(repository, text)

    async def _git_ref(self, repository: Ref, text: str) -> Ref:
        name = text.partition("#")[2].partition(":")[0]
        if not name:
            return _ref(await self.engine.select(repository, "head", {}, "GitRef"))
        return _ref(await self.engine.select(repository, "ref", {"name": name}, "GitRef"))

    async def _from_host(self, arg: Arg, kind: str, text: str, base: Path) -> Ref:
        if kind == "Directory" and _GIT.match(text):
            repository = _ref(await self.engine.select(None, "git", {"url": text.partition("#")[0]}, "GitRepository"))
            tree = _ref(await self.engine.select(await self._git_ref(repository, text), "tree", {}, "Directory"))
            below = text.partition("#")[2].partition(":")[2]
            return _ref(await self.engine.select(tree, "directory", {"path": below}, "Directory")) if below else tree
        path = resolve(text.removeprefix("file://").removeprefix("unix://"), base)
        if not path.exists():
            raise invalid(arg, text, f"{path}: no such file or directory")
        if kind == "Directory" and not path.is_dir():
            raise invalid(arg, text, f"{path} is a file; a directory is needed")
        if kind == "File" and not path.is_file():
            raise invalid(arg, text, f"{path} is not a file")
        return await self.host_path(kind, path, arg.ignore)

    async def host_path(self, kind: str, path: Path, ignore: tuple[str, ...] = ()) -> Ref:
        """A directory, file or socket of this machine."""
        host = await self.engine.select(None, "host", {}, "Host")
        if kind == "Socket":
            return _ref(await self.engine.select(host, "unixSocket", {"path": str(path)}, "Socket"))
        args: dict[str, Any] = {"path": str(path)}
        if ignore and kind == "Directory":
            args["exclude"] = list(ignore)
        return _ref(await self.engine.select(host, kind.lower(), args, kind))


def split_list(text: str, element: TypeDef) -> list[str]:
    """The items of `a,b`; a value that holds a comma is quoted, as in CSV."""
    if text == "":
        return []
    if element.kind in ("OBJECT_KIND", "ENUM_KIND"):
        return [item.strip().strip("\"'") for item in text.split(",")]
    return next(csv.reader(io.StringIO(text)), []) if "\n" not in text else next(csv.reader([text]), [text])


def secret_uri(arg: Arg, text: str, base: Path) -> str:
    """`env:X` and `env://X` → `env://X`; a relative `file://` becomes absolute. What has no such form is refused."""
    match = _SECRET.match(text)
    if match is None:
        shown = text.partition("://")[0] + "://…" if "://" in text else "the value itself"
        msg = f'invalid argument for "--{kebab(arg.name)}": {shown}; a secret is env://NAME, file://PATH or cmd://COMMAND'
        raise UsageError(msg)
    scheme, _, rest = match.groups()
    if scheme == "env" and rest.partition("?")[0] not in os.environ:
        msg = f'invalid argument for "--{kebab(arg.name)}": environment variable {rest.partition("?")[0]} is not set'
        raise UsageError(msg)
    if scheme == "file":
        path = resolve(rest, base)
        if not path.is_file():
            msg = f'invalid argument for "--{kebab(arg.name)}": {path}: no such file'
            raise UsageError(msg)
        rest = str(path)
    return f"{scheme}://{rest}"


def resolve(text: str, base: Path) -> Path:
    """A path as typed, from `base`, with `~` for the home folder."""
    return (base / Path(text).expanduser()).resolve()


def invalid(arg: Arg, text: str, why: str) -> UsageError:
    """The error for a value that cannot be read."""
    return UsageError(f'invalid argument "{text}" for "--{kebab(arg.name)}": {why}')


def _input(arg: Arg, kind: TypeDef, text: str) -> dict[str, Any]:
    if kind.name == "BuildArg":
        name, equals, value = text.partition("=")
        if not equals:
            raise invalid(arg, text, "should be NAME=VALUE")
        return {"name": name, "value": value}
    ports, _, protocol = text.partition("/")
    frontend, _, backend = ports.rpartition(":")
    if not backend.isdigit() or (frontend and not frontend.isdigit()):
        raise invalid(arg, text, "should be FRONTEND:BACKEND, as in 8080:80")
    return {"frontend": int(frontend or backend), "backend": int(backend), "protocol": (protocol or "tcp").upper()}


def _ref(value: Any) -> Ref:
    assert isinstance(value, Ref)
    return value
