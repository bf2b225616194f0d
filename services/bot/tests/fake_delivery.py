"""The delivery of updates to a bot's webhook, one after the other, until each is taken."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp import web

_FIRST_WAIT = 0.05
_LONGEST_WAIT = 1.0
_SECONDS = 10


class Delivery:
    """Posts what is in ``pending`` to ``url``, as long as there is one."""

    def __init__(self, pending: list[dict[str, Any]]) -> None:
        self._pending = pending
        self._secret: str | None = None
        self._news = asyncio.Event()
        self.url = ""
        self.statuses: list[int] = []

    def go_to(self, url: str, secret: str | None) -> None:
        """Deliver to ``url`` from now on; to nobody when it is empty."""
        self.url = url
        self._secret = secret
        self.wake()

    def wake(self) -> None:
        """Look at once whether there is something to deliver."""
        self._news.set()

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Deliver for as long as the application runs."""
        task = asyncio.create_task(self._run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        wait = _FIRST_WAIT
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                if not (self.url and self._pending):
                    self._news.clear()
                    await self._news.wait()
                elif await self._deliver(session, self._pending[0]):
                    wait = _FIRST_WAIT
                else:
                    await asyncio.sleep(wait)
                    wait = min(_LONGEST_WAIT, 2 * wait)

    async def _deliver(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                self.statuses.append(response.status)
                if response.status != HTTPStatus.OK:
                    return False
        except (aiohttp.ClientError, TimeoutError):
            return False
        # It may have been cleared away meanwhile.
        if update in self._pending:
            self._pending.remove(update)
        return True
