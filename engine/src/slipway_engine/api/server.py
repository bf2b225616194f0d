"""Dagger's session protocol: `POST /query` on loopback, a token a client."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

Message = dict[str, Any]


class Server:
    """Serves one engine to any number of clients, told apart by their tokens."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls: dict[str, Any] = {}
        # The protocol is named so that asyncio turns Nagle's algorithm off: 2 ms a request instead of 45.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))

    def session(self, call: Any) -> dict[str, str]:
        """What a client's environment needs."""
        token = secrets.token_hex(16)
        self.calls[token] = call
        port = self._socket.getsockname()[1]
        return {"DAGGER_SESSION_PORT": str(port), "DAGGER_SESSION_TOKEN": token}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve while the body runs."""
        config = uvicorn.Config(
            self._app,
            log_config=None,
            interface="asgi3",
            lifespan="off",
            access_log=False,
            http="h11",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,method-assign,unused-ignore]  # the command line owns signals
        server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]  # as above
        task = asyncio.create_task(server.serve(sockets=[self._socket]))
        try:
            yield
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._socket.close()

    async def _app(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        token = _token(scope)
        if token not in self.calls:
            await _answer(send, 401, {"errors": [{"message": "unauthorized: this session's token is needed"}]})
            return
        if scope["path"] != "/query" or scope["method"] != "POST":
            await _answer(send, 404, {"errors": [{"message": "not found: this server has only POST /query"}]})
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        try:
            document = json.loads(body)["query"]
        except (ValueError, KeyError, TypeError):
            await _answer(send, 400, {"errors": [{"message": 'the body must be JSON with a "query"'}]})
            return
        await _answer(send, 200, await self.engine.query(document, self.calls[token]))


def _token(scope: Message) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization" and value.lower().startswith(b"basic "):
            with contextlib.suppress(ValueError):
                decoded: str = base64.b64decode(value[6:]).decode("utf-8", "replace")
                return decoded.partition(":")[0]
    return ""


async def _answer(send: Callable[[Message], Awaitable[None]], status: int, payload: Message) -> None:
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogateescape")
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
