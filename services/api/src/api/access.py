"""A request id for every request, and for each answer one log line and its metrics."""

import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.metrics import Metrics

_log = logs.EventLog("api.access")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBES = frozenset({"/healthz", "/readyz"})


class AccessLog:
    """ASGI middleware; takes over a caller's ``X-Request-ID`` and sends it back.

    A defect of the service is answered here, with 500: further out, where the framework would
    do it, the answer could have no request id, which is what to look for in the log.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else secrets.token_hex(8)
        logs.request_id.set(request_id)
        status: int | None = None
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            _log.error("request_failed", error)
            if status is not None:  # too late for another answer: the connection is cut
                raise
            failure = JSONResponse({"detail": "the service failed; its log tells why"}, 500)
            await failure(scope, receive, send_with_id)
        finally:
            self._record(scope, status or 500, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.observe(scope["method"], route, status, seconds)
        # Probes come every few seconds; only their failures are news.
        if scope["path"] not in _PROBES or status >= 500:  # noqa: PLR2004  # server errors
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


def _route(scope: Scope) -> str | None:
    """Return the route's template: a path that fits none may hold anything."""
    return getattr(scope.get("route"), "path", None)
