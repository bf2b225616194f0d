"""A request id for every request, and one log line for each that was answered."""

import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs

_log = logs.EventLog("api.access")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBES = frozenset({"/healthz", "/readyz"})


class AccessLog:
    """ASGI middleware; takes over a caller's ``X-Request-ID`` and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else secrets.token_hex(8)
        logs.request_id.set(request_id)
        status = 500
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            # Probes come every few seconds; only their failures are news.
            if scope["path"] not in _PROBES or status >= 500:  # noqa: PLR2004  # server errors
                _log.info(
                    "request",
                    method=scope["method"],
                    route=_route(scope),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )


def _route(scope: Scope) -> str | None:
    """Return the route's template: a path that fits none may hold anything."""
    return getattr(scope.get("route"), "path", None)
