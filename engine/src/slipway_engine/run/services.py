"""Services: containers that stay up while something is bound to them; each is started once a run."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import ServiceError
from slipway_engine.platforms import require_native
from slipway_engine.run.secrets import redacted

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.state import Service

_START_SECONDS = 90
_LOG_TAIL = 40

# As /proc/net/tcp writes them: the state of a listening socket, and 127.0.0.1.
_LISTEN = "0A"
_LOOPBACK = "0100007F"


@dataclass(slots=True)
class Running:
    """A started service. `address`: its IP in podman's network."""

    name: str
    address: str
    log: Path
    mounts: AsyncExitStack


class Services:
    """The services of one run, by value: two bindings of the same service share it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._running: dict[tuple[str, str], asyncio.Task[Running]] = {}

    async def start(self, service: Service) -> str:
        """Start the service unless it runs; gives its address once it is ready."""
        require_native(service.container.platform, "asService")
        task = self._running.get((service.key, service.hostname))
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(self._start(service))
            self._running[service.key, service.hostname] = task
        return (await asyncio.shield(task)).address

    async def stop(self, service: Service) -> None:
        """Stop the service if it runs."""
        task = self._running.pop((service.key, service.hostname), None)
        if task is not None:
            await self._stop(task)

    async def close(self) -> None:
        """Stop them all."""
        tasks = list(self._running.values())
        self._running.clear()
        await asyncio.gather(*(self._stop(task) for task in tasks))

    async def _stop(self, task: asyncio.Task[Running]) -> None:
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            running = await task
            await self.engine.runner().forget(running.name)
            await running.mounts.aclose()

    async def _start(self, service: Service) -> Running:
        runner = self.engine.runner()
        title = f"service {service.hostname}: {shlex.join(service.args)}"[:90]
        mounts = AsyncExitStack()
        with self.engine.progress.task(title):
            try:
                snap, plan, scratch = await mounts.enter_async_context(runner.snapshot(service.container))
                name = runner.new_name("service")
                log = scratch / "log"
                options = runner.command(
                    service.container, plan, snap.root, name, "bridge", privileged=service.privileged
                )
                options[options.index("--log-driver") + 1] = "k8s-file"
                await runner.podman("run", "--detach", "--log-opt", f"path={log}", *options, *plan.wrap(service.args))
                mounts.push_async_callback(runner.forget, name)
                address = await self._address(name)
                await self._ready(service, name, log, plan.secrets)
            except BaseException:
                await asyncio.shield(mounts.aclose())
                raise
        self.engine.log.write("service", command=title, address=address)
        return Running(name, address, log, mounts)

    async def _address(self, name: str) -> str:
        form = "{{.NetworkSettings.IPAddress}}"
        return (await self.engine.runner().podman("inspect", "--format", form, name)).strip()

    async def _ready(self, service: Service, name: str, log: Path, secrets: list[bytes]) -> None:
        """The health check where the image has one, else every exposed port."""
        deadline = time.monotonic() + _START_SECONDS
        health = service.container.config.health
        ports = [
            port.port
            for port in service.container.config.ports
            if port.protocol == "TCP" and not port.experimental_skip_healthcheck
        ]
        why = "it has not started"
        while time.monotonic() < deadline:
            state = await self.engine.runner().podman(
                "inspect", "--format", "{{.State.Status}} {{.State.Pid}}", name, ok=False
            )
            status, _, pid = state.strip().partition(" ")
            if status in ("exited", "stopped", ""):
                msg = f"service {service.hostname} ended before it was ready:\n{_tail(log, secrets)}"
                raise ServiceError(msg)
            if health is not None and health.args:
                args = ["sh", "-c", " ".join(health.args)] if health.shell else list(health.args)
                process = await asyncio.create_subprocess_exec(
                    "podman", "exec", name, *args, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
                )
                out, _ = await process.communicate()
                if process.returncode == 0:
                    return
                why = f"its health check ends with {process.returncode}: {out.decode(errors='replace').strip()[-300:]}"
            else:
                closed = sorted(set(ports) - _listening(pid))
                if not closed:
                    return
                why = f"nothing listens on port {', '.join(map(str, closed))}"
            await asyncio.sleep(0.2)
        msg = f"service {service.hostname} was not ready after {_START_SECONDS} s: {why}\n{_tail(log, secrets)}"
        raise ServiceError(msg)


def _listening(pid: str) -> set[int]:
    """The TCP ports on which a container listens for others, read from the kernel: reaching it may take its own network."""
    found: set[int] = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for _, local, _, state, *_ in map(str.split, lines):
            address, _, port = local.partition(":")
            if state == _LISTEN and address != _LOOPBACK:
                found.add(int(port, 16))
    return found


def _tail(log: Path, secrets: list[bytes]) -> str:
    try:
        lines = redacted(log.read_bytes(), secrets).decode(errors="replace").splitlines()
    except OSError:
        return "(no output)"
    # k8s-file: "<time> stdout F <text>"
    return "\n".join(line.split(" ", 3)[-1] for line in lines[-_LOG_TAIL:]) or "(no output)"
