"""What every message passes on its way to its handler: the limit, the clock and the count."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import Message, TelegramObject, Update

from bot.conversation import Conversation
from bot.errors import StoreUnavailable
from bot.limits import RateLimit
from bot.metrics import Metrics, timing
from bot.phrases import phrases
from bot.records import Sender
from bot.store import Store

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


def sender_of(message: Message) -> Sender:
    """Return who wrote a message; in a private chat the chat's id is the user's."""
    user = message.from_user
    return Sender(
        message.chat.id, user.username if user else None, user.language_code if user else None
    )


class Gate(BaseMiddleware):
    """Lets a message through to its handler, which tells whether the update was new."""

    def __init__(
        self, store: Store, conversation: Conversation, limit: RateLimit, metrics: Metrics
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._limit = limit
        self._metrics = metrics

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> None:
        """Handle ``event``, a message, and count what became of it."""
        kind = str(get_flag(data, "kind"))
        result = "failed"
        with timing(self._metrics.handler_seconds.labels(kind).observe):
            try:
                result = await self._pass(handler, event, data)
            except StoreUnavailable:
                result = "deferred"
                raise
            finally:
                self._metrics.updates.labels(kind, result).inc()

    async def _pass(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> str:
        update = data["event_update"]
        if not isinstance(event, Message) or not isinstance(update, Update):
            raise TypeError(type(event).__name__)
        wait = self._limit.seconds_to_wait(event.chat.id)
        if wait:
            return await self._refuse(event, update, wait)
        if not await handler(event, data):
            return "duplicate"
        self._limit.count(event.chat.id)
        return "recorded"

    async def _refuse(self, message: Message, update: Update, wait: int) -> str:
        sender = sender_of(message)
        if not await self._store.record_seen(update.update_id, sender):
            return "duplicate"
        if self._limit.tell(message.chat.id):
            text = phrases(sender.language).too_fast.format(seconds=wait)
            self._conversation.say(message.chat.id, text)
        return "limited"
