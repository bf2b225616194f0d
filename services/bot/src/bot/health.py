"""For whoever runs the bot: /healthz, /readyz, /version and /metrics."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.database import Database
from bot.errors import StoreUnavailable
from bot.metrics import Metrics
from bot.settings import Settings

READY_SECONDS = 0.9  # the answer has to be there within one second
_STOP_SECONDS = 0.5


class Health:
    """Answers the probes; ``telegram`` tells whether updates can come in."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        metrics: Metrics,
        telegram: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._database = database
        self._metrics = metrics
        self._telegram = telegram

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Serve for the length of the block, and give the port."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/version", self._version)
        app.router.add_get("/metrics", self._tell_metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
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
            for name, sound in (
                ("database", await self._has_database()),
                ("telegram", self._telegram()),
            )
            if not sound
        ]
        if failed:
            return web.json_response({"status": "not ready", "failed": failed}, status=503)
        return web.json_response({"status": "ready", "failed": []})

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"version": self._settings.slipway_version, "commit": self._settings.slipway_commit}
        )

    async def _tell_metrics(self, _: web.Request) -> web.Response:
        return web.Response(
            body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _has_database(self) -> bool:
        try:
            await self._database.check(READY_SECONDS)
        except StoreUnavailable:
            return False
        return True
