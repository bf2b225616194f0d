"""Awaiting updates at an address of one's own, in place of polling for them."""

import asyncio
import hmac
import json
from urllib.parse import urlsplit

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiohttp import web

from bot import logs
from bot.errors import StoreUnavailable, TokenRefused
from bot.intake import Intake, number_of
from bot.settings import WebhookSettings

_log = logs.EventLog("bot.webhook")
_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST_WAIT = 15.0
_STOP_SECONDS = 2.0


class Webhook:
    """Takes what Telegram delivers; an update is confirmed once it is stored."""

    def __init__(
        self, bot: Bot, intake: Intake, settings: WebhookSettings, base_wait: float
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._settings = settings
        self._base_wait = base_wait
        self._one_at_a_time = asyncio.Lock()
        self.ready = False

    async def run(self) -> None:
        """Serve, and tell Telegram where, until cancelled.

        Raises:
            TokenRefused: Telegram does not know the token.

        """
        app = web.Application()
        app.router.add_post(urlsplit(self._settings.url).path or "/", self._receive)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
            await self._announce()
            self.ready = True
            await asyncio.Event().wait()
        finally:
            # Telegram keeps the address, and what it cannot deliver meanwhile.
            await runner.cleanup()

    async def _announce(self) -> None:
        failures = 0
        while True:
            try:
                await self._bot.set_webhook(
                    self._settings.url,
                    secret_token=self._settings.secret.get_secret_value(),
                    # One after the other, so that they come in order.
                    max_connections=1,
                    allowed_updates=["message"],
                )
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise TokenRefused from error
            except AiogramError as error:
                failures += 1
                wait = min(_LONGEST_WAIT, self._base_wait * 2.0 ** min(failures - 1, 10))
                if isinstance(error, TelegramRetryAfter):
                    wait = max(wait, error.retry_after)
                _log.warning("announcing_failed", error=type(error).__name__, wait=wait)
                await asyncio.sleep(wait)
            else:
                _log.info("announced")
                return

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "").encode(errors="surrogateescape")
        expected = self._settings.secret.get_secret_value().encode()
        if not hmac.compare_digest(given, expected):
            _log.warning("stranger_at_the_webhook")
            return web.Response(status=401)
        try:
            raw = json.loads(await request.read())
            number = number_of(raw)
        except ValueError:
            return web.Response(status=400)
        update = self._intake.read(number, raw)
        if update is None:
            return web.Response()
        try:
            async with self._one_at_a_time:
                await self._intake.take(update)
        except StoreUnavailable as error:
            _log.error("delivery_deferred", error)
            return web.Response(status=503)
        return web.Response()
