"""The registries that one run talks to: a client for each host and login, and what was learned there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from slipway_engine.registry.client import Client
from slipway_engine.registry.logins import Login, of_machine, passed
from slipway_engine.registry.push import Pusher
from slipway_engine.registry.upload import Uploads

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.state import Auth
    from slipway_engine.values import Ref


class Registries:
    """Made when the first registry is needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clients: dict[tuple[str, Login | None], tuple[Client, Uploads, Pusher]] = {}
        self._logins: dict[str, Login | None] = {}
        self._asking = asyncio.Lock()
        self._noted: list[tuple[str, str, tuple[str, ...]]] = []
        self._resolved: dict[tuple[Ref, str], asyncio.Future[str]] = {}

    async def login(self, host: str, auth: tuple[Auth, ...]) -> Login | None:
        """Who signs in to a host: as `auth` says, else as this machine does, which is asked once."""
        found = await passed(self._engine, auth, host)
        if found is None:
            async with self._asking:
                if host not in self._logins:
                    self._logins[host] = await of_machine(host)
            found = self._logins[host]
        return found

    def note(self, host: str, repository: str, digests: tuple[str, ...]) -> None:
        """A repository was seen to hold these blobs: others of the host need not be sent them."""
        self._noted.append((host, repository, digests))
        for (other, _), (_, uploads, _) in self._clients.items():
            if other == host:
                uploads.note(digests, repository)

    async def client(self, host: str, auth: tuple[Auth, ...]) -> Client:
        """The client for a host, signed in as `login` says."""
        return (await self._made(host, auth))[0]

    async def pusher(self, host: str, auth: tuple[Auth, ...]) -> Pusher:
        """What pushes to a host."""
        return (await self._made(host, auth))[2]

    async def once(self, key: tuple[Ref, str], ask: Callable[[], Awaitable[str]]) -> str:
        """The digest that a reference in one recipe has in this run; in another recipe it is asked for again."""
        future = self._resolved.get(key)
        if future is None or (future.done() and (future.cancelled() or future.exception() is not None)):
            future = asyncio.ensure_future(ask())
            self._resolved[key] = future
        return await asyncio.shield(future)

    async def close(self) -> None:
        """End what is still going on, and the connections."""
        for future in self._resolved.values():
            future.cancel()
        await asyncio.gather(*self._resolved.values(), return_exceptions=True)
        for client, uploads, _ in self._clients.values():
            await uploads.close()
            await client.close()

    async def _made(self, host: str, auth: tuple[Auth, ...]) -> tuple[Client, Uploads, Pusher]:
        who = await self.login(host, auth)
        made = self._clients.get((host, who))
        if made is None:
            progress = self._engine.progress
            client = Client(host, who, progress.line)
            uploads = Uploads(client, lambda what: progress.task(f"push {host}/{what}"))
            for other, repository, digests in self._noted:
                if other == host:
                    uploads.note(digests, repository)
            made = client, uploads, Pusher(client, uploads)
            self._clients[host, who] = made
        return made
