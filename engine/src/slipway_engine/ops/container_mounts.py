"""Container: what is mounted while its commands run."""

from __future__ import annotations

from dataclasses import replace

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.ops.container import absolute, expanded
from slipway_engine.state import Container, File, Mount
from slipway_engine.store.layers import Layer
from slipway_engine.store.tree import Tree
from slipway_engine.values import Ref, digest_of


@op("Container.withMountedDirectory")
async def with_mounted_directory(
    ctx: Context,
    self: Container,
    *,
    path: str,
    source: Ref,
    owner: str = "",
    read_only: bool = False,
    expand: bool = False,
) -> Container:
    """Mount a directory; commands may change their own copy of it."""
    from slipway_engine.ops.container_files import owned

    tree: Tree = await owned(ctx, self, await ctx.evaluate(source), owner)
    layer = Layer(digest_of(["mounted", tree.key]), tree=tree)
    place = absolute(self, expanded(self, path, expand))
    return _mounted(self, Mount("directory", place, (layer,), owner=owner, read_only=read_only))


@op("Container.withMountedFile")
async def with_mounted_file(
    ctx: Context, self: Container, *, path: str, source: Ref, owner: str = "", expand: bool = False
) -> Container:
    """Mount a file."""
    file: File = await ctx.evaluate(source)
    return _mounted(self, Mount("file", absolute(self, expanded(self, path, expand)), file=file, owner=owner))


@op("Container.withMountedCache")
async def with_mounted_cache(
    ctx: Context,
    self: Container,
    *,
    path: str,
    cache: Ref,
    source: Ref | None = None,
    sharing: str = "SHARED",
    owner: str = "",
    expand: bool = False,
) -> Container:
    """Mount a cache volume; what is in it is no part of what a command is cached by."""
    if source is not None:
        msg = "Container.withMountedCache(source:): the embedded engine does not fill cache volumes; copy in a command"
        raise InputError(msg)
    volume = replace(await ctx.evaluate(cache), sharing=sharing)
    return _mounted(self, Mount("cache", absolute(self, expanded(self, path, expand)), volume=volume, owner=owner))


@op("Container.withMountedTemp")
async def with_mounted_temp(
    _ctx: Context, self: Container, *, path: str, size: int | None = None, expand: bool = False
) -> Container:
    """Mount a folder in memory, empty for each command. `size` in bytes."""
    return _mounted(self, Mount("temp", absolute(self, expanded(self, path, expand)), size=size or 0))


@op("Container.withMountedSecret")
async def with_mounted_secret(
    ctx: Context, self: Container, *, path: str, source: Ref, owner: str = "", mode: int = 0o400, expand: bool = False
) -> Container:
    """Mount a secret as a file, in memory, with this owner and mode."""
    secret = await ctx.evaluate(source)
    place = absolute(self, expanded(self, path, expand))
    return _mounted(self, Mount("secret", place, secret=secret, owner=owner, mode=mode))


@op("Container.withUnixSocket")
async def with_unix_socket(
    ctx: Context, self: Container, *, path: str, source: Ref, owner: str = "", expand: bool = False
) -> Container:
    """Mount a socket of the host."""
    place = absolute(self, expanded(self, path, expand))
    return _mounted(self, Mount("socket", place, socket=await ctx.evaluate(source), owner=owner))


@op("Container.withoutMount")
async def without_mount(_ctx: Context, self: Container, *, path: str, expand: bool = False) -> Container:
    """Remove what is mounted at a path."""
    place = absolute(self, expanded(self, path, expand))
    return replace(self, mounts=tuple(mount for mount in self.mounts if mount.path != place))


@op("Container.withoutUnixSocket")
async def without_unix_socket(_ctx: Context, self: Container, *, path: str, expand: bool = False) -> Container:
    """Remove a mounted socket."""
    place = absolute(self, expanded(self, path, expand))
    return replace(self, mounts=tuple(mount for mount in self.mounts if mount.path != place))


def _mounted(self: Container, mount: Mount) -> Container:
    rest = tuple(other for other in self.mounts if other.path != mount.path)
    return replace(self, mounts=(*rest, mount))
