"""Secret: values are kept in memory and named by a keyed hash; they reach commands and nothing else."""

from __future__ import annotations

from slipway_engine.api.registry import Context, op
from slipway_engine.run.secrets import plaintext
from slipway_engine.state import Secret


@op("Query.setSecret")
async def set_secret(ctx: Context, _self: None, *, name: str, plaintext: str) -> Secret:
    """A secret from a value. The engine's request layer has already replaced the value by its handle."""
    return Secret(name, key=plaintext)


@op("Query.secret")
async def secret(_ctx: Context, _self: None, *, uri: str, cache_key: str | None = None) -> Secret:
    """A secret from an address."""
    return Secret("", uri=uri)


@op("Secret.name")
async def name(_ctx: Context, self: Secret) -> str:
    """The name it was set under; empty for one from an address."""
    return self.name


@op("Secret.uri")
async def uri(_ctx: Context, self: Secret) -> str:
    """The address it is read from."""
    return self.uri


@op("Secret.plaintext")
async def value(ctx: Context, self: Secret) -> str:
    """The value itself."""
    return (await plaintext(ctx.engine, self)).decode("utf-8", "surrogateescape")
