"""The probes: /healthz, /readyz and /version."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import StoreUnavailable
from bot.polling import Polling
from bot.settings import Settings
from bot.store import Store

READY_SECONDS = 0.9  # the answer has to be there within one second
POLL_AGE_SECONDS = 90


class Health:
    """Answers the probes of whoever runs the bot."""

    def __init__(self, settings: Settings, store: Store, polling: Polling) -> None:
        self._settings = settings
        self._store = store
        self._polling = polling

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Serve for the length of the block, and give the port."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/version", self._version)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._settings.health_host, self._settings.health_port)
            await site.start()
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _: web.Request) -> web.Response:
        failed = [
            name
            for name, sound in (("database", await self._has_store()), ("telegram", self._polls()))
            if not sound
        ]
        if failed:
            return web.json_response({"status": "not ready", "failed": failed}, status=503)
        return web.json_response({"status": "ready", "failed": []})

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"version": self._settings.slipway_version, "commit": self._settings.slipway_commit}
        )

    async def _has_store(self) -> bool:
        try:
            await self._store.check(READY_SECONDS)
        except StoreUnavailable:
            return False
        return True

    def _polls(self) -> bool:
        age = self._polling.seconds_since_success
        return age is not None and age < POLL_AGE_SECONDS
