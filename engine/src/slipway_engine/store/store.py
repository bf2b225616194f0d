"""The cache on disk: where things live, small rows, and how a half-made entry can never be seen.

    <root>/index-N.sqlite   small JSON rows: (kind, key) → value
    <root>/files/ab/…       host files by content
    <root>/execs/<key>/     what an execution left: fs/ (the layer), m0/… (mounted directories), meta.json
    <root>/layers/<key>/    other layers, unpacked
    <root>/listings/<key>   what a stack of layers reads as
    <root>/blobs/           packed layers and image configurations, by digest
    <root>/volumes/<key>/   cache volumes
    <root>/tmp/<run>/       everything that is not finished; gone when the run ends, however it ends
    <root>/log/             one event log a run

A directory entry is made under tmp/ and renamed into place, so it is there whole or not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from slipway_engine.errors import HostError

_KEEP_LOGS = 20

_FULL = 1 << 16

# How often a lock that somebody else holds is tried.
_LOCK_SECONDS = 0.05

# Raise it when the meaning of a row changes: rows of another format are not read.
_FORMAT = 2


def default_root() -> Path:
    """`SLIPWAY_CACHE_DIR`, else `$XDG_CACHE_HOME/slipway`, else `~/.cache/slipway`."""
    named = os.environ.get("SLIPWAY_CACHE_DIR")
    if named:
        return Path(named).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "slipway"


class Store:
    """The cache directory of one user. Any number of runs may use it at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_root()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._shared = os.open(self.path / "in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._shared, fcntl.LOCK_SH)
            self._db = sqlite3.connect(
                self.path / f"index-{_FORMAT}.sqlite", timeout=30, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, value TEXT, expires REAL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            if is_full(self.path):
                raise HostError(no_space(self.path)) from error
            msg = f"{self.path}: cannot be used as the cache ({error}); set SLIPWAY_CACHE_DIR to a writable folder"
            raise HostError(msg) from error
        self.run = f"{os.getpid()}-{time.time_ns():x}"
        self._tmp: Path | None = None
        # Layers are packed and files are read in threads; they share the index and the folder of unfinished things.
        self._numbers = itertools.count(1)
        self._writing = threading.Lock()
        self._making = threading.Lock()

    def get(self, kind: str, key: str) -> Any | None:
        """The row's value, or None where there is none or it has expired."""
        row = self._db.execute("SELECT value, expires FROM rows WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        if row is None or (row[1] is not None and row[1] < time.time()):
            return None
        return json.loads(row[0])

    def put(self, kind: str, key: str, value: Any, ttl_seconds: float | None = None) -> None:
        """Write a row; it lives for `ttl_seconds`, or until it is pruned."""
        self.put_many(kind, [(key, value)], ttl_seconds)

    def put_many(self, kind: str, rows: list[tuple[str, Any]], ttl_seconds: float | None = None) -> None:
        """Write several rows in one transaction."""
        expires = None if ttl_seconds is None else time.time() + ttl_seconds
        values = [(kind, key, json.dumps(value, ensure_ascii=False), expires) for key, value in rows]
        try:
            with self._writing:
                try:
                    self._db.execute("BEGIN IMMEDIATE")
                    self._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", values)
                    self._db.execute("COMMIT")
                except sqlite3.Error:
                    with contextlib.suppress(sqlite3.Error):
                        self._db.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            msg = f"{self.path}: the index cannot be written: {error}; free some space or run `slipway prune`"
            raise HostError(msg) from error

    @property
    def tmp(self) -> Path:
        """This run's folder for what is not finished. Folders of runs that are gone are removed first."""
        with self._making:
            if self._tmp is None:
                root = self.path / "tmp"
                root.mkdir(exist_ok=True)
                for stale in root.iterdir():
                    if not _alive(stale.name):
                        shutil.rmtree(stale, ignore_errors=True)
                made = root / self.run
                made.mkdir()
                self._tmp = made
            return self._tmp

    def scratch(self, name: str = "d") -> Path:
        """A new empty directory under `tmp`."""
        path = self.scratch_file(name)
        path.mkdir()
        return path

    def scratch_file(self, name: str = "f") -> Path:
        """A path under `tmp` that nothing else uses."""
        return self.tmp / f"{name}{next(self._numbers)}"

    def commit(self, made: Path, place: Path) -> Path:
        """Rename a finished directory or file into its place; another run may have been first, then its entry stays."""
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            made.rename(place)
        except OSError:
            if not place.exists():
                raise
            remove(made)
        return place

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Held by one run at a time, across processes."""
        folder = self.path / "locks"
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextlib.asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[None]:
        """As `lock`, and by one task of this run; who waits lets the others of the run go on."""
        folder = self.path / "locks"
        folder.mkdir(exist_ok=True)
        # A lock belongs to the opened file, so two tasks of one process exclude each other too.
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_LOCK_SECONDS)
            yield
        finally:
            os.close(handle)

    def log_path(self) -> Path:
        """Where this run's event log goes; old ones are dropped."""
        folder = self.path / "log"
        folder.mkdir(exist_ok=True)
        for old in sorted(folder.glob("*.jsonl"))[: -_KEEP_LOGS + 1]:
            old.unlink(missing_ok=True)
        return folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{self.run}.jsonl"

    def prune(self) -> int:
        """Remove everything; refuses while another run uses the cache. Gives the bytes freed."""
        try:
            fcntl.flock(self._shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{self.path}: another run is using the cache; try again when it has ended"
            raise HostError(msg) from error
        freed = 0
        for name in (
            "execs",
            "layers",
            "listings",
            "files",
            "blobs",
            "volumes",
            "trees",
            "tarballs",
            "venvs",
            "modules",
            "buildah",
            "locks",
            "tmp",
            "log",
        ):
            freed += remove(self.path / name)
        self._db.execute("DELETE FROM rows")
        self._db.execute("VACUUM")
        self._tmp = None
        fcntl.flock(self._shared, fcntl.LOCK_SH)
        return freed

    def close(self) -> None:
        """Remove this run's unfinished things and close the index."""
        if self._tmp is not None:
            shutil.rmtree(self._tmp, ignore_errors=True)
            self._tmp = None
        self._db.close()
        os.close(self._shared)


def is_full(path: Path) -> bool:
    """Whether the disk of an existing folder has no room even for a message."""
    try:
        return shutil.disk_usage(path).free < _FULL
    except OSError:
        return False


def no_space(path: Path) -> str:
    """What to say of a cache on a full disk."""
    free = "free some space, run `slipway prune`, or set SLIPWAY_CACHE_DIR to a larger disk"
    return f"{path}: no space left on the cache's disk; {free}"


def remove(path: Path) -> int:
    """Remove a file or tree; gives the bytes on disk it held."""
    if not path.is_dir() or path.is_symlink():
        size = path.lstat().st_size if path.exists() or path.is_symlink() else 0
        path.unlink(missing_ok=True)
        return size
    freed = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):
                freed += os.lstat(f"{folder}/{name}").st_blocks * 512
    shutil.rmtree(path, ignore_errors=True)
    return freed


def _alive(run: str) -> bool:
    """Whether the process that made `<pid>-<time>` still runs."""
    pid = run.partition("-")[0]
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
