"""Layers: what one step adds to a file system, and how a stack of them reads as one.

A layer is a folder in overlayfs' own form (a deleted name is a character device 0/0, a replaced folder has the
attribute `trusted.overlay.opaque`) or a tree that is laid out as a folder only when something has to run on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from slipway_engine.errors import HostError
from slipway_engine.store.store import Store
from slipway_engine.store.tree import Entry, Tree, clean, entry_of
from slipway_engine.values import digest_of

OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")

# Shorter listings are made as fast as they are read.
_WORTH_KEEPING = 500


@dataclass(frozen=True, slots=True)
class Layer:
    """`key` names the content. Exactly one of `folder` (there already) and `tree` (to be laid out) is set.

    `removed`: paths that the layer deletes from those below (only for trees).
    """

    key: str
    folder: str = ""
    tree: Tree | None = None
    removed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A short folder name, so that a mount's list of layers stays under the kernel's limit."""
        return self.key.removeprefix("sha256:")[:32]


Chain = tuple[Layer, ...]


def folder_of(store: Store, layer: Layer) -> str:
    """The layer as a folder, laid out now if it was not."""
    if layer.folder:
        return layer.folder
    place = store.path / "layers" / layer.name
    if not place.exists():
        if layer.tree is None:
            msg = f"layer {layer.name} is gone from the cache; run `slipway prune` and try again"
            raise HostError(msg)
        scratch = store.scratch("layer")
        lay_out(layer.tree, scratch)
        for path in layer.removed:
            target = scratch / clean(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.mknod(target, stat.S_IFCHR, os.makedev(0, 0))
        store.commit(scratch, place)
    return str(place)


def lay_out(tree: Tree, target: Path, *, preserve: bool = True) -> None:
    """Write a tree's entries below `target`; with `preserve`, owners too. Folders get their times last."""
    folders: list[tuple[str, Entry]] = []
    for path in sorted(tree.entries):
        entry = tree.entries[path]
        place = f"{target}/{path}"
        if entry.kind == "d":
            os.makedirs(place, exist_ok=True)
            folders.append((place, entry))
            continue
        if os.path.lexists(place):
            os.unlink(place)
        if entry.kind == "l":
            os.symlink(entry.source, place)
        else:
            shutil.copyfile(entry.source, place)
        if preserve:
            os.chown(place, entry.uid, entry.gid, follow_symlinks=False)
        if entry.kind == "f":
            os.chmod(place, entry.mode)
        os.utime(place, (entry.mtime, entry.mtime), follow_symlinks=False)
    for place, entry in reversed(folders):
        if preserve:
            os.chown(place, entry.uid, entry.gid)
        os.chmod(place, entry.mode)
        os.utime(place, (entry.mtime, entry.mtime))


def is_whiteout(info: os.stat_result) -> bool:
    """Whether a file on disk stands for a deleted name."""
    return stat.S_ISCHR(info.st_mode) and info.st_rdev == 0


def is_opaque(folder: str) -> bool:
    """Whether a folder hides what lower layers have at its place."""
    for name in OPAQUE:
        try:
            if os.getxattr(folder, name) == b"y":
                return True
        except OSError:
            continue
    return False


def mark_opaque(folder: str) -> None:
    """Let a folder hide what lower layers have at its place."""
    trusted, user = OPAQUE
    # Only root of the machine may write trusted attributes; in a user namespace overlayfs reads the user's.
    os.setxattr(folder, user if os.environ.get("SLIPWAY_ROOTLESS") == "1" else trusted, b"y")


class Stack:
    """A chain read as one file system, without mounting it."""

    def __init__(self, folders: list[str]) -> None:
        self.folders = folders  # lowest first

    @classmethod
    def of(cls, store: Store, chain: Chain) -> Stack:
        """The stack of a chain; trees are laid out."""
        return cls([folder_of(store, layer) for layer in chain])

    def resolve(self, path: str) -> list[str] | None:
        """The places on disk that make up `path` (one for a file, top first for a folder), links followed."""
        places, depth = list(reversed(self.folders)), 40
        trail: list[list[str]] = []
        parts = [p for p in clean(path).split("/") if p]
        while parts:
            part = parts.pop(0)
            if part == "..":
                places = trail.pop() if trail else places
                continue
            found = _child(places, part)
            if not found:
                return None
            if os.path.islink(found[0]):
                if depth == 0:
                    return None
                depth -= 1
                link = os.readlink(found[0])
                if link.startswith("/"):
                    places, trail = list(reversed(self.folders)), []
                parts = [p for p in link.split("/") if p and p != "."] + parts
                continue
            trail.append(places)
            places = found
        return places

    def exists(self, path: str) -> bool:
        """Whether something is at `path`, links followed."""
        return self.resolve(path) is not None

    def read_text(self, path: str) -> str | None:
        """A small file's text, or None where there is none."""
        found = self.resolve(path)
        if not found or not os.path.isfile(found[0]):
            return None
        return Path(found[0]).read_text(encoding="utf-8", errors="replace")

    def tree(self, path: str) -> dict[str, Entry] | None:
        """Every entry below a folder, or None where there is no such folder."""
        places = self.resolve(path)
        if places == []:
            return {}  # the root of no layer at all
        if places is None or not os.path.isdir(places[0]):
            return None
        return dict(_listing(places, ""))


def remembered(store: Store, stack: Stack, path: str, key: str) -> dict[str, Entry] | None:
    """`stack.tree(path)`, kept under the content's `key`: to list a whole system takes most of a second."""
    name = digest_of(["listing", str(store.path), key]).removeprefix("sha256:")[:32]
    place = store.path / "listings" / name
    with contextlib.suppress(OSError):
        return {at: Entry(*fields) for at, *fields in json.loads(place.read_bytes())}
    entries = stack.tree(path)
    if entries is not None and len(entries) >= _WORTH_KEEPING:
        made = store.scratch_file("listing")
        made.write_text(json.dumps([(at, *astuple(entry)) for at, entry in entries.items()]))
        store.commit(made, place)
    return entries


def _child(places: list[str], name: str) -> list[str]:
    found: list[str] = []
    for place in places:
        target = f"{place}/{name}"
        try:
            info = os.lstat(target)
        except OSError:
            if is_opaque(place):
                break
            continue
        if is_whiteout(info):
            break
        if not stat.S_ISDIR(info.st_mode):
            return found or [target]
        found.append(target)
        if is_opaque(target) or is_opaque(place):
            break
    return found


def _listing(places: list[str], prefix: str) -> Iterator[tuple[str, Entry]]:
    """Merge the folders of one path, top first."""
    first: dict[str, list[str]] = {}
    closed: set[str] = set()
    for place in places:
        with os.scandir(place) as items:
            listing = list(items)
        for item in listing:
            if item.name in closed:
                continue
            info = item.stat(follow_symlinks=False)
            if is_whiteout(info):
                closed.add(item.name)
            elif stat.S_ISDIR(info.st_mode):
                first.setdefault(item.name, []).append(item.path)
                if len(places) > 1 and is_opaque(item.path):
                    closed.add(item.name)
            else:
                closed.add(item.name)
                first.setdefault(item.name, [item.path])
        if len(places) > 1 and is_opaque(place):
            break
    for name in sorted(first):
        entry = entry_of(first[name][0])
        if entry is None:
            continue
        yield prefix + name, entry
        if entry.kind == "d":
            yield from _listing(first[name], f"{prefix}{name}/")


def canonical(stack: Stack, path: str, *, last: bool = False) -> str:
    """`path` with the links of its existing folders followed, as a relative path (`bin/x` → `usr/bin/x`).

    With `last` a link at its end is followed too: `path` is a folder to write into.
    """
    done: list[str] = []
    parts = [p for p in clean(path).split("/") if p]
    depth = 40
    while parts:
        part = parts.pop(0)
        if part == "..":
            done = done[:-1]
            continue
        places = stack.resolve("/".join(done))
        found = _child(places, part) if places else []
        if found and (parts or last) and os.path.islink(found[0]) and depth:
            depth -= 1
            link = os.readlink(found[0])
            done = [] if link.startswith("/") else done
            parts = [p for p in link.split("/") if p and p != "."] + parts
            continue
        done.append(part)
    return "/".join(done)


def folder_entry(stack: Stack, path: str) -> Entry | None:
    """The entry of an existing folder of the stack, so that writing below it does not change its mode or owner."""
    places = stack.resolve(path)
    if not places or not os.path.isdir(places[0]):
        return None
    return entry_of(places[0])
