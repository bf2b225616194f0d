"""Long polling. An update is confirmed to Telegram only once it is stored.

aiogram's own polling confirms what a handler failed to store; here it comes again until
the database is back, and :mod:`bot.store` knows those that were stored before.
"""

import asyncio
import time

from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Update

from bot import logs
from bot.errors import StoreUnavailable, TokenRefused

_log = logs.EventLog("bot.polling")
_POLL_SECONDS = 25
_LONGEST_WAIT = 15.0


class Polling:
    """Feeds the bot's updates to ``dispatcher``, for as long as it is not cancelled."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, base_wait: float = 0.5) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._base_wait = base_wait
        self._failures = 0
        self._offset: int | None = None
        self._last_success: float | None = None

    @property
    def seconds_since_success(self) -> float | None:
        """How long ago Telegram last answered; None when it never did."""
        return None if self._last_success is None else time.monotonic() - self._last_success

    async def run(self) -> None:
        """Poll until cancelled.

        Raises:
            TokenRefused: Telegram does not know the token.

        """
        greeted = False
        while True:
            try:
                if not greeted:
                    # Telegram does not let a bot poll that has a webhook.
                    await self._bot.delete_webhook()
                    greeted = True
                await self._poll()
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise TokenRefused from error
            except (AiogramError, StoreUnavailable) as error:
                await self._back_off(error)
            else:
                self._failures = 0

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset,
            # The first answer comes at once: until then the bot does not count as ready.
            timeout=0 if self._last_success is None else _POLL_SECONDS,
            allowed_updates=["message"],
            request_timeout=_POLL_SECONDS + 10,
        )
        self._last_success = time.monotonic()
        for update in updates:
            await self._handle(update)
            self._offset = update.update_id + 1

    async def _handle(self, update: Update) -> None:
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # the next update may be sound
            _log.error("update_failed", error, update_id=update.update_id)

    async def _back_off(self, error: Exception) -> None:
        self._failures += 1
        wait = min(_LONGEST_WAIT, self._base_wait * 2.0 ** min(self._failures - 1, 10))
        if isinstance(error, TelegramRetryAfter):
            wait = max(wait, error.retry_after)
        if isinstance(error, TelegramConflictError):
            # Another process polls with this token: during a deploy, the one before.
            _log.warning("conflict", wait=wait)
        else:
            _log.warning("poll_failed", error=type(error).__name__, wait=wait)
        await asyncio.sleep(wait)
