"""Mounting a chain of layers with overlayfs: the upper folder is the new layer, nothing is copied or committed."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.errors import HostError, InputError
from slipway_engine.store.layers import Chain, folder_of
from slipway_engine.store.store import Store
from slipway_engine.store.tree import clean

# mount(2) takes one page of options.
_OPTIONS_LIMIT = 4000

# As the kernel has it.
_LINKS_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A mounted chain: `root` is what runs see, `upper` what they change."""

    root: Path
    upper: Path


async def mount(
    store: Store, chain: Chain, scratch: Path, *, rootless: bool = False, transient: Path | None = None
) -> Snapshot:
    """Mount `chain` under `scratch` with a fresh upper folder; `transient` is a folder above the chain, not of it."""
    upper, work, root = scratch / "fs", scratch / "work", scratch / "root"
    for path in (upper, work, root):
        path.mkdir()
    # What runs sees the upper folder's mode as that of its root, whatever the umask here.
    upper.chmod(0o755)
    folders = [await asyncio.to_thread(folder_of, store, layer) for layer in chain]
    if transient is not None:
        folders.append(str(transient))
    if not folders:
        empty = scratch / "empty"
        empty.mkdir()
        folders = [str(empty)]
    # Relative to the cache: an absolute path each would fill the kernel's page after some twenty layers.
    lower = ":".join(os.path.relpath(folder, store.path) for folder in reversed(folders))
    options = f"lowerdir={lower},upperdir={upper.relative_to(store.path)},workdir={work.relative_to(store.path)}"
    # Layers are also read without the kernel, so it must not write what only it understands; some kernels do by default.
    options += ",userxattr" if rootless else ",redirect_dir=off,metacopy=off"
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


def beneath(root: Path, path: str) -> Path:
    """`path` as a process sees it that has `root` for its `/`: a link in it never leads out of `root`."""
    done: list[str] = []
    parts, links = clean(path).split("/"), 0
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done[:-1]
            continue
        here = root.joinpath(*done, part)
        if not here.is_symlink():
            done.append(part)
            continue
        links += 1
        if links > _LINKS_LIMIT:
            msg = f"{path}: too many levels of symbolic links"
            raise InputError(msg)
        link = os.readlink(here)
        done = [] if link.startswith("/") else done
        parts = [*link.split("/"), *parts]
    return root.joinpath(*done)
