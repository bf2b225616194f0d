"""From the text of a flag to an object of the engine: a path, a reference, an address."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from slipway_engine.cli.errors import UsageError, invalid
from slipway_engine.cli.names import kebab
from slipway_engine.module.definitions import Arg
from slipway_engine.values import Ref

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

_GIT = re.compile(r"^(https?|ssh|git)://|^git@|^github\.com/")
_SECRET = re.compile(r"(env|file|cmd)(?:://|:)(.*)", re.DOTALL)
_SERVICE = re.compile(r"(tcp|udp)://(\[[^\]]+\]|[^:/]+):(\d+)")


class Objects:
    """Names objects; they are made when something needs them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read(self, arg: Arg, kind: str, text: str, base: Path) -> Ref:
        """The handle of the object that the text names. Relative paths start at `base`."""
        if kind in ("Directory", "File", "Socket") and not (kind == "Directory" and _GIT.match(text)):
            return await self.from_host(kind, host_path(arg, kind, text, base), arg.ignore)
        if kind in ("Directory", "GitRepository", "GitRef"):
            return await self._from_git(kind, text)
        if kind == "Service":
            return await self._service(arg, text)
        if kind == "Container":
            empty = await self._select(None, "container", {}, "Container")
            return await self._select(empty, "from", {"address": text}, "Container")
        if kind == "Secret":
            return await self._select(None, "secret", {"uri": secret_uri(arg, text, base)}, "Secret")
        return await self._select(None, "cacheVolume", {"key": text}, "CacheVolume")

    async def from_host(self, kind: str, path: Path, ignore: tuple[str, ...] = ()) -> Ref:
        """A directory, file or socket of this machine."""
        host = await self._select(None, "host", {}, "Host")
        if kind == "Socket":
            return await self._select(host, "unixSocket", {"path": str(path)}, "Socket")
        args: dict[str, Any] = {"path": str(path)}
        if ignore and kind == "Directory":
            args["exclude"] = list(ignore)
        return await self._select(host, kind.lower(), args, kind)

    async def _from_git(self, kind: str, text: str) -> Ref:
        """`URL#ref:folder`: the repository, the ref, or the folder."""
        url, _, rest = text.partition("#")
        name, _, folder = rest.partition(":")
        repository = await self._select(None, "git", {"url": url}, "GitRepository")
        if kind == "GitRepository":
            return repository
        field, args = ("ref", {"name": name}) if name else ("head", {})
        ref = await self._select(repository, field, args, "GitRef")
        if kind == "GitRef":
            return ref
        tree = await self._select(ref, "tree", {}, "Directory")
        return await self._select(tree, "directory", {"path": folder}, "Directory") if folder else tree

    async def _service(self, arg: Arg, text: str) -> Ref:
        match = _SERVICE.fullmatch(text)
        if match is None:
            raise invalid(kebab(arg.name), text, "should look like tcp://host:port")
        protocol, name, port = match.groups()
        ports = [{"frontend": int(port), "backend": int(port), "protocol": protocol.upper()}]
        host = await self._select(None, "host", {}, "Host")
        return await self._select(host, "service", {"host": name.strip("[]"), "ports": ports}, "Service")

    async def _select(self, parent: Ref | None, field: str, args: dict[str, Any], kind: str) -> Ref:
        return cast("Ref", await self._engine.select(parent, field, args, kind))


def host_path(arg: Arg, kind: str, text: str, base: Path) -> Path:
    """The path on this machine, which must be of that kind."""
    path = resolve(text.removeprefix("file://").removeprefix("unix://"), base)
    if not path.exists():
        raise invalid(kebab(arg.name), text, f"{path}: no such file or directory")
    if kind == "Directory" and not path.is_dir():
        raise invalid(kebab(arg.name), text, f"{path} is a file; a directory is needed")
    if kind == "File" and not path.is_file():
        raise invalid(kebab(arg.name), text, f"{path} is not a file")
    return path


def secret_uri(arg: Arg, text: str, base: Path) -> str:
    """`env:X` → `env://X`; a relative `file://` becomes absolute. No message holds what may be the secret itself."""
    match = _SECRET.fullmatch(text)
    problem = ""
    if match is None:
        shown = text.partition("://")[0] + "://…" if "://" in text else "a bare value"
        problem = f"{shown} is not an address of a secret; write env://NAME, file://PATH or cmd://COMMAND"
        raise UsageError(f'invalid argument for "--{kebab(arg.name)}": {problem}')
    scheme, rest = match.groups()
    if scheme == "env" and rest.partition("?")[0] not in os.environ:
        problem = f"environment variable {rest.partition('?')[0]} is not set"
    elif scheme == "file":
        path = resolve(rest, base)
        problem = "" if path.is_file() else f"{path}: no such file"
        rest = str(path)
    if problem:
        raise UsageError(f'invalid argument for "--{kebab(arg.name)}": {problem}')
    return f"{scheme}://{rest}"


def resolve(text: str, base: Path) -> Path:
    """A path as typed, from `base`, with `~` for the home folder."""
    return (base / Path(text).expanduser()).resolve()
