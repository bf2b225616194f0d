"""Container: reading and writing its files. Writing adds a layer that is a listing until something runs on it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.ops.container import absolute, expanded
from slipway_engine.run.mounts import owner_ids
from slipway_engine.state import Container, File, Mount
from slipway_engine.store.host import HOST_TIME, blob_path, keep_bytes
from slipway_engine.store.layers import Layer, Stack, canonical, folder_entry, remembered
from slipway_engine.store.patterns import selector
from slipway_engine.store.tree import Entry, Tree, clean, entry_of, parents
from slipway_engine.values import Ref, digest_of


def _view(ctx: Context, self: Container, path: str) -> tuple[Stack, str, str]:
    """The stack that holds `path`, the path in it, and a key of its content: a mounted directory, else the root."""
    place = absolute(self, path)
    for mount in sorted(self.mounts, key=lambda m: len(m.path), reverse=True):
        if mount.kind == "directory" and (place == mount.path or place.startswith(mount.path.rstrip("/") + "/")):
            keys = [layer.key for layer in mount.chain]
            return Stack.of(ctx.engine.store, mount.chain), place[len(mount.path) :], digest_of(keys)
    keys = [layer.key for layer in self.chain]
    return Stack.of(ctx.engine.store, self.chain), place, digest_of(keys)


@op("Container.rootfs")
async def rootfs(ctx: Context, self: Container) -> Tree:
    """The whole file system."""
    return await directory(ctx, replace(self, mounts=()), path="/")


@op("Container.directory")
async def directory(ctx: Context, self: Container, *, path: str, expand: bool = False) -> Tree:
    """A folder of the container."""
    wanted = expanded(self, path, expand)

    def read() -> Tree | None:
        stack, inner, key = _view(ctx, self, wanted)
        recipe = digest_of(["of", key, clean(inner)])
        entries = remembered(ctx.engine.store, stack, inner, recipe)
        return None if entries is None else Tree(entries, recipe)

    tree = await asyncio.to_thread(read)
    if tree is None:
        msg = f"{wanted}: no such directory in the container"
        raise InputError(msg)
    return tree


@op("Container.file")
async def file(ctx: Context, self: Container, *, path: str, expand: bool = False) -> File:
    """A file of the container."""
    wanted = expanded(self, path, expand)
    for mount in self.mounts:
        if mount.kind == "file" and mount.path == absolute(self, wanted) and mount.file is not None:
            return mount.file
    stack, inner, key = await asyncio.to_thread(_view, ctx, self, wanted)
    places = stack.resolve(inner)
    entry = entry_of(places[0]) if places else None
    if entry is None or entry.kind != "f":
        msg = f"stat {wanted}: no such file or directory" if entry is None else f"{wanted}: not a file"
        raise InputError(msg)
    return File(PurePosixPath(wanted).name, entry, digest_of(["of", key, clean(inner)]))


@op("Container.exists")
async def exists(
    ctx: Context,
    self: Container,
    *,
    path: str,
    expected_type: str | None = None,
    do_not_follow_symlinks: bool = False,
    expand: bool = False,
) -> bool:
    """Whether there is something at a path, of the type asked for."""
    if do_not_follow_symlinks or expected_type == "SYMLINK_TYPE":
        msg = "Container.exists(doNotFollowSymlinks:) is not served by the embedded engine"
        raise InputError(msg)
    stack, inner, _ = await asyncio.to_thread(_view, ctx, self, expanded(self, path, expand))
    places = stack.resolve(inner)
    entry = entry_of(places[0]) if places else None
    wanted = {"REGULAR_TYPE": "f", "DIRECTORY_TYPE": "d"}.get(expected_type or "")
    return entry is not None and (wanted is None or entry.kind == wanted)


async def owned(ctx: Context, self: Container, tree: Tree, owner: str) -> Tree:
    """The tree with every entry given to `owner`, looked up in the container."""
    if not owner:
        return tree
    stack = await asyncio.to_thread(Stack.of, ctx.engine.store, self.chain)
    uid, gid = owner_ids(stack, owner)
    return Tree({}, stamp=tree.stamp).merged("", tree, uid=uid, gid=gid)


async def laid_over(ctx: Context, self: Container, tree: Tree, path: str, **changes: Any) -> Container:
    """The container with a tree laid over it at `path`; folders that are there keep their mode and owner."""
    mount = _mount_at(self, path)
    chain = self.chain if mount is None else mount.chain

    def build() -> Layer:
        stack = Stack.of(ctx.engine.store, chain)
        place = canonical(stack, path if mount is None else path[len(mount.path) :], last=True)
        entries: dict[str, Entry] = {}
        for parent in [*parents(place), place] if place else []:
            there = folder_entry(stack, parent)
            entries[parent] = there or Entry("d", 0o755, changes.get("uid", 0), changes.get("gid", 0), HOST_TIME)
        made = Tree(entries, digest_of(["at", place])).merged(place, tree, **changes)
        # The key names all that the layer has: what is added, and the folders above it as they are below.
        what = sorted((name, str(value)) for name, value in changes.items())
        times = digest_of([e.mtime for _, e in sorted(tree.entries.items())])
        return Layer(digest_of(["tree", place, tree.key, what, times, _folders(entries)]), tree=made)

    layer = await asyncio.to_thread(build)
    if mount is None:
        return replace(self, chain=(*self.chain, layer), image_ref="")
    changed = replace(mount, chain=(*mount.chain, layer))
    return replace(self, mounts=tuple(changed if other is mount else other for other in self.mounts))


async def _changes(ctx: Context, self: Container, owner: str, permissions: int | None) -> dict[str, int]:
    changes: dict[str, int] = {}
    if owner:
        stack = await asyncio.to_thread(Stack.of, ctx.engine.store, self.chain)
        changes["uid"], changes["gid"] = owner_ids(stack, owner)
    if permissions is not None:
        changes["mode"] = permissions
    return changes


def _folders(entries: dict[str, Entry]) -> list[list[object]]:
    """What folders add to a layer's key; a packed layer has no later time than HOST_TIME."""
    return [[path, entry.mode, entry.uid, entry.gid, min(entry.mtime, HOST_TIME)] for path, entry in entries.items()]


@op("Container.withDirectory")
async def with_directory(
    ctx: Context,
    self: Container,
    *,
    path: str,
    source: Ref,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    gitignore: bool = False,
    owner: str = "",
    expand: bool = False,
    permissions: int | None = None,
) -> Container:
    """Copy a directory into the container."""
    if gitignore:
        msg = "Container.withDirectory(gitignore:) is not served by the embedded engine; use exclude"
        raise InputError(msg)
    tree: Tree = await ctx.evaluate(source)
    keep = selector(include, exclude)
    if keep is not None:
        tree = tree.filtered(keep, [include, exclude])
    place = absolute(self, expanded(self, path, expand))
    return await laid_over(ctx, self, tree, place, **await _changes(ctx, self, owner, permissions))


def _mount_at(self: Container, place: str) -> Mount | None:
    """The mounted directory that holds a path, if one does."""
    holding = [m for m in self.mounts if m.kind == "directory" and (place + "/").startswith(m.path.rstrip("/") + "/")]
    return max(holding, key=lambda mount: len(mount.path), default=None)


@op("Container.withFile")
async def with_file(
    ctx: Context,
    self: Container,
    *,
    path: str,
    source: Ref,
    permissions: int | None = None,
    owner: str = "",
    expand: bool = False,
) -> Container:
    """Copy a file into the container; a path that ends in `/`, or is a folder, keeps the file's name."""
    made: File = await ctx.evaluate(source)
    return await _with_files(ctx, self, expanded(self, path, expand), [made], owner, permissions)


@op("Container.withFiles")
async def with_files(
    ctx: Context,
    self: Container,
    *,
    path: str,
    sources: list[Ref],
    permissions: int | None = None,
    owner: str = "",
    expand: bool = False,
) -> Container:
    """Copy files into a folder of the container."""
    made = [await ctx.evaluate(source) for source in sources]
    return await _with_files(ctx, self, expanded(self, path, expand).rstrip("/") + "/", made, owner, permissions)


async def _with_files(
    ctx: Context, self: Container, path: str, made: list[File], owner: str, permissions: int | None
) -> Container:
    place = absolute(self, path)
    into = path.endswith("/")
    if not into:
        stack, inner, _ = await asyncio.to_thread(_view, ctx, self, place)
        into = folder_entry(stack, inner) is not None
    folder = place if into else str(PurePosixPath(place).parent)
    names = {(each.name if into else PurePosixPath(place).name): each for each in made}
    tree = Tree(
        {name: each.entry for name, each in sorted(names.items())},
        digest_of([[name, each.key] for name, each in sorted(names.items())]),
    )
    return await laid_over(ctx, self, tree, folder, **await _changes(ctx, self, owner, permissions))


@op("Container.withNewFile")
async def with_new_file(
    ctx: Context,
    self: Container,
    *,
    path: str,
    contents: str,
    permissions: int = 0o644,
    owner: str = "",
    expand: bool = False,
) -> Container:
    """Write a text file."""
    made = new_file(ctx, PurePosixPath(path).name, contents, permissions)
    return await _with_files(ctx, self, expanded(self, path, expand), [made], owner, None)


def new_file(ctx: Context, name: str, contents: str, permissions: int) -> File:
    """A file from text."""
    data = contents.encode("utf-8", "surrogateescape")
    sha = keep_bytes(ctx.engine.store, data)
    entry = Entry("f", permissions, 0, 0, HOST_TIME, len(data), blob_path(ctx.engine.store, sha), sha)
    return File(name, entry)


@op("Container.withSymlink")
async def with_symlink(
    ctx: Context, self: Container, *, target: str, link_name: str, expand: bool = False
) -> Container:
    """Make a symbolic link."""
    place = absolute(self, expanded(self, link_name, expand))
    link = Entry("l", 0o777, mtime=HOST_TIME, source=expanded(self, target, expand))
    tree = Tree({PurePosixPath(place).name: link}, digest_of(str(link)))
    return await laid_over(ctx, self, tree, str(PurePosixPath(place).parent))


async def _removed(ctx: Context, self: Container, paths: list[str], expand: bool) -> Container:
    def build() -> Layer | None:
        stack = Stack.of(ctx.engine.store, self.chain)
        places = [canonical(stack, absolute(self, expanded(self, path, expand))) for path in paths]
        gone = tuple(sorted(place for place in places if stack.exists(place)))
        above = {parent for place in gone for parent in parents(place)}
        entries = {parent: there for parent in sorted(above) if (there := folder_entry(stack, parent)) is not None}
        return (
            Layer(digest_of(["removed", gone, _folders(entries)]), tree=Tree(entries), removed=gone) if gone else None
        )

    layer = await asyncio.to_thread(build)
    return self if layer is None else replace(self, chain=(*self.chain, layer), image_ref="")


@op("Container.withoutDirectory")
async def without_directory(ctx: Context, self: Container, *, path: str, expand: bool = False) -> Container:
    """Remove a folder."""
    return await _removed(ctx, self, [path], expand)


@op("Container.withoutFile")
async def without_file(ctx: Context, self: Container, *, path: str, expand: bool = False) -> Container:
    """Remove a file."""
    return await _removed(ctx, self, [path], expand)


@op("Container.withoutFiles")
async def without_files(ctx: Context, self: Container, *, paths: list[str], expand: bool = False) -> Container:
    """Remove files."""
    return await _removed(ctx, self, paths, expand)


@op("Container.withRootfs")
async def with_rootfs(ctx: Context, self: Container, *, directory: Ref) -> Container:
    """Replace the whole file system."""
    tree: Tree = await ctx.evaluate(directory)
    times = digest_of([entry.mtime for _, entry in sorted(tree.entries.items())])
    return replace(self, chain=(Layer(digest_of(["tree", "", tree.key, times]), tree=tree),), image_ref="")
