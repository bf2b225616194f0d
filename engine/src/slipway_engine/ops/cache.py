"""CacheVolume: a folder that outlives executions."""

from __future__ import annotations

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.state import Volume
from slipway_engine.values import Ref


@op("Query.cacheVolume")
async def cache_volume(
    _ctx: Context, _self: None, *, key: str, source: Ref | None = None, sharing: str = "SHARED", owner: str = ""
) -> Volume:
    """The volume of that name."""
    if source is not None:
        msg = "cacheVolume(source:): the embedded engine does not fill cache volumes; copy in a command"
        raise InputError(msg)
    return Volume(key, sharing, owner)
