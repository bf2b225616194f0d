"""Packing a layer: the same files give the same bytes, on any machine and at any time.

Entries are sorted, owners numeric, times clamped: a file that was made after LAYER_TIME gets LAYER_TIME, older
times (of distribution packages, or set on purpose) stay. Compression is gzip by ISA-L, whose output depends only on
its input, level and version.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from isal import isal_zlib

from slipway_engine.store.host import HOST_TIME
from slipway_engine.store.layers import Layer, is_opaque, is_whiteout
from slipway_engine.store.store import Store
from slipway_engine.store.tree import Entry, entry_of, scan

LAYER_TIME = HOST_TIME
_LEVEL = 1
_CHUNK = 1 << 20

# 15 bits of window, and a gzip header without name or time.
_GZIP_WINDOW = 31


class _Sink:
    """Hashes what is written, compresses it, and hashes that too; in chunks, since tar writes 512 bytes at a time."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target = target
        self.plain = hashlib.sha256()
        self.packed = hashlib.sha256()
        self.size = 0
        self._waiting: list[bytes] = []
        self._length = 0
        self._position = 0
        self._gzip = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)

    def write(self, data: bytes) -> int:
        """Take bytes of the tar stream."""
        self._waiting.append(data)
        self._length += len(data)
        self._position += len(data)
        if self._length >= _CHUNK:
            self._drain()
        return len(data)

    def tell(self) -> int:
        """How much was taken; tarfile asks."""
        return self._position

    def finish(self) -> None:
        """Write what is left."""
        self._drain()
        self._out(self._gzip.flush())

    def _drain(self) -> None:
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._length = 0
        self.plain.update(data)
        self._out(self._gzip.compress(data))

    def _out(self, data: bytes) -> None:
        self.packed.update(data)
        self.size += len(data)
        self.target.write(data)


def pack(store: Store, layer: Layer) -> dict[str, str | int]:
    """Pack a layer into the blob store, once: {"diff_id", "digest", "size"} (size in bytes, compressed)."""
    known: dict[str, str | int] | None = store.get("packed", layer.key)
    if known is not None and blob(store, str(known["digest"])).exists():
        return known
    scratch = store.scratch("pack") / "layer"
    with scratch.open("wb") as target:
        sink = _Sink(target)
        with tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w", format=tarfile.PAX_FORMAT) as archive:
            links: dict[tuple[int, int], str] = {}
            for path, entry, whiteout in _entries(layer):
                _add(archive, path, entry, whiteout, links)
        sink.finish()
    digest = "sha256:" + sink.packed.hexdigest()
    store.commit(scratch, blob(store, digest))
    row: dict[str, str | int] = {"diff_id": "sha256:" + sink.plain.hexdigest(), "digest": digest, "size": sink.size}
    store.put("packed", layer.key, row)
    return row


def blob(store: Store, digest: str) -> Path:
    """Where a blob is kept."""
    return store.path / "blobs" / "sha256" / digest.removeprefix("sha256:")


def _entries(layer: Layer) -> Iterator[tuple[str, Entry, bool]]:
    if layer.tree is not None and not layer.folder:
        made = dict(layer.tree.entries)
        for path in layer.removed:
            made[path] = Entry("f", 0)
        for path in sorted(made):
            yield path, made[path], path in layer.removed and path not in layer.tree.entries
        return
    for path, item in scan(Path(layer.folder)):
        info = item.stat(follow_symlinks=False)
        if is_whiteout(info):
            yield path, Entry("f", 0, mtime=LAYER_TIME), True
            continue
        entry = entry_of(item.path, info)
        if entry is None:
            continue
        yield path, entry, False
        if entry.kind == "d" and is_opaque(item.path):
            yield f"{path}/.wh..opq", Entry("f", 0, mtime=LAYER_TIME), True


def _add(archive: tarfile.TarFile, path: str, entry: Entry, whiteout: bool, links: dict[tuple[int, int], str]) -> None:
    if whiteout:
        folder, _, name = path.rpartition("/")
        info = tarfile.TarInfo(f"{folder}/.wh.{name}".lstrip("/"))
        info.mtime = LAYER_TIME
        archive.addfile(info)
        return
    info = tarfile.TarInfo(path)
    info.mode, info.uid, info.gid = entry.mode, entry.uid, entry.gid
    info.mtime = min(entry.mtime, LAYER_TIME)
    if entry.kind == "d":
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    elif entry.kind == "l":
        info.type, info.linkname = tarfile.SYMTYPE, entry.source
        archive.addfile(info)
    else:
        with open(entry.source, "rb") as data:
            stat = os.fstat(data.fileno())
            mark = (stat.st_dev, stat.st_ino)
            # Files of one layer that share an inode stay one file; content-store files share by content, not by intent.
            if stat.st_nlink > 1 and not entry.sha:
                if mark in links:
                    info.type, info.linkname = tarfile.LNKTYPE, links[mark]
                    archive.addfile(info)
                    return
                links[mark] = path
            info.size = stat.st_size
            archive.addfile(info, data)
