"""Long polling. An update is confirmed to Telegram only once it is stored.

aiogram's own polling confirms what a handler failed to store; here it comes again until
the database is back, and :mod:`bot.store` knows those that were stored before.
"""

import asyncio
import time
from dataclasses import dataclass

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Update

from bot import logs
from bot.errors import StoreUnavailable, TokenRefused
from bot.intake import Intake, number_of
from bot.metrics import Metrics

_log = logs.EventLog("bot.polling")
_LONGEST_WAIT = 15.0
_READY_SECONDS = 90


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds.

    Attributes:
        poll: for news, until Telegram answers that there are none.
        grace: for an answer that should have come.
        first_wait: after a failure; doubled after each further one.

    """

    poll: int = 25
    grace: int = 10
    first_wait: float = 0.5


class Polling:
    """Feeds the bot's updates to ``intake``, for as long as it is not cancelled."""

    def __init__(self, bot: Bot, intake: Intake, metrics: Metrics, pace: Pace) -> None:
        self._bot = bot
        self._intake = intake
        self._metrics = metrics
        self._pace = pace
        self._failures = 0
        self._offset: int | None = None
        self._last_success: float | None = None

    @property
    def ready(self) -> bool:
        """Whether Telegram answered a poll less than 90 s ago."""
        return (
            self._last_success is not None
            and time.monotonic() - self._last_success < _READY_SECONDS
        )

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
        # The first answer comes at once: until then the bot does not count as ready.
        seconds = 0 if self._last_success is None else self._pace.poll
        updates = await self._news(seconds)
        self._last_success = time.monotonic()
        self._metrics.last_poll.set_to_current_time()
        for number, raw in updates:
            update = raw if isinstance(raw, Update) else self._intake.read(number, raw)
            if update is not None:
                await self._intake.take(update)
            self._offset = number + 1

    async def _news(self, seconds: int) -> list[tuple[int, object]]:
        """Return what is new, by number; as Telegram wrote it, where aiogram cannot read it all."""
        try:
            updates = await self._bot.get_updates(
                offset=self._offset,
                timeout=seconds,
                allowed_updates=["message"],
                request_timeout=seconds + self._pace.grace,
            )
        except ClientDecodeError as error:
            # aiogram reads all of them or none, and would be given the same ones for ever.
            try:
                return [(number_of(raw), raw) for raw in _raw(error)]
            except ValueError:
                raise error from None
        return [(update.update_id, update) for update in updates]

    async def _back_off(self, error: Exception) -> None:
        self._failures += 1
        wait = min(_LONGEST_WAIT, self._pace.first_wait * 2.0 ** min(self._failures - 1, 10))
        if isinstance(error, TelegramRetryAfter):
            wait = max(wait, error.retry_after)
        # A conflict is another process that polls with this token: during a deploy, the one before.
        event = "conflict" if isinstance(error, TelegramConflictError) else "poll_failed"
        _log.warning(event, error=type(error).__name__, wait=wait)
        await asyncio.sleep(wait)


def _raw(error: ClientDecodeError) -> list[object]:
    """Return the updates of an answer that is sound but for some of them."""
    match error.data:
        case {"ok": True, "result": [_, *_] as updates}:
            return list(updates)
    message = "this is no answer with updates"
    raise ValueError(message)
