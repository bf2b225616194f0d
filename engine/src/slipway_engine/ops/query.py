"""The root of the API: versions and platforms."""

from __future__ import annotations

from slipway_engine import API_VERSION
from slipway_engine.api.registry import Context, op
from slipway_engine.platforms import NATIVE


@op("Query.version")
async def version(_ctx: Context, _self: None) -> str:
    """The version of the API that is served."""
    return API_VERSION


@op("Query.defaultPlatform")
async def default_platform(_ctx: Context, _self: None) -> str:
    """This machine's platform."""
    return NATIVE
