"""Reading files of this machine into the content store.

A file is copied once per content. A file whose size, inode and times are as last seen is not read again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slipway_engine.errors import InputError
from slipway_engine.store.patterns import Keep, enters, selector
from slipway_engine.store.store import Store
from slipway_engine.store.tree import Entry, Tree, parents

# Host times say nothing about content; every file that comes from the host carries this one (2025-01-01).
HOST_TIME = 1735689600

_CHUNK = 1 << 20


def load_directory(store: Store, path: Path, include: list[str] | None, exclude: list[str] | None) -> Tree:
    """The tree at `path`, owned by root, filtered before anything is read."""
    if not path.exists():
        msg = f"{path}: no such file or directory"
        raise InputError(msg)
    if not path.is_dir():
        msg = f"{path}: not a directory"
        raise InputError(msg)
    root = str(path.resolve())
    seen: dict[str, list[Any]] = store.get("stat", root) or {}
    entries: dict[str, Entry] = {}
    fresh: dict[str, list[Any]] = {}
    keep, enter = selector(include, exclude), enters(include, exclude)
    _walk(store, root, "", keep, enter, seen, entries, fresh)
    if any(seen.get(name) != row for name, row in fresh.items()):
        store.put("stat", root, {**seen, **fresh})
    return Tree(dict(sorted(entries.items())))


def load_file(store: Store, path: Path) -> Entry:
    """One file as an entry."""
    if not path.exists():
        msg = f"{path}: no such file or directory"
        raise InputError(msg)
    if not path.is_file():
        msg = f"{path}: not a regular file"
        raise InputError(msg)
    info = path.stat()
    sha = keep_file(store, path)
    return Entry("f", stat.S_IMODE(info.st_mode), 0, 0, HOST_TIME, info.st_size, blob_path(store, sha), sha)


def keep_file(store: Store, path: Path) -> str:
    """Copy a file into the content store; gives its sha256."""
    digest = hashlib.sha256()
    scratch = store.scratch_file("in")
    with path.open("rb") as source, scratch.open("wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    sha = digest.hexdigest()
    place = Path(blob_path(store, sha))
    if place.exists():
        scratch.unlink()
    else:
        store.commit(scratch, place)
    return sha


def keep_bytes(store: Store, data: bytes) -> str:
    """Put bytes into the content store; gives their sha256."""
    sha = hashlib.sha256(data).hexdigest()
    place = Path(blob_path(store, sha))
    if not place.exists():
        scratch = store.scratch_file("bytes")
        scratch.write_bytes(data)
        store.commit(scratch, place)
    return sha


def blob_path(store: Store, sha: str) -> str:
    """Where a file's data is in the content store."""
    return f"{store.path}/files/{sha[:2]}/{sha}"


def _walk(
    store: Store,
    root: str,
    prefix: str,
    keep: Keep | None,
    enter: Callable[[str], bool],
    seen: dict[str, list[Any]],
    entries: dict[str, Entry],
    fresh: dict[str, list[Any]],
) -> None:
    with os.scandir(f"{root}/{prefix}") as items:
        listing = sorted(items, key=lambda item: item.name)
    for item in listing:
        path = prefix + item.name
        info = item.stat(follow_symlinks=False)
        folder = stat.S_ISDIR(info.st_mode)
        if keep is None or keep(path, folder):
            for parent in parents(path):
                if parent not in entries:
                    above = os.lstat(f"{root}/{parent}")
                    entries[parent] = Entry("d", stat.S_IMODE(above.st_mode), mtime=HOST_TIME)
            entry = _entry(store, item, info, path, seen, fresh)
            if entry is not None:
                entries[path] = entry
        if folder and enter(path):
            _walk(store, root, path + "/", keep, enter, seen, entries, fresh)


def _entry(
    store: Store,
    item: os.DirEntry[str],
    info: os.stat_result,
    path: str,
    seen: dict[str, list[Any]],
    fresh: dict[str, list[Any]],
) -> Entry | None:
    mode = stat.S_IMODE(info.st_mode)
    if stat.S_ISDIR(info.st_mode):
        return Entry("d", mode, mtime=HOST_TIME)
    if stat.S_ISLNK(info.st_mode):
        return Entry("l", 0o777, mtime=HOST_TIME, source=os.readlink(item.path))
    if not stat.S_ISREG(info.st_mode):
        return None
    known = seen.get(path)
    mark = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
    if known is not None and known[:4] == mark and os.path.exists(blob_path(store, known[4])):
        sha = known[4]
    else:
        sha = keep_file(store, Path(item.path))
    fresh[path] = [*mark, sha]
    return Entry("f", mode, 0, 0, HOST_TIME, info.st_size, blob_path(store, sha), sha)
