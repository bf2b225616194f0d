"""What a message sets off. Each is recorded first, so twice is once.

A handler returns whether the update was new, for :mod:`bot.gate`.
"""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message, Update

from bot import roles
from bot.conversation import Conversation
from bot.gate import Gate, sender_of
from bot.phrases import YES, Phrases, phrases
from bot.store import Store


class Handlers:
    """One method for each kind of message."""

    def __init__(self, store: Store, conversation: Conversation) -> None:
        self._store = store
        self._conversation = conversation

    def router(self, gate: Gate) -> Router:
        """Return the handlers behind ``gate``, for private chats only."""
        router = Router()
        router.message.filter(F.chat.type == ChatType.PRIVATE)
        router.message.middleware(gate)
        for kind, handler, condition in (
            ("start", self.start, CommandStart()),
            ("help", self.tell_help, Command("help")),
            ("role", self.role, Command("role")),
            ("clear", self.clear, Command("clear")),
            ("stats", self.stats, Command("stats")),
            ("forget", self.forget, Command("forget")),
            ("text", self.text, F.text),
            ("other", self.anything_else, F.chat),
        ):
            router.message.register(handler, condition, flags={"kind": kind})
        return router

    async def start(self, message: Message, event_update: Update) -> bool:
        """Greet."""
        return await self._say(message, event_update, _phrases(message).greeting)

    async def tell_help(self, message: Message, event_update: Update) -> bool:
        """Tell what there is."""
        return await self._say(message, event_update, _phrases(message).tell_help())

    async def role(self, message: Message, event_update: Update, command: CommandObject) -> bool:
        """Tell the roles, or take one: that begins another dialog."""
        if not command.args:
            return await self._tell_roles(message, event_update, "")
        role = roles.named(command.args)
        if role is None:
            unknown = _phrases(message).role_unknown + "\n\n"
            return await self._tell_roles(message, event_update, unknown)
        sender = sender_of(message)
        chosen = await self._store.choose_role(event_update.update_id, sender, role)
        if chosen is None:
            return False
        answer = _phrases(message).role_chosen if chosen else _phrases(message).role_kept
        self._conversation.say(message.chat.id, answer.format(title=role.title(sender.language)))
        return True

    async def clear(self, message: Message, event_update: Update) -> bool:
        """Close the dialog; what was said stays stored."""
        if not await self._store.close_dialog(event_update.update_id, sender_of(message)):
            return False
        self._conversation.say(message.chat.id, _phrases(message).cleared)
        return True

    async def stats(self, message: Message, event_update: Update) -> bool:
        """Tell the user's own numbers."""
        numbers = await self._store.numbers(event_update.update_id, sender_of(message))
        if numbers is None:
            return False
        self._conversation.say(message.chat.id, _phrases(message).tell_stats(numbers))
        return True

    async def forget(self, message: Message, event_update: Update, command: CommandObject) -> bool:
        """Delete what the user said and was told, once that is confirmed."""
        if (command.args or "").strip().lower() not in YES:
            return await self._say(message, event_update, _phrases(message).forget)
        if not await self._store.forget(event_update.update_id, sender_of(message)):
            return False
        self._conversation.say(message.chat.id, _phrases(message).forgotten)
        return True

    async def text(self, message: Message, event_update: Update) -> bool:
        """Store what was asked, and begin to answer it."""
        question = await self._store.record_question(
            event_update.update_id, sender_of(message), message.text or ""
        )
        if question is None:
            return False
        self._conversation.answer(question)
        return True

    async def anything_else(self, message: Message, event_update: Update) -> bool:
        """Tell that a picture, a voice and the like cannot be read."""
        return await self._say(message, event_update, _phrases(message).text_only)

    async def _tell_roles(self, message: Message, update: Update, before: str) -> bool:
        sender = sender_of(message)
        current = await self._store.role(update.update_id, sender)
        if current is None:
            return False
        choice = _phrases(message).tell_roles(roles.ROLES, current, sender.language)
        self._conversation.say(message.chat.id, before + choice)
        return True

    async def _say(self, message: Message, update: Update, text: str) -> bool:
        if not await self._store.record_seen(update.update_id, sender_of(message)):
            return False
        self._conversation.say(message.chat.id, text)
        return True


def _phrases(message: Message) -> Phrases:
    return phrases(sender_of(message).language)
