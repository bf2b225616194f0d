"""One registry, one login: requests with their authorization, tries and errors."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from slipway_engine import __version__
from slipway_engine.registry.authorization import Authorization, Scopes
from slipway_engine.registry.errors import RegistryError, failed, nowhere, refused, speaks_no_tls
from slipway_engine.registry.location import INSECURE, endpoint, loopback, schemes, trust
from slipway_engine.registry.logins import Login
from slipway_engine.registry.retry import patiently, retry_after

T = TypeVar("T")

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)
# Seconds. A registry may copy a blob to where it keeps it before it answers.
_TIMEOUT = httpx.Timeout(30, connect=10, pool=None)
_UPLOAD_TIMEOUT = httpx.Timeout(300, connect=10, write=60, pool=None)
_CONNECTIONS = httpx.Limits(max_connections=16, max_keepalive_connections=16)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a registry: `target` is a path below /v2/, or where the registry sent us; `name` is for errors."""

    method: str
    target: str
    scopes: Scopes
    wanted: tuple[int, ...] = (200,)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], AsyncIterator[bytes]] | bytes | None = None
    name: str = ""


async def _only_where_allowed(request: httpx.Request) -> None:
    """Stop a request without TLS, to wherever a registry or a redirection sends us."""
    if request.url.scheme not in schemes(request.url.netloc.decode()):
        name = f"{request.method} {request.url.copy_with(query=None)}"
        raise RegistryError(name, "this address is without TLS", f"plain HTTP is for loopback, and hosts in {INSECURE}")


def pulling(repository: str) -> str:
    """The scope for reading."""
    return f"repository:{repository}:pull"


def pushing(repository: str) -> str:
    """The scope for reading and writing."""
    return f"repository:{repository}:pull,push"


class Client:
    """Talks to one registry. Its scheme is found out by greeting it, before the first request."""

    def __init__(self, host: str, login: Login | None, say: Callable[[str], None]) -> None:
        self.host = host
        self._say = say
        # The environment's proxies are for the world outside.
        self._http = httpx.AsyncClient(
            verify=trust(), timeout=_TIMEOUT, limits=_CONNECTIONS, trust_env=not loopback(host),
            headers={"User-Agent": f"slipway/{__version__}"}, event_hooks={"request": [_only_where_allowed]},
        )  # fmt: skip
        self._authorization = Authorization(login, self._token)
        self._base = ""
        self._greeting = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def base(self) -> str:
        """`https://host`; or `http://host`, where that is allowed and the registry does not speak TLS."""
        async with self._greeting:
            if not self._base:
                self._base = await self._greet()
        return self._base

    async def digest(self, repository: str, tag: str) -> str:
        """The digest that a tag has now: of the index, where it is one of several platforms' images.

        A registry that cannot be reached is not tried again: the caller has another way.
        """
        return await self.patiently(lambda: self._digest(repository, tag), hopeful=False)

    async def request(self, request: Request) -> httpx.Response:
        """The answer, tried again while that is worth it. Raises RegistryError for one that is not wanted."""
        return await self.patiently(lambda: self.once(request))

    async def holds(self, request: Request) -> bool:
        """Whether the registry has it. What it cannot tell even at the last try, it is taken not to have.

        A registry whose disk was full keeps empty files, and cannot read them until they are pushed again.
        """
        try:
            answer = await self.request(replace(request, wanted=(200, 404)))
        except RegistryError as error:
            if error.status < 500:
                raise
            self._say(f"! {error.request}: {error.what}; pushing it as if it were not there")
            return False
        return answer.status_code == 200

    async def patiently(self, attempt: Callable[[], Awaitable[T]], *, hopeful: bool = True) -> T:
        """`attempt`, tried again while that is worth it; `hopeful`: also where nobody was there."""
        return await patiently(attempt, say=self._say, hopeful=hopeful)

    async def once(self, request: Request) -> httpx.Response:
        """The answer to one try; a token that has ended is renewed once."""
        base = await self.base()
        header = await self._authorization.header(request.scopes)
        answer = await self._send(base, request, header)
        if answer.status_code == 401:
            self._authorization.learn(answer)
            self._authorization.forget(request.scopes, header)
            renewed = await self._authorization.header(request.scopes)
            if renewed != header or "Bearer" in renewed.get("Authorization", ""):
                header = renewed
                answer = await self._send(base, request, header)
        if request.method == "HEAD" and 400 <= answer.status_code < 429 and answer.status_code not in request.wanted:
            # The registry's words are in a body, and HEAD has none.
            worded = await self._send(base, replace(request, method="GET"), header)
            answer = worded if worded.status_code == answer.status_code else answer
        return self._checked(answer, request.wanted, self._name(base, request))

    async def _greet(self) -> str:
        for scheme in schemes(self.host):
            base = f"{scheme}://{endpoint(self.host)}"
            name = f"GET {base}/v2/"
            try:
                answer = await self._http.get(f"{base}/v2/")
            except httpx.HTTPError as error:
                if speaks_no_tls(error) and scheme == "https":
                    last = RegistryError(
                        name, "it does not speak TLS", f"plain HTTP is for loopback, and hosts in {INSECURE}"
                    )
                    continue
                raise failed(name, error, self._authorization.hide) from error
            # What speaks TLS answers plain HTTP too, with a refusal.
            if answer.status_code >= 429 or (scheme == "http" and answer.status_code not in (200, 401)):
                self._checked(answer, (200,), name)
            self._authorization.learn(answer)
            return base
        raise last

    async def _digest(self, repository: str, tag: str) -> str:
        target, scopes = f"{repository}/manifests/{tag}", (pulling(repository),)
        # HEAD is free where GET counts as a pull.
        answer = await self.once(Request("HEAD", target, scopes, (200,), {"Accept": MANIFESTS}))
        digest = str(answer.headers.get("Docker-Content-Digest"))
        if _DIGEST.fullmatch(digest):
            return digest
        # Not every registry says it.
        answer = await self.once(Request("GET", target, scopes, (200,), {"Accept": MANIFESTS}))
        return "sha256:" + hashlib.sha256(answer.content).hexdigest()

    async def _send(self, base: str, request: Request, header: Mapping[str, str]) -> httpx.Response:
        url = self._url(base, request)
        body = request.body() if callable(request.body) else request.body
        # Where else a registry sends us is not told who we are.
        shown = header if urlsplit(url).netloc == urlsplit(base).netloc else {}
        timeout = _TIMEOUT if request.body is None else _UPLOAD_TIMEOUT
        try:
            return await self._http.request(
                request.method, url, content=body, headers={**request.headers, **shown}, timeout=timeout,
                follow_redirects=request.method in ("GET", "HEAD"),
            )  # fmt: skip
        except httpx.HTTPError as error:
            raise failed(self._name(base, request), error, self._authorization.hide) from error

    def _url(self, base: str, request: Request) -> str:
        url = urljoin(f"{base}/v2/", request.target)
        here, there = urlsplit(base), urlsplit(url)
        if there.netloc == here.netloc:
            # Behind a proxy a registry may not know that it is spoken to by TLS.
            return there._replace(scheme=here.scheme).geturl()
        return url

    def _name(self, base: str, request: Request) -> str:
        return request.name or f"{request.method} {urljoin(f'{base}/v2/', request.target).partition('?')[0]}"

    def _checked(self, answer: httpx.Response, wanted: tuple[int, ...], name: str) -> httpx.Response:
        if answer.status_code in wanted:
            return answer
        authorization = self._authorization
        error = refused(name, answer, self.host, signed_in=authorization.login is not None, hide=authorization.hide)
        error.retry_after = retry_after(answer.headers.get("Retry-After"))
        raise error

    async def _token(self, realm: str, query: list[tuple[str, str]], headers: dict[str, str]) -> httpx.Response:
        where = urlsplit(realm)
        name = f"GET {where._replace(query='').geturl()} (a token for {' '.join(v for k, v in query if k == 'scope')})"
        try:
            url = httpx.URL(realm).copy_merge_params(tuple(query))
            answer = await self._http.get(url, headers=headers)
        except httpx.InvalidURL as error:
            raise nowhere(name, realm) from error
        except httpx.HTTPError as error:
            raise failed(name, error, self._authorization.hide) from error
        return self._checked(answer, (200,), name)
