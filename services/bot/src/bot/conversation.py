"""From a stored question to an answer in the user's hands."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError

from bot import logs, replies
from bot.delivery import Delivery
from bot.errors import LLMError, StoreUnavailable
from bot.llm import LLM
from bot.records import Answer, Question, StoredAnswer
from bot.store import Store

_log = logs.EventLog("bot.conversation")
_AT_ONCE = 16
_INSIST_SECONDS = 300
_INSIST_WAIT = 1.0
RESUME_AGE = timedelta(minutes=15)

T = TypeVar("T")
Work = Callable[[], Awaitable[None]]


class Conversation:
    """Answers in the background: one question at a time per chat, several chats at once.

    A question is stored before it gets here, so what a stop or a crash interrupts is taken
    up again by :meth:`resume`.
    """

    def __init__(self, store: Store, llm: LLM, delivery: Delivery, history_limit: int) -> None:
        self._store = store
        self._llm = llm
        self._delivery = delivery
        self._history_limit = history_limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._places = asyncio.Semaphore(_AT_ONCE)

    def answer(self, question: Question) -> None:
        """Begin to answer ``question``, after those of its chat that came before."""
        self._begin(question.chat_id, question.id, partial(self._answer, question))

    def say(self, chat_id: int, text: str) -> None:
        """Begin to send ``text``, after the answers its chat still waits for."""
        self._begin(chat_id, None, partial(self._delivery.send, chat_id, text))

    async def resume(self) -> None:
        """Begin what was left undone by an earlier process."""
        unfinished = await self._store.unfinished(RESUME_AGE)
        for question, answer in unfinished:
            work = (
                partial(self._answer, question)
                if answer is None
                else partial(self._deliver, question, answer)
            )
            self._begin(question.chat_id, question.id, work)
        if unfinished:
            _log.info("resumed", questions=len(unfinished))

    async def drain(self, seconds: float) -> None:
        """Wait for what has begun, then cancel what is not done after ``seconds``."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        _log.info("drained", cancelled=len(late))

    def _begin(self, chat_id: int, message_id: int | None, work: Work) -> None:
        task = asyncio.create_task(self._in_turn(chat_id, message_id, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, chat_id: int, message_id: int | None, work: Work) -> None:
        logs.message_id.set(message_id)
        # The dictionary forgets a lock as soon as no task of the chat holds or awaits it.
        lock = self._chats.setdefault(chat_id, asyncio.Lock())
        try:
            async with lock, self._places:
                await work()
        except TelegramForbiddenError:
            _log.info("blocked_by_user")
            await _insist(partial(self._store.record_blocked, chat_id))
        except (StoreUnavailable, TelegramAPIError) as error:
            _log.error("answer_interrupted", error)
        except Exception as error:  # noqa: BLE001  # a fault with one message is not the bot's end
            _log.error("answer_crashed", error)

    async def _answer(self, question: Question) -> None:
        await self._delivery.show_typing(question.chat_id)
        messages = await _insist(lambda: self._store.history(question, self._history_limit))
        started = time.monotonic()
        try:
            completion = await self._llm.complete(messages)
        except LLMError as error:
            answer = Answer("", self._llm.model, _ms_since(started), error_code=error.code)
        else:
            answer = Answer(completion.text, self._llm.model, _ms_since(started), completion.tokens)
        stored = await _insist(lambda: self._store.record_answer(question, answer))
        if stored is not None:
            await self._deliver(question, stored)

    async def _deliver(self, question: Question, answer: StoredAnswer) -> None:
        await self._delivery.send(question.chat_id, answer.content or replies.APOLOGY)
        await _insist(lambda: self._store.record_delivered(answer))
        _log.info("answered", apology=not answer.content)


async def _insist(operation: Callable[[], Awaitable[T]]) -> T:
    """Try again while the database is away: what the model said should not be lost."""
    deadline = time.monotonic() + _INSIST_SECONDS
    while True:
        try:
            return await operation()
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_INSIST_WAIT)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
