"""From a stored question to an answer in the user's hands."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError

from bot import logs, roles
from bot.delivery import Delivery
from bot.errors import LLMError, StoreUnavailable
from bot.llm import LLM
from bot.phrases import phrases
from bot.records import Answer, Question, StoredAnswer
from bot.store import Store
from bot.tasks import end

_log = logs.EventLog("bot.conversation")
_AT_ONCE = 16
_INSIST_SECONDS = 300
_INSIST_WAIT = 1.0
RESUME_AGE = timedelta(minutes=15)

T = TypeVar("T")
Work = Callable[[], Awaitable[None]]


class Conversation:
    """Answers in the background: one question at a time per chat, several chats at once.

    A question is stored before it gets here, so what a stop, a crash or a failure interrupts
    is taken up again by :meth:`resume`.
    """

    def __init__(self, store: Store, llm: LLM, delivery: Delivery, history_limit: int) -> None:
        self._store = store
        self._llm = llm
        self._delivery = delivery
        self._history_limit = history_limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._questions: set[int] = set()
        self._begun_lately: set[int] = set()
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._places = asyncio.Semaphore(_AT_ONCE)

    @property
    def waiting(self) -> int:
        """How many answers and replies have begun and are not sent yet."""
        return len(self._tasks)

    def answer(self, question: Question) -> None:
        """Begin to answer ``question``, after those of its chat that came before."""
        self._begin_question(question, partial(self._answer, question))

    def say(self, chat_id: int, text: str) -> None:
        """Begin to send ``text``, after the answers its chat still waits for."""
        self._begin(chat_id, None, partial(self._delivery.send, chat_id, text))

    async def resume(self) -> None:
        """Begin what was left undone, by an earlier process or by this one."""
        # What was under way at any time during the query may look unfinished, and be done.
        self._begun_lately = set(self._questions)
        unfinished = await self._store.unfinished(RESUME_AGE)
        left = [(question, answer) for question, answer in unfinished if self._is_left(question)]
        for question, answer in left:
            work = (
                partial(self._answer, question)
                if answer is None
                else partial(self._deliver, question, answer)
            )
            self._begin_question(question, work)
        if left:
            _log.info("resumed", questions=len(left))

    async def drain(self, seconds: float) -> None:
        """Wait for what has begun, then cancel what is not done after ``seconds``."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        await end(late)
        _log.info("drained", cancelled=len(late))

    def _is_left(self, question: Question) -> bool:
        return question.id not in self._begun_lately

    def _begin_question(self, question: Question, work: Work) -> None:
        if question.id in self._questions:
            return
        self._questions.add(question.id)
        self._begun_lately.add(question.id)
        task = self._begin(question.chat_id, question.id, work)
        task.add_done_callback(lambda _: self._questions.discard(question.id))

    def _begin(self, chat_id: int, message_id: int | None, work: Work) -> asyncio.Task[None]:
        task = asyncio.create_task(self._in_turn(chat_id, message_id, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

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
        async with self._delivery.typing(question.chat_id):
            history = await _insist(lambda: self._store.history(question, self._history_limit))
            if not history:
                _log.info("question_deleted")
                return
            # A search of known questions belongs here: what it finds is an answer like the
            # model's, stored and delivered below, and the model is not asked.
            answer = await self._ask_model(question, history)
            stored = await _insist(lambda: self._store.record_answer(question, answer))
        if stored is not None:
            await self._deliver(question, stored)

    async def _ask_model(self, question: Question, history: list[dict[str, str]]) -> Answer:
        prompt = roles.of_version(question.prompt_version).prompt
        messages = [{"role": "system", "content": prompt}, *history]
        started = time.monotonic()
        try:
            completion = await self._llm.complete(messages)
        except LLMError as error:
            return Answer("", self._llm.model, _ms_since(started), error_code=error.code)
        return Answer(completion.text, self._llm.model, _ms_since(started), completion.tokens)

    async def _deliver(self, question: Question, answer: StoredAnswer) -> None:
        text = answer.content or phrases(question.language).apology
        await self._delivery.send(question.chat_id, text)
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
