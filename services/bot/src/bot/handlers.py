"""What an update from Telegram sets off. Each is recorded first, so twice is once."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandStart
from aiogram.types import Message, Update

from bot import replies
from bot.conversation import Conversation
from bot.records import Sender
from bot.store import Store


class Handlers:
    """One method for each kind of message."""

    def __init__(self, store: Store, conversation: Conversation) -> None:
        self._store = store
        self._conversation = conversation

    def router(self) -> Router:
        """Return the handlers, for private chats only: there the chat's id is the user's."""
        router = Router()
        router.message.filter(F.chat.type == ChatType.PRIVATE)
        router.message.register(self.start, CommandStart())
        router.message.register(self.tell_help, Command("help"))
        router.message.register(self.clear, Command("clear"))
        router.message.register(self.text, F.text)
        router.message.register(self.anything_else)
        return router

    async def start(self, message: Message, event_update: Update) -> None:
        """Greet."""
        await self._say(message, event_update, replies.GREETING)

    async def tell_help(self, message: Message, event_update: Update) -> None:
        """Tell what there is."""
        await self._say(message, event_update, replies.HELP)

    async def clear(self, message: Message, event_update: Update) -> None:
        """Close the dialog; what was said stays stored."""
        if await self._store.close_dialog(event_update.update_id, _sender(message)):
            self._conversation.say(message.chat.id, replies.CLEARED)

    async def text(self, message: Message, event_update: Update) -> None:
        """Store what was asked, and begin to answer it."""
        question = await self._store.record_question(
            event_update.update_id, _sender(message), message.text or ""
        )
        if question is not None:
            self._conversation.answer(question)

    async def anything_else(self, message: Message, event_update: Update) -> None:
        """Tell that a picture, a voice and the like cannot be read."""
        await self._say(message, event_update, replies.TEXT_ONLY)

    async def _say(self, message: Message, update: Update, text: str) -> None:
        if await self._store.record_seen(update.update_id, _sender(message)):
            self._conversation.say(message.chat.id, text)


def _sender(message: Message) -> Sender:
    user = message.from_user
    return Sender(
        message.chat.id, user.username if user else None, user.language_code if user else None
    )
