"""A server in front of a real registry: passes requests on, counts bytes, and fails where it is told to.

It can also ask who is there: by name and password, or by tokens that it gives out itself.
"""

from __future__ import annotations

import base64
import contextlib
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from tests.support.registry import Certificate, Registry, free_address

_HOP = {"connection", "transfer-encoding", "keep-alive", "content-encoding"}


@dataclass(slots=True)
class Seen:
    """A request: its path with query, the bytes of its body that were read, and what was answered (0: nothing)."""

    method: str
    path: str
    authorization: str
    octets: int = 0
    status: int = 0


@dataclass(slots=True)
class Fault:
    """What happens to requests that match, after the first `after` of them, `times` times.

    `cut`: the connection is aborted when so many bytes of the body were read. `status`: that is answered in place of
    the registry. `change`: the registry's answer is changed.
    """

    method: str
    path: str
    after: int = 0
    times: int = 1_000_000
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    cut: int | None = None
    change: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]] | None = None
    met: int = 0

    def hits(self, request: web.Request) -> bool:
        """Whether this request is one of them; counts."""
        if request.method != self.method or not re.search(self.path, request.path):
            return False
        self.met += 1
        return self.after < self.met <= self.after + self.times


class FaultyRegistry:
    """The server. `address` is where it listens; `basic` and `tokens` are what it wants to see."""

    def __init__(self, upstream: Registry) -> None:
        self.upstream = upstream
        self.address = ""
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.basic: tuple[str, str] | None = None
        self.tokens: set[str] | None = None
        self.realm = ""
        self.scopes: list[tuple[str, ...]] = []
        self._session: aiohttp.ClientSession | None = None

    def fault(self, method: str, path: str, **how: object) -> Fault:
        """Fail from now on."""
        made = Fault(method, path, **how)  # type: ignore[arg-type]
        self.faults.append(made)
        return made

    def count(self, method: str, path: str = "") -> int:
        """How many requests there were."""
        return len([each for each in self.seen if each.method == method and re.search(path, each.path)])

    @property
    def uploaded(self) -> int:
        """The bytes of blobs that came."""
        return sum(each.octets for each in self.seen if "/blobs/" in each.path)

    @contextlib.asynccontextmanager
    async def running(self, tls: Certificate | None) -> AsyncIterator[FaultyRegistry]:
        """Listen while the body runs."""
        context = None
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.path, tls.key)
        application = web.Application()
        application.router.add_route("*", "/token", self._token)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self.address = free_address()
        host, _, port = self.address.partition(":")
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            self._session = session
            try:
                await web.TCPSite(runner, host, int(port), ssl_context=context).start()
                self.realm = f"{'https' if tls else 'http'}://{self.address}/token"
                yield self
            finally:
                await runner.cleanup()

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.scopes.append(tuple(request.query.getall("scope", [])))
        if self.basic and request.headers.get("Authorization") != self._basic_header():
            return web.json_response({"errors": [{"code": "UNAUTHORIZED", "message": "wrong password"}]}, status=401)
        token = f"token-{secrets.token_hex(8)}"
        assert self.tokens is not None
        self.tokens.add(token)
        return web.json_response({"token": token, "expires_in": 300})

    def _basic_header(self) -> str:
        assert self.basic is not None
        return "Basic " + base64.b64encode(":".join(self.basic).encode()).decode()

    def _refused(self, authorization: str) -> web.Response | None:
        if self.tokens is not None:
            if authorization.removeprefix("Bearer ") in self.tokens:
                return None
            challenge = f'Bearer realm="{self.realm}",service="tests"'
        elif self.basic is not None and authorization != self._basic_header():
            challenge = 'Basic realm="tests"'
        else:
            return None
        # Registries were seen to repeat what they were shown.
        told = {"errors": [{"code": "UNAUTHORIZED", "message": f"authentication required, not {authorization}"}]}
        return web.json_response(told, status=401, headers={"WWW-Authenticate": challenge})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(request.method, request.path_qs, request.headers.get("Authorization", ""))
        self.seen.append(seen)
        fault = next((each for each in self.faults if each.hits(request)), None)
        answer = self._refused(seen.authorization)
        if answer is None and fault is not None and fault.status:
            answer = web.Response(
                status=fault.status, headers=fault.headers, text=fault.body, content_type="application/json"
            )
        if answer is not None:
            async for chunk in request.content.iter_any():
                seen.octets += len(chunk)
            seen.status = answer.status
            return answer
        return await self._passed_on(request, seen, fault)

    async def _passed_on(self, request: web.Request, seen: Seen, fault: Fault | None) -> web.StreamResponse:
        cut = fault.cut if fault is not None else None

        async def body() -> AsyncIterator[bytes]:
            async for chunk in request.content.iter_any():
                seen.octets += len(chunk)
                if cut is not None and seen.octets >= cut:
                    assert request.transport is not None
                    request.transport.abort()
                    msg = "cut"
                    raise ConnectionResetError(msg)
                yield chunk

        assert self._session is not None
        kept = [(key, value) for key, value in request.headers.items() if key.lower() not in _HOP | {"authorization"}]
        headers = CIMultiDict(kept)  # skopeo sends several Accept
        url = f"http://{self.upstream.address}{request.path_qs}"
        data = body() if request.can_read_body else None
        try:
            async with self._session.request(
                request.method, url, headers=headers, data=data, allow_redirects=False
            ) as answer:
                content = await answer.read()
                told = {key: value for key, value in answer.headers.items() if key.lower() not in _HOP}
        except aiohttp.ClientError:
            assert request.transport is None or cut is not None
            return web.Response(status=502)
        if fault is not None and fault.change is not None:
            told, content = fault.change(told, content)
        seen.status = answer.status
        if request.method != "HEAD":
            told.pop("Content-Length", None)
        return web.Response(status=answer.status, headers=told, body=None if request.method == "HEAD" else content)


@contextlib.asynccontextmanager
async def faulty(upstream: Registry, tls: Certificate | None = None) -> AsyncIterator[FaultyRegistry]:
    """A server in front of `upstream`, by TLS where there is a certificate."""
    async with FaultyRegistry(upstream).running(tls) as made:
        yield made
