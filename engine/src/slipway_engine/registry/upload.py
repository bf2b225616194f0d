"""Bringing blobs to a registry: each once a repository, and from another repository where that has it already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import httpx

from slipway_engine.registry.client import Client, Request, pulling, pushing
from slipway_engine.registry.errors import RegistryError, nowhere

# Several uploads share the way to the registry; more of them are no faster, and cost it memory.
_AT_ONCE = 6
_CHUNK = 1 << 20

Way = Literal["uploaded", "mounted", "there"]


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob on disk."""

    digest: str
    path: Path
    size: int

    def __str__(self) -> str:
        return f"{self.digest[:19]} ({self.size / 1e6:.1f} MB)"


class Uploads:
    """What a registry's repositories are known to hold. `show` names an upload while it runs."""

    def __init__(self, client: Client, show: Callable[[str], AbstractContextManager[None]]) -> None:
        self._client = client
        self._show = show
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._held: dict[str, dict[str, asyncio.Future[Way]]] = {}

    async def bring(self, blob: Blob, repository: str) -> Way:
        """Have the blob in the repository; gives how it came there. Whoever asks at the same time waits for the first.

        Raises RegistryError where it could not be brought there.
        """
        holders = self._held.setdefault(blob.digest, {})
        future = holders.get(repository)
        if future is None or _lost(future):
            others = [(name, other) for name, other in holders.items() if name != repository and not _lost(other)]
            future = asyncio.ensure_future(self._brought(blob, repository, others))
            holders[repository] = future
            return await asyncio.shield(future)
        await asyncio.shield(future)
        return "there"

    def note(self, digests: Iterable[str], repository: str) -> None:
        """A repository was found to hold these."""
        loop = asyncio.get_running_loop()
        for digest in digests:
            holders = self._held.setdefault(digest, {})
            if repository not in holders or _lost(holders[repository]):
                holders[repository] = loop.create_future()
                holders[repository].set_result("there")

    def forget(self, digests: Iterable[str], repository: str) -> None:
        """A repository turned out not to hold all of these."""
        for digest in digests:
            future = self._held.get(digest, {}).get(repository)
            if future is not None and future.done():
                del self._held[digest][repository]

    async def close(self) -> None:
        """End what is still being brought."""
        every = [future for holders in self._held.values() for future in holders.values()]
        for future in every:
            future.cancel()
        await asyncio.gather(*every, return_exceptions=True)

    async def _brought(self, blob: Blob, repository: str, others: list[tuple[str, asyncio.Future[Way]]]) -> Way:
        target = f"{repository}/blobs/{blob.digest}"
        if await self._client.holds(Request("HEAD", target, (pushing(repository),))):
            return "there"
        source = await _first(others)
        opened = None if source is None else await self._mount(blob, repository, source)
        if opened is not None and opened.status_code == 201:
            return "mounted"
        async with self._slots:
            with self._show(f"{repository}: {blob}"):
                await self._client.patiently(
                    _with_session(opened, lambda session: self._upload(blob, repository, session))
                )
        return "uploaded"

    async def _mount(self, blob: Blob, repository: str, source: str) -> httpx.Response | None:
        """Ask for the blob of another repository; None where that is refused, for an upload needs no such right."""
        target = f"{repository}/blobs/uploads/?mount={blob.digest}&from={source}"
        scopes = (pushing(repository), pulling(source))
        try:
            return await self._client.request(Request("POST", target, scopes, (201, 202)))
        except RegistryError as error:
            if error.status == 0:
                raise
            return None

    async def _upload(self, blob: Blob, repository: str, session: httpx.Response | None) -> None:
        scopes = (pushing(repository),)
        if session is None:
            session = await self._client.once(Request("POST", f"{repository}/blobs/uploads/", scopes, (202,)))
        name, told = f"PUT {blob.digest} to {self._client.host}/{repository}", session.headers.get("Location", "")
        try:
            location = session.url.join(told)
        except httpx.InvalidURL as error:
            raise nowhere(name, told) from error
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
        # Its query is the registry's own, perhaps signed: it is added to, and not written anew.
        target = f"{location}{'&' if location.query else '?'}digest={quote(blob.digest, safe='')}"
        await self._client.once(Request("PUT", target, scopes, (201,), headers, lambda: _chunks(blob.path), name))


def _with_session(
    opened: httpx.Response | None, upload: Callable[[httpx.Response | None], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """The first try uses the session that is open already; every other one opens its own."""
    sessions = [opened]
    return lambda: upload(sessions.pop() if sessions else None)


async def _first(others: list[tuple[str, asyncio.Future[Way]]]) -> str | None:
    """A repository that holds the blob, or will when its upload has ended."""
    for name, future in sorted(others, key=lambda each: not each[1].done()):
        await asyncio.wait([future])
        if not _lost(future):
            return name
    return None


def _lost(future: asyncio.Future[Way]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    data = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(data.read, _CHUNK):
            yield chunk
    finally:
        data.close()
