"""Runs commands and services in containers: podman over mounted snapshots, everything labelled, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import HostError
from slipway_engine.run import certificates, machine, network, overlay
from slipway_engine.run.mounts import Plan, plan_mounts
from slipway_engine.store.layers import Stack, canonical, folder_entry, is_opaque
from slipway_engine.store.tree import parents

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slipway_engine.engine import Engine
    from slipway_engine.state import Container

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LABEL = "dev.slipway.run"

# Podman writes these into a root file system; they are not part of what a command changed.
_STUBS = (
    "etc/mtab",
    "etc/hosts",
    "etc/hostname",
    "etc/resolv.conf",
    "run/.containerenv",
    "run/secrets",
    "run",
    "etc",
    "dev",
    "proc",
    "sys",
)


class Runner:
    """One run's containers. Made when the first one is needed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = engine.store
        self.machine = machine.inspect()
        machine.enter_private_mounts()
        self.label = f"{LABEL}={self.store.run}"
        # Network-bound steps gain from more than one a core; builds are mostly that.
        self.slots = asyncio.Semaphore(max(4, os.cpu_count() or 1))
        self.locks: dict[str, asyncio.Lock] = {}
        self._names: set[str] = set()
        self._count = 0
        self._reaper: asyncio.subprocess.Process | None = None
        self._network: asyncio.Future[str] | None = None
        self._starting = asyncio.Lock()

    @property
    def memory(self) -> Path:
        """A folder in memory, for secrets; it is a mount of this process's own and goes with it."""
        return self.store.tmp / "memory"

    def next_number(self) -> int:
        """A number that was not given before."""
        self._count += 1
        return self._count

    async def ready(self) -> None:
        """Have memory for secrets, and someone who cleans up should this process be killed."""
        async with self._starting:
            if self._reaper is None:
                self.memory.mkdir()
                mount = await asyncio.create_subprocess_exec(
                    "mount", "-t", "tmpfs", "-o", "mode=700,size=64m", "slipway", str(self.memory)
                )
                if await mount.wait() != 0:
                    msg = f"{self.memory}: no memory-backed folder could be mounted for secrets"
                    raise HostError(msg)
                script = str(Path(__file__).with_name("reaper.py"))
                self._reaper = await asyncio.create_subprocess_exec(
                    sys.executable, "-I", "-S", script, self.label, str(self.store.tmp),
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip

    @asynccontextmanager
    async def snapshot(self, container: Container) -> AsyncIterator[tuple[overlay.Snapshot, Plan, Path]]:
        """The container's file system and mounts, mounted while the body runs; stubs are removed afterwards."""
        await self.ready()
        scratch = self.store.scratch("exec")
        async with AsyncExitStack() as stack:
            lower, bundle = Stack.of(self.store, container.chain), self.machine.ca_bundle
            transient = certificates.layer(bundle, lower, scratch / "certificates") if bundle else None
            stack.push_async_callback(overlay.unmount, scratch / "root")
            snap = await overlay.mount(
                self.store, container.chain, scratch, rootless=self.machine.rootless, transient=transient
            )
            plan = await plan_mounts(self, container, scratch, stack)
            seen = [("/", snap.upper, lower)]
            seen += [
                (mount.path, plan.snapshots[mount.path].upper, Stack.of(self.store, mount.chain))
                for mount in container.mounts
                if mount.kind == "directory"
            ]
            stubs = [_missing(below, at, [other for other, _, _ in seen], plan.targets) for at, _, below in seen]
            if container.config.workdir and (place := plan.locate(snap, container.config.workdir)) is not None:
                place.mkdir(parents=True, exist_ok=True)
                # Podman does not follow a link in it.
                if place.is_relative_to(snap.root):
                    plan.workdir = f"/{place.relative_to(snap.root)}"
            try:
                yield snap, plan, scratch
            finally:
                for (_, upper, below), names in zip(seen, stubs, strict=True):
                    _remove_stubs(upper, names, below)
                if bundle:
                    certificates.withdraw(bundle, lower, snap.upper)

    async def network(self, container: Container) -> str:
        """Podman's network option for a command: the run's own, or one for itself where services are bound."""
        if container.bindings:
            return "bridge"
        if self._network is None:
            self._network = asyncio.ensure_future(network.hold(self))
        return await asyncio.shield(self._network)

    def options(self, network: str) -> list[str]:
        """What every container of this run is started with."""
        limits = [part for limit in self.machine.limits for part in ("--ulimit", limit)]
        return [
            "--label", self.label, "--runtime", self.machine.runtime, "--network", network, "--http-proxy=false",
            "--log-driver", "none", "--cgroups", "enabled", *limits,
        ]  # fmt: skip

    def command(
        self, container: Container, plan: Plan, root: Path, name: str, network: str, *, privileged: bool = False
    ) -> list[str]:
        """The podman arguments up to the root file system; the command follows."""
        config = container.config
        args = ["--name", name, *self.options(network), *plan.options]
        if privileged:
            args.append("--privileged")
        if config.user:
            args += ["--user", config.user]
        if config.workdir:
            args += ["--workdir", plan.workdir or config.workdir]
        for key, value in {
            "PATH": DEFAULT_PATH,
            **plan.env,
            **dict(config.env),
            **dict(container.volatile_env),
        }.items():
            args += ["--env", f"{key}={value}"]
        return [*args, "--rootfs", str(root)]

    def new_name(self, hint: str) -> str:
        """A container name of this run."""
        name = f"slipway-{hint}-{self.store.run}-{self.next_number()}"
        self._names.add(name)
        return name

    async def podman(self, *args: str, ok: bool = True) -> str:
        """Run podman itself; gives its output."""
        process = await asyncio.create_subprocess_exec(
            "podman", *args, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            # Ctrl-C is for the engine: podman, stopped half-way, would leave what it does not know of.
            start_new_session=True,
        )  # fmt: skip
        try:
            out, err = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        if ok and process.returncode != 0:
            msg = f"podman {args[0]} failed: {err.decode(errors='replace').strip()}"
            raise HostError(msg)
        return out.decode(errors="replace")

    async def forget(self, name: str) -> None:
        """Remove a container, whatever state it is in."""
        await self.podman("rm", "--force", "--time", "0", "--ignore", name, ok=False)
        self._names.discard(name)

    def drop_name(self, name: str) -> None:
        """A container that removed itself."""
        self._names.discard(name)

    def lock(self, name: str) -> asyncio.Lock:
        """One lock a name, for cache volumes that are used by one command at a time."""
        return self.locks.setdefault(name, asyncio.Lock())

    async def close(self) -> None:
        """Remove what is still there and dismiss the watcher."""
        if self._network is not None:
            # It may still be starting; what is not there yet cannot be removed.
            await asyncio.gather(self._network, return_exceptions=True)
        for name in list(self._names):
            await self.forget(name)
        if self._reaper is not None:
            self._reaper.kill()
            await self._reaper.wait()
            await overlay.unmount(self.memory)


def _missing(lower: Stack, at: str, mounted: list[str], targets: list[str]) -> list[str]:
    """Which mount points in what is mounted at `at`, and folders above them, do not exist below: deepest first."""
    wanted: set[str] = set()
    for target in [*(_STUBS if at == "/" else ()), *targets]:
        path = "/" + target.strip("/")
        home = max((other for other in mounted if path != other and path.startswith(other.rstrip("/") + "/")), key=len)
        if home == at:
            place = canonical(lower, path.removeprefix(at))
            wanted.update([*parents(place), place])
    return sorted((path for path in wanted if path and not lower.exists(path)), key=len, reverse=True)


def _remove_stubs(upper: Path, stubs: list[str], lower: Stack) -> None:
    """Remove the mount points that podman made, as long as nothing was put into them."""
    for stub in stubs:
        path = upper / stub
        if any((upper / parent).is_symlink() for parent in parents(stub)):
            continue  # made by the command; it may lead anywhere
        try:
            if path.is_symlink():
                # Podman's own: /etc/mtab.
                if os.readlink(path) == "/proc/mounts":
                    path.unlink()
            elif path.is_dir():
                path.rmdir()
            elif path.is_file() and path.stat().st_size == 0:
                path.unlink()
        except OSError:
            continue
    # Folders that were copied up only to hold a mount point say nothing new.
    for folder in {parent for stub in stubs for parent in parents(stub)}:
        there = folder_entry(lower, folder)
        path = upper / folder
        if there is None or path.is_symlink() or not path.is_dir() or is_opaque(str(path)):
            continue
        info = path.lstat()
        if (info.st_mode & 0o7777, info.st_uid, info.st_gid) == (there.mode, there.uid, there.gid):
            with contextlib.suppress(OSError):
                path.rmdir()
