"""Directory: a listing that is changed without touching data, and written out only where it is asked for."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError, SlipwayError
from slipway_engine.ops.container_files import new_file
from slipway_engine.ops.host import host_path
from slipway_engine.state import File
from slipway_engine.store.host import HOST_TIME
from slipway_engine.store.layers import lay_out
from slipway_engine.store.patterns import Patterns, selector
from slipway_engine.store.tree import Entry, Tree, clean
from slipway_engine.values import Ref, digest_of


def _need(self: Tree, path: str) -> str:
    found = self.follow(path)
    if found is None:
        msg = f"{path}: no such file or directory"
        raise InputError(msg)
    return found


def _no_gitignore(gitignore: bool, where: str) -> None:
    if gitignore:
        msg = f"{where}(gitignore:) is not served by the embedded engine; use exclude"
        raise InputError(msg)


@op("Query.directory")
async def directory(_ctx: Context, _self: None) -> Tree:
    """An empty directory."""
    return Tree(recipe=digest_of("empty"))


@op("Directory.directory")
async def subdirectory(_ctx: Context, self: Tree, *, path: str) -> Tree:
    """A folder of the directory."""
    found = _need(self, path)
    if found and self.entries[found].kind != "d":
        msg = f"{path}: not a directory"
        raise InputError(msg)
    return self.sub(found)


@op("Directory.file")
async def file(_ctx: Context, self: Tree, *, path: str) -> File:
    """A file of the directory."""
    found = _need(self, path)
    entry = self.entries.get(found)
    if entry is None or entry.kind != "f":
        msg = f"{path}: not a file"
        raise InputError(msg)
    return File(PurePosixPath(path).name, entry, digest_of([self.key, found]))


@op("Directory.entries")
async def entries(_ctx: Context, self: Tree, *, path: str | None = None) -> list[str]:
    """The names in the directory; folders end in `/`."""
    return self.names(_need(self, path) if path else "")


@op("Directory.glob")
async def glob(_ctx: Context, self: Tree, *, pattern: str) -> list[str]:
    """The paths that match; folders end in `/`."""
    rules = Patterns([pattern])
    regex = rules.rules[0][2] if rules.rules else None
    found = [path + ("/" if e.kind == "d" else "") for path, e in self.entries.items() if regex and regex.match(path)]
    return sorted(found)


@op("Directory.filter")
async def filter_(
    _ctx: Context,
    self: Tree,
    *,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    gitignore: bool = False,
) -> Tree:
    """Only what the patterns leave."""
    _no_gitignore(gitignore, "Directory.filter")
    keep = selector(include, exclude)
    return self if keep is None else self.filtered(keep, [include, exclude])


def _changes(owner: str, permissions: int | None) -> dict[str, int]:
    changes: dict[str, int] = {}
    if owner:
        user, _, group = owner.partition(":")
        if not user.isdigit() or (group and not group.isdigit()):
            msg = f"owner {owner!r}: a directory knows no user names; write numbers, such as 1000:1000"
            raise InputError(msg)
        changes = {"uid": int(user), "gid": int(group or user)}
    if permissions is not None:
        changes["mode"] = permissions
    return changes


@op("Directory.withDirectory")
async def with_directory(
    ctx: Context,
    self: Tree,
    *,
    path: str,
    source: Ref,
    exclude: list[str] | None = None,
    include: list[str] | None = None,
    gitignore: bool = False,
    owner: str = "",
    permissions: int | None = None,
) -> Tree:
    """Another directory copied in at a path."""
    _no_gitignore(gitignore, "Directory.withDirectory")
    tree: Tree = await ctx.evaluate(source)
    keep = selector(include, exclude)
    if keep is not None:
        tree = tree.filtered(keep, [include, exclude])
    return self.merged(path, tree, **_changes(owner, permissions))


@op("Directory.withFile")
async def with_file(
    ctx: Context, self: Tree, *, path: str, source: Ref, permissions: int | None = None, owner: str = ""
) -> Tree:
    """A file copied in."""
    made: File = await ctx.evaluate(source)
    target = f"{path}{made.name}" if path.endswith("/") else path
    return _placed(self, target, made, _changes(owner, permissions))


def _placed(self: Tree, path: str, made: File, changes: dict[str, int]) -> Tree:
    parent, name = str(PurePosixPath(clean(path)).parent), PurePosixPath(clean(path)).name
    incoming = Tree({name: made.entry}, made.key)
    return self.merged("" if parent == "." else parent, incoming, **changes)


@op("Directory.withFiles")
async def with_files(
    ctx: Context, self: Tree, *, path: str, sources: list[Ref], permissions: int | None = None
) -> Tree:
    """Files copied into a folder."""
    result = self
    for source in sources:
        made: File = await ctx.evaluate(source)
        result = _placed(result, f"{path}/{made.name}", made, _changes("", permissions))
    return result


@op("Directory.withNewFile")
async def with_new_file(ctx: Context, self: Tree, *, path: str, contents: str, permissions: int = 0o644) -> Tree:
    """A text file written."""
    return _placed(self, path, new_file(ctx, PurePosixPath(path).name, contents, permissions), {})


@op("Directory.withNewDirectory")
async def with_new_directory(_ctx: Context, self: Tree, *, path: str, permissions: int = 0o644) -> Tree:
    """An empty folder. The API's default mode is 0644, which nobody can enter; it is read as 0755."""
    mode = 0o755 if permissions == 0o644 else permissions
    made = self.merged(path, Tree(recipe=digest_of("empty")))
    place = clean(path)
    if place in self.entries:
        return made
    return made.derive({**made.entries, place: replace(made.entries[place], mode=mode)}, "mode", place, mode)


@op("Directory.withSymlink")
async def with_symlink(_ctx: Context, self: Tree, *, target: str, link_name: str) -> Tree:
    """A symbolic link."""
    link = Entry("l", 0o777, mtime=self.stamp or HOST_TIME, source=target)
    return _placed(self, link_name, File(PurePosixPath(link_name).name, link), {})


@op("Directory.withTimestamps")
async def with_timestamps(_ctx: Context, self: Tree, *, timestamp: int) -> Tree:
    """Every file and folder gets this modification time (seconds since 1970)."""
    return self.restamped(timestamp)


@op("Directory.withoutDirectory")
async def without_directory(_ctx: Context, self: Tree, *, path: str) -> Tree:
    """A folder removed."""
    return self.without([path])


@op("Directory.withoutFile")
async def without_file(_ctx: Context, self: Tree, *, path: str) -> Tree:
    """A file removed."""
    return self.without([path])


@op("Directory.withoutFiles")
async def without_files(_ctx: Context, self: Tree, *, paths: list[str]) -> Tree:
    """Files removed."""
    return self.without(paths)


@op("Directory.withError")
async def with_error(_ctx: Context, self: Tree, *, err: str) -> Tree:
    """Fail with this message, unless it is empty."""
    if err:
        raise SlipwayError(err)
    return self


@op("Directory.exists")
async def exists(
    _ctx: Context, self: Tree, *, path: str, expected_type: str | None = None, do_not_follow_symlinks: bool = False
) -> bool:
    """Whether there is something at a path, of the type asked for."""
    if do_not_follow_symlinks or expected_type == "SYMLINK_TYPE":
        entry = self.entries.get(clean(path))
    else:
        found = self.follow(path)
        entry = None if found is None else self.entries.get(found, Entry("d", 0o755))
    wanted = {"REGULAR_TYPE": "f", "DIRECTORY_TYPE": "d", "SYMLINK_TYPE": "l"}.get(expected_type or "")
    return entry is not None and (wanted is None or entry.kind == wanted)


@op("Directory.digest")
async def digest(_ctx: Context, self: Tree) -> str:
    """The content's digest."""
    return self.key


@op("Directory.name")
async def name(_ctx: Context, _self: Tree) -> str:
    """A directory by itself is the root."""
    return "/"


@op("Directory.findUp")
async def find_up(_ctx: Context, self: Tree, *, name: str, start: str) -> str | None:
    """The nearest path of that name at or above `start`."""
    at = PurePosixPath("/" + clean(start))
    while True:
        candidate = clean(str(at / name))
        if candidate in self.entries:
            return candidate
        if at == at.parent:
            return None
        at = at.parent


@op("Directory.export")
async def export(_ctx: Context, self: Tree, *, path: str, wipe: bool = False) -> str:
    """Write the directory on the host; gives the path."""
    target = host_path(path)

    def write() -> None:
        if wipe and target.exists():
            shutil.rmtree(target)
        try:
            target.mkdir(parents=True, exist_ok=True)
            lay_out(self, Path(target), preserve=False)
        except OSError as error:
            msg = f"{target}: the directory cannot be written ({error.strerror})"
            raise InputError(msg) from error

    await asyncio.to_thread(write)
    return str(target)
