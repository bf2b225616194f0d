"""Ways for a server to fail in the middle of an answer."""

import asyncio
from typing import NoReturn

from aiohttp import web


async def broken_off(request: web.Request) -> web.StreamResponse:
    """Promise a long answer and close the connection after its beginning."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(b'{"ok": true, "choices": [{"mess')
    if request.transport is not None:
        request.transport.close()
    return response


async def hang() -> NoReturn:
    """Say nothing until the other side, or the end of the server, gives up."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError("nobody ends it")
