"""Mounting a chain of layers with overlayfs: the upper folder is the new layer, nothing is copied or committed."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.errors import HostError
from slipway_engine.store.layers import Chain, folder_of
from slipway_engine.store.store import Store

# mount(2) takes one page of options.
_OPTIONS_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A mounted chain: `root` is what runs see, `upper` what they change."""

    root: Path
    upper: Path


async def mount(store: Store, chain: Chain, scratch: Path, *, rootless: bool = False) -> Snapshot:
    """Mount `chain` under `scratch` with a fresh upper folder."""
    upper, work, root = scratch / "fs", scratch / "work", scratch / "root"
    for path in (upper, work, root):
        path.mkdir()
    folders = [await asyncio.to_thread(folder_of, store, layer) for layer in chain]
    if not folders:
        empty = scratch / "empty"
        empty.mkdir()
        folders = [str(empty)]
    # Relative to the cache: an absolute path each would fill the kernel's page after some twenty layers.
    lower = ":".join(os.path.relpath(folder, store.path) for folder in reversed(folders))
    options = f"lowerdir={lower},upperdir={upper.relative_to(store.path)},workdir={work.relative_to(store.path)}"
    if rootless:
        options += ",userxattr"
    if len(options) > _OPTIONS_LIMIT:
        msg = f"a container of {len(folders)} layers is too deep for overlayfs; join directories before adding them"
        raise HostError(msg)
    process = await asyncio.create_subprocess_exec(
        "mount", "-t", "overlay", "overlay", "-o", options, str(root),
        cwd=store.path, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, err = await process.communicate()
    if process.returncode != 0:
        msg = (
            f"{store.path}: overlayfs cannot be mounted here ({err.decode().strip()}); "
            "set SLIPWAY_CACHE_DIR to a folder on ext4, xfs or btrfs"
        )
        raise HostError(msg)
    return Snapshot(root, upper)


async def unmount(root: Path) -> None:
    """Undo `mount`; lazily, so that a straggler cannot hold us up."""
    process = await asyncio.create_subprocess_exec("umount", "-l", str(root), stderr=asyncio.subprocess.DEVNULL)
    await process.wait()
