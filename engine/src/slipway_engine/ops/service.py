"""Service: a container that stays up for those that are bound to it."""

from __future__ import annotations

from dataclasses import replace

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.ops.container_exec import command_line
from slipway_engine.run.execute import identity
from slipway_engine.state import Container, Port, Service
from slipway_engine.values import digest_of


@op("Container.asService")
async def as_service(
    ctx: Context,
    self: Container,
    *,
    args: list[str] | None = None,
    use_entrypoint: bool = False,
    experimental_privileged_nesting: bool = False,
    insecure_root_capabilities: bool = False,
    expand: bool = False,
    no_init: bool = False,
) -> Service:
    """The container as a service; expose its ports before."""
    if experimental_privileged_nesting:
        msg = "Container.asService(experimentalPrivilegedNesting:) is not served by the embedded engine"
        raise InputError(msg)
    words = command_line(self, args or [], use_entrypoint=use_entrypoint)
    config = self.config
    key = digest_of(
        [
            "service", *await identity(ctx.engine, self), list(words), insecure_root_capabilities,
            str(config.ports), str(config.health),
        ]
    )  # fmt: skip
    return Service(key, self, words, digest_of(key).removeprefix("sha256:")[:13], insecure_root_capabilities)


@op("Service.withHostname")
async def with_hostname(_ctx: Context, self: Service, *, hostname: str) -> Service:
    """The service under this name."""
    return replace(self, hostname=hostname)


@op("Service.hostname")
async def hostname(_ctx: Context, self: Service) -> str:
    """The name that bound containers may use."""
    return self.hostname


@op("Service.ports")
async def ports(_ctx: Context, self: Service) -> list[Port]:
    """The exposed ports."""
    return list(self.container.config.ports)


@op("Service.endpoint")
async def endpoint(ctx: Context, self: Service, *, port: int | None = None, scheme: str = "") -> str:
    """`address:port`, reachable from this machine; starts the service."""
    wanted = port or next((p.port for p in self.container.config.ports), None)
    if wanted is None:
        msg = "Service.endpoint: the service exposes no port; use withExposedPort before asService"
        raise InputError(msg)
    where = f"{await ctx.engine.services.start(self)}:{wanted}"
    return f"{scheme}://{where}" if scheme else where


@op("Service.start")
async def start(ctx: Context, self: Service) -> str:
    """Start it now; gives its handle."""
    await ctx.engine.services.start(self)
    return _handle(ctx)


@op("Service.stop")
async def stop(ctx: Context, self: Service, *, kill: bool = False) -> str:
    """Stop it now; gives its handle."""
    await ctx.engine.services.stop(self)
    return _handle(ctx)


def _handle(ctx: Context) -> str:
    parent = ctx.parent
    assert parent is not None
    ctx.engine.save(parent)
    return str(parent)
