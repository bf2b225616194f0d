"""Handing messages over to Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot import logs
from bot.splitting import split
from bot.tasks import end

_log = logs.EventLog("bot.delivery")
_ATTEMPTS = 4
_LONGEST_WAIT = 30.0
_SEND_SECONDS = 20
# Telegram shows the action for five seconds.
_TYPING_SECONDS = 4


class Delivery:
    """Sends text to chats, trying again while that may help."""

    def __init__(self, bot: Bot, base_wait: float = 1.0) -> None:
        self._bot = bot
        self._base_wait = base_wait

    async def send(self, chat_id: int, text: str) -> None:
        """Send ``text`` in as many parts as it takes.

        Raises:
            TelegramForbiddenError: the user has blocked the bot.
            TelegramAPIError: Telegram did not take it, also when tried again.

        """
        for part in split(text):
            await self._send_part(chat_id, part)

    @asynccontextmanager
    async def typing(self, chat_id: int) -> AsyncIterator[None]:
        """Show that an answer is on its way, for the length of the block."""
        showing = asyncio.create_task(self._show_typing(chat_id))
        try:
            yield
        finally:
            await end([showing])

    async def _show_typing(self, chat_id: int) -> None:
        while True:
            # Nobody misses it if that fails.
            with suppress(TelegramAPIError):
                await self._bot.send_chat_action(
                    chat_id, ChatAction.TYPING, request_timeout=_TYPING_SECONDS
                )
            await asyncio.sleep(_TYPING_SECONDS)

    async def _send_part(self, chat_id: int, part: str) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._bot.send_message(chat_id, part, request_timeout=_SEND_SECONDS)
            except TelegramForbiddenError:
                raise
            except (TelegramRetryAfter, TelegramNetworkError, TelegramServerError) as error:
                _log.warning("send_failed", error=type(error).__name__, attempt=attempt)
                wait = self._wait(attempt, error)
                if attempt == _ATTEMPTS or wait > _LONGEST_WAIT:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    def _wait(self, attempt: int, error: TelegramAPIError) -> float:
        if isinstance(error, TelegramRetryAfter):
            return error.retry_after
        return min(_LONGEST_WAIT, self._base_wait * 2.0 ** (attempt - 1))
