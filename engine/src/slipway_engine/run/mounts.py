"""Turning a container's mounts into podman options: caches, secrets, directories, services, certificates."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import InputError
from slipway_engine.run import certificates, overlay
from slipway_engine.run.secrets import plaintext
from slipway_engine.store.layers import Stack
from slipway_engine.values import digest_of

if TYPE_CHECKING:
    from slipway_engine.run.runner import Runner
    from slipway_engine.state import Container, Mount

_SECRETS = "/run/.slipway-secrets"

# A larger file (an image's tarball) is mounted as it is in the cache, read-only; a smaller one is copied.
_COPY_LIMIT = 1 << 24


@dataclass(slots=True)
class Plan:
    """Podman options, environment, mount points; `snapshots`: mounted directories, by path; `folders`: cache volumes."""

    options: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)
    snapshots: dict[str, overlay.Snapshot] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    secrets: list[bytes] = field(default_factory=list)
    exports: list[tuple[str, str]] = field(default_factory=list)
    workdir: str = ""

    def wrap(self, args: tuple[str, ...]) -> list[str]:
        """Secret variables are read inside the container: no process list and no container record has them."""
        if not self.exports:
            return list(args)
        # `echo .` also writes a newline, which "$(…)" drops; the dot protects newlines of the value itself.
        lines = "".join(f'v="$(cat {path}; echo .)"; export {name}="${{v%.}}"; ' for name, path in self.exports)
        return ["/bin/sh", "-c", f'{lines}unset v; exec "$@"', "sh", *args]

    def bind(self, source: Path | str, target: str, options: str = "") -> None:
        """Mount a path of the host."""
        self.options += ["--volume", f"{source}:{target}{':' + options if options else ''}"]
        self.targets.append(target)

    def locate(self, snap: overlay.Snapshot, path: str) -> Path | None:
        """Where an absolute path of the container is while it runs; None where it is in nothing that can be written."""
        roots = {"/": snap.root, **{at: each.root for at, each in self.snapshots.items()}, **self.folders}
        targets = {*self.targets, "/"}
        at = max((t for t in targets if path == t or path.startswith(t.rstrip("/") + "/")), key=len)
        return overlay.beneath(roots[at], path.removeprefix(at)) if at in roots else None


async def plan_mounts(runner: Runner, container: Container, scratch: Path, stack: AsyncExitStack) -> Plan:
    """Prepare every mount below `scratch`; `stack` undoes it."""
    plan = Plan()
    if runner.machine.ca_bundle:
        plan.bind(runner.machine.ca_bundle, certificates.PATH, "ro")
        plan.env.update(certificates.VARIABLES)
    lower = Stack.of(runner.store, container.chain)
    # In one order for all, each once: two commands that need the same two volumes must not wait for each other.
    for name in sorted({_volume(m) for m in container.mounts if m.volume is not None and m.volume.sharing != "SHARED"}):
        await stack.enter_async_context(runner.store.held(f"volume-{name}"))
    for number, mount in enumerate(container.mounts):
        await _one(runner, plan, mount, scratch / f"m{number}", lower, stack)
    for name, secret in container.secret_env:
        value = await plaintext(runner.engine, secret)
        source = _secret_file(runner, value, 0o444)
        target = f"{_SECRETS}/{len(plan.exports)}"
        plan.bind(source, target, "ro")
        plan.targets.append(_SECRETS)
        plan.exports.append((name, target))
        plan.secrets.append(value)
    for alias, ref in container.bindings:
        service = await runner.engine.evaluate(ref)
        address = await runner.engine.services.start(service)
        for host in {alias, service.hostname}:
            plan.options += ["--add-host", f"{host}:{address}"]
    return plan


async def _one(runner: Runner, plan: Plan, mount: Mount, scratch: Path, lower: Stack, stack: AsyncExitStack) -> None:
    store = runner.store
    if mount.kind == "directory":
        scratch.mkdir()
        stack.push_async_callback(overlay.unmount, scratch / "root")
        snap = await overlay.mount(store, mount.chain, scratch, rootless=runner.machine.rootless)
        if mount.owner:
            os.chown(snap.upper, *owner_ids(lower, mount.owner))
        plan.bind(snap.root, mount.path, "ro" if mount.read_only else "")
        plan.snapshots[mount.path] = snap
    elif mount.kind == "file" and mount.file is not None:
        large = mount.file.entry.size > _COPY_LIMIT
        source = Path(mount.file.entry.source) if large else await asyncio.to_thread(_own_file, scratch, mount, lower)
        plan.bind(source, mount.path, "ro" if large else "")
    elif mount.kind == "cache" and mount.volume is not None:
        place = store.path / "volumes" / _volume(mount)
        if not place.exists():
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o755)
        if mount.owner:
            os.chown(place, *owner_ids(lower, mount.owner))
        plan.bind(place, mount.path)
        plan.folders[mount.path] = place
    elif mount.kind == "secret" and mount.secret is not None:
        value = await plaintext(runner.engine, mount.secret)
        source = _secret_file(runner, value, mount.mode)
        if mount.owner:
            os.chown(source, *owner_ids(lower, mount.owner))
        plan.bind(source, mount.path, "ro")
        plan.secrets.append(value)
    elif mount.kind == "temp":
        plan.options += ["--tmpfs", mount.path + (f":size={mount.size}" if mount.size else "")]
        plan.targets.append(mount.path)
    elif mount.kind == "socket":
        plan.bind(mount.socket, mount.path)


def _volume(mount: Mount) -> str:
    assert mount.volume is not None
    return digest_of(mount.volume.key).removeprefix("sha256:")[:32]


def _own_file(scratch: Path, mount: Mount, lower: Stack) -> Path:
    """A private copy: what a command does to a mounted file must not reach the cache."""
    assert mount.file is not None
    entry = mount.file.entry
    try:
        shutil.copyfile(entry.source, scratch)
    except OSError as error:
        msg = f"{mount.path}: the file to mount cannot be read ({error})"
        raise InputError(msg) from error
    os.chmod(scratch, entry.mode)
    uid, gid = owner_ids(lower, mount.owner) if mount.owner else (entry.uid, entry.gid)
    os.chown(scratch, uid, gid)
    return scratch


def _secret_file(runner: Runner, value: bytes, mode: int) -> Path:
    """A file in the run's memory-backed folder, never on the disk."""
    path = runner.memory / f"s{runner.next_number()}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(value)
    path.chmod(mode)
    return path


def owner_ids(stack: Stack, owner: str) -> tuple[int, int]:
    """`user[:group]`, by name or number, looked up in the container's own files."""
    user, _, group = owner.partition(":")
    uid, primary = _lookup(stack, "etc/passwd", user)
    gid = _lookup(stack, "etc/group", group)[0] if group else primary
    return uid, gid


def _lookup(stack: Stack, path: str, name: str) -> tuple[int, int]:
    if name.isdigit():
        return int(name), int(name)
    for line in (stack.read_text(path) or "").splitlines():
        fields = line.split(":")
        if fields[0] == name and len(fields) > 2:
            return int(fields[2]), int(fields[3]) if len(fields) > 3 and fields[3].isdigit() else int(fields[2])
    msg = f"owner {name!r} is not in the container's /{path}; use a number or a name that exists"
    raise InputError(msg)
