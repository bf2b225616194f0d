"""The way of an update into the bot, the same from a poll and from a webhook."""

from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Update
from pydantic import ValidationError

from bot import logs
from bot.errors import StoreUnavailable
from bot.metrics import Metrics

_log = logs.EventLog("bot.intake")


def number_of(raw: object) -> int:
    """Return the number of an update as Telegram writes it.

    Raises:
        ValueError: it is no update at all.

    """
    match raw:
        case {"update_id": int(number)}:
            return number
    message = "an update has a number"
    raise ValueError(message)


class Intake:
    """Hands updates to ``dispatcher``, one after the other."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, metrics: Metrics) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._metrics = metrics

    def read(self, number: int, raw: object) -> Update | None:
        """Return the update with this number, or None if it cannot be read.

        Telegram adds kinds of content at any time. One that this version does not know must not
        hold up what comes after it: it is counted, and left out.
        """
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            _log.error("update_unreadable", error, update_id=number)
            self._metrics.updates.labels("unknown", "unreadable").inc()
            return None

    async def take(self, update: Update) -> None:
        """Record ``update`` and begin what it asks for; Telegram may forget it then.

        Raises:
            StoreUnavailable: it is not recorded: Telegram should keep it.

        """
        try:
            result = await self._dispatcher.feed_update(self._bot, update)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # the next update may be sound
            _log.error("update_failed", error, update_id=update.update_id)
        else:
            if result is UNHANDLED:
                self._metrics.updates.labels("unknown", "ignored").inc()
