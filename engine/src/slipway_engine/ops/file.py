"""File: reading, renaming, writing out."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.ops.container_files import new_file
from slipway_engine.ops.host import host_path
from slipway_engine.state import File
from slipway_engine.values import digest_of


@op("Query.file")
async def file(ctx: Context, _self: None, *, name: str, contents: str, permissions: int = 0o644) -> File:
    """A file from text."""
    return new_file(ctx, name, contents, permissions)


@op("File.contents")
async def contents(
    _ctx: Context, self: File, *, offset_lines: int | None = None, limit_lines: int | None = None
) -> str:
    """The text; `offset_lines` and `limit_lines` cut it."""
    text = (await asyncio.to_thread(Path(self.entry.source).read_bytes)).decode("utf-8", "replace")
    if offset_lines is None and limit_lines is None:
        return text
    lines = text.splitlines(keepends=True)[offset_lines or 0 :]
    return "".join(lines if limit_lines is None else lines[:limit_lines])


@op("File.size")
async def size(_ctx: Context, self: File) -> int:
    """The size in bytes."""
    return self.entry.size


@op("File.name")
async def name(_ctx: Context, self: File) -> str:
    """The base name."""
    return self.name


@op("File.digest")
async def digest(_ctx: Context, self: File, *, exclude_metadata: bool = False) -> str:
    """The content's digest, with or without mode and owner."""

    def read() -> str:
        import hashlib

        with Path(self.entry.source).open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()

    sha = await asyncio.to_thread(read)
    if exclude_metadata:
        return f"sha256:{sha}"
    return digest_of(["file", sha, self.entry.mode, self.entry.uid, self.entry.gid])


@op("File.withName")
async def with_name(_ctx: Context, self: File, *, name: str) -> File:
    """The same file under another name."""
    return File(name, self.entry, digest_of([self.key, name]))


@op("File.withTimestamps")
async def with_timestamps(_ctx: Context, self: File, *, timestamp: int) -> File:
    """The same file with this modification time (seconds since 1970)."""
    return replace(self, entry=replace(self.entry, mtime=timestamp), recipe=digest_of([self.key, timestamp]))


@op("File.export")
async def export(_ctx: Context, self: File, *, path: str, allow_parent_dir_path: bool = False) -> str:
    """Write the file on the host; gives the path."""
    target = host_path(path)
    if allow_parent_dir_path and target.is_dir():
        target = target / self.name
    return await write_file(self, target)


async def write_file(made: File, target: Path) -> str:
    """Write a file beside its place and rename it, so that it is never there half."""

    def write() -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            os.close(handle)
            try:
                shutil.copyfile(made.entry.source, scratch)
                os.chmod(scratch, made.entry.mode)
                os.replace(scratch, target)
            except BaseException:
                os.unlink(scratch)
                raise
        except OSError as error:
            msg = f"{target}: the file cannot be written ({error.strerror})"
            raise InputError(msg) from error

    await asyncio.to_thread(write)
    return str(target)
