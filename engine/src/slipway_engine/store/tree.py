"""A directory as a value: a listing of entries that point at data on disk. Nothing is copied until it must be.

Host files point into the content store; files of a container point into its layers. Every change
(`merged`, `filtered`, `restamped`…) makes a new listing and leaves the data alone.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from slipway_engine.values import digest_of

Kind = Literal["f", "d", "l"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file (`f`), folder (`d`) or link (`l`).

    `source`: the path of a file's data, or a link's target. `sha`: hex sha256 of the data where known.
    `mtime`: whole seconds.
    """

    kind: Kind
    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    size: int = 0
    source: str = ""
    sha: str = ""

    def identity(self) -> str | None:
        """What makes two entries equal, or None where the content is not known. Times do not count."""
        if self.kind == "f" and not self.sha:
            return None
        what = self.sha if self.kind == "f" else self.source if self.kind == "l" else ""
        return f"{self.kind}:{self.mode:o}:{self.uid}:{self.gid}:{what}"


@dataclass(frozen=True, slots=True)
class Tree:
    """Entries by relative POSIX path, parents included. `key` names the content for caching."""

    entries: dict[str, Entry] = field(default_factory=dict)
    recipe: str = ""
    stamp: int | None = None

    @property
    def key(self) -> str:
        """The content's digest where every file's is known, else that of the recipe."""
        digest = hashlib.sha256(str(self.stamp).encode())
        for path in sorted(self.entries):
            identity = self.entries[path].identity()
            if identity is None:
                return digest_of(["recipe", self.recipe, self.stamp])
            digest.update(f"{path}\0{identity}\0".encode("utf-8", "surrogateescape"))
        return "sha256:" + digest.hexdigest()

    def derive(self, entries: dict[str, Entry], *what: Any) -> Tree:
        """A tree made from this one by the step `what`."""
        return Tree(entries, digest_of([self.key, *what]), self.stamp)

    def sub(self, path: str) -> Tree:
        """The tree below `path`."""
        prefix = clean(path)
        if not prefix:
            return self
        prefix += "/"
        cut = len(prefix)
        return self.derive({p[cut:]: e for p, e in self.entries.items() if p.startswith(prefix)}, "sub", prefix)

    def filtered(self, keep: Callable[[str, bool], bool], what: Any) -> Tree:
        """Only the entries that `keep(path, is_folder)` accepts, with the folders above them."""
        kept: dict[str, Entry] = {}
        for path, entry in self.entries.items():
            if keep(path, entry.kind == "d"):
                for parent in parents(path):
                    if parent in self.entries:
                        kept.setdefault(parent, self.entries[parent])
                kept[path] = entry
        return self.derive(kept, "filter", what)

    def merged(self, path: str, other: Tree, **changes: Any) -> Tree:
        """`other` laid over this tree at `path`; `changes` replace fields of the incoming entries."""
        base = clean(path)
        entries = dict(self.entries)
        for parent in [*parents(base), base] if base else []:
            if parent not in entries or entries[parent].kind != "d":
                entries[parent] = Entry("d", 0o755, changes.get("uid", 0), changes.get("gid", 0), self.stamp or 0)
        for name, incoming in other.entries.items():
            target = f"{base}/{name}" if base else name
            entry = incoming
            if changes:
                own = dict(changes)
                if entry.kind != "f":
                    own.pop("mode", None)
                entry = replace(entry, **own)
            there = entries.get(target)
            if there is not None and there.kind == "d" and entry.kind != "d":
                _drop(entries, target)
            entries[target] = entry
        return self.derive(entries, "merge", base, other.key, sorted((k, str(v)) for k, v in changes.items()))

    def with_entry(self, path: str, entry: Entry) -> Tree:
        """One entry added or replaced."""
        target = clean(path)
        return self.merged(
            str(PurePosixPath(target).parent), Tree({PurePosixPath(target).name: entry}, digest_of(str(entry)))
        )

    def without(self, paths: list[str]) -> Tree:
        """These paths, and what is below them, removed."""
        entries = dict(self.entries)
        for path in paths:
            _drop(entries, clean(path))
        return self.derive(entries, "without", paths)

    def restamped(self, seconds: int) -> Tree:
        """Every entry, and every folder made later above one, gets this modification time."""
        entries = {path: replace(entry, mtime=seconds) for path, entry in self.entries.items()}
        return Tree(entries, digest_of([self.key, "stamp", seconds]), seconds)

    def names(self, path: str = "") -> list[str]:
        """The sorted names directly below `path`; folders end in `/`, as the API prints them."""
        prefix = clean(path) + "/" if clean(path) else ""
        cut = len(prefix)
        found = [
            p[cut:] + ("/" if e.kind == "d" else "")
            for p, e in self.entries.items()
            if p.startswith(prefix) and p[cut:] and "/" not in p[cut:]
        ]
        return sorted(found)

    def follow(self, path: str, depth: int = 20) -> str | None:
        """The path after links inside the tree; None where nothing is there."""
        resolved = ""
        parts = [p for p in clean(path).split("/") if p]
        while parts:
            part = parts.pop(0)
            if part == "..":
                resolved = str(PurePosixPath(resolved).parent) if "/" in resolved else ""
                continue
            here = f"{resolved}/{part}" if resolved else part
            entry = self.entries.get(here)
            if entry is None:
                return None
            if entry.kind == "l":
                if depth == 0:
                    return None
                depth -= 1
                if entry.source.startswith("/"):
                    resolved = ""
                parts = [p for p in entry.source.split("/") if p and p != "."] + parts
                continue
            resolved = here
        return resolved


def clean(path: str) -> str:
    """A relative POSIX path without leading slash, `.` or `..` above the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if parts:
                parts.pop()
            continue
        parts.append(part)
    return "/".join(parts)


def parents(path: str) -> list[str]:
    """`a/b/c` → `['a', 'a/b']`."""
    found: list[str] = []
    at = path.find("/")
    while at != -1:
        found.append(path[:at])
        at = path.find("/", at + 1)
    return found


def scan(root: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every path below `root`, folders before what is in them, sorted."""
    stack = [("", str(root))]
    while stack:
        prefix, folder = stack.pop()
        below: list[tuple[str, str]] = []
        for item in sorted(os.scandir(folder), key=lambda e: e.name):
            path = f"{prefix}{item.name}"
            yield path, item
            if item.is_dir(follow_symlinks=False):
                below.append((path + "/", item.path))
        stack.extend(reversed(below))


def entry_of(path: str, info: os.stat_result | None = None) -> Entry | None:
    """The entry for a path on disk; None for devices, sockets and pipes."""
    info = info or os.lstat(path)
    mtime = int(info.st_mtime)
    mode = stat.S_IMODE(info.st_mode)
    if stat.S_ISREG(info.st_mode):
        return Entry("f", mode, info.st_uid, info.st_gid, mtime, info.st_size, path)
    if stat.S_ISDIR(info.st_mode):
        return Entry("d", mode, info.st_uid, info.st_gid, mtime)
    if stat.S_ISLNK(info.st_mode):
        return Entry("l", 0o777, info.st_uid, info.st_gid, mtime, 0, os.readlink(path))
    return None


def _drop(entries: dict[str, Entry], path: str) -> None:
    entries.pop(path, None)
    prefix = path + "/"
    for below in [p for p in entries if p.startswith(prefix)]:
        del entries[below]
