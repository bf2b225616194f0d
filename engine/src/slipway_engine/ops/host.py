"""Host and Address: what comes from this machine. Paths are relative to where the command was started."""

from __future__ import annotations

import asyncio
from pathlib import Path

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.state import Container, File, Secret
from slipway_engine.store.host import load_directory, load_file
from slipway_engine.store.tree import Tree


def host_path(path: str) -> Path:
    """An absolute path on the host, `~` included."""
    return Path(path).expanduser().absolute()


@op("Query.host")
async def host(_ctx: Context, _self: None) -> str:
    """The machine."""
    return "host"


@op("Host.directory")
async def directory(
    ctx: Context,
    _self: str,
    *,
    path: str,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    no_cache: bool = False,
    gitignore: bool = False,
) -> Tree:
    """A directory of the machine, filtered before it is read."""
    if gitignore:
        msg = "Host.directory(gitignore:) is not served by the embedded engine; use exclude"
        raise InputError(msg)
    return await asyncio.to_thread(load_directory, ctx.engine.store, host_path(path), include, exclude)


@op("Host.file")
async def file(ctx: Context, _self: str, *, path: str, no_cache: bool = False) -> File:
    """A file of the machine."""
    place = host_path(path)
    return File(place.name, await asyncio.to_thread(load_file, ctx.engine.store, place))


@op("Host.findUp")
async def find_up(_ctx: Context, _self: str, *, name: str, no_cache: bool = False) -> str | None:
    """The nearest path of that name at or above the working directory."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / name).exists():
            return str(folder / name)
    return None


@op("Host.unixSocket")
async def unix_socket(_ctx: Context, _self: str, *, path: str) -> str:
    """A socket of the machine."""
    place = host_path(path)
    if not place.is_socket():
        msg = f"{place}: not a socket"
        raise InputError(msg)
    return str(place)


@op("Query.address")
async def address(_ctx: Context, _self: None, *, value: str) -> str:
    """Something named by text, as on a command line."""
    return value


@op("Address.value")
async def value(_ctx: Context, self: str) -> str:
    """The text."""
    return self


@op("Address.directory")
async def address_directory(
    ctx: Context,
    self: str,
    *,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    gitignore: bool = False,
    no_cache: bool = False,
) -> Tree:
    """The directory at that path."""
    return await directory(ctx, "host", path=self, exclude=exclude, include=include, gitignore=gitignore)


@op("Address.file")
async def address_file(
    ctx: Context,
    self: str,
    *,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    gitignore: bool = False,
    no_cache: bool = False,
) -> File:
    """The file at that path."""
    return await file(ctx, "host", path=self)


@op("Address.container")
async def address_container(ctx: Context, self: str) -> Container:
    """The image of that reference."""
    from slipway_engine.bases.resolve import resolve
    from slipway_engine.platforms import NATIVE

    return await resolve(ctx.engine, Container(NATIVE), self, ctx.ref)


@op("Address.secret")
async def address_secret(_ctx: Context, self: str) -> Secret:
    """The secret of that address (`env://NAME`, `file://PATH`, `cmd://COMMAND`)."""
    return Secret("", uri=self)


@op("Address.socket")
async def address_socket(ctx: Context, self: str) -> str:
    """The socket at that path."""
    return await unix_socket(ctx, "host", path=self.removeprefix("unix://"))
