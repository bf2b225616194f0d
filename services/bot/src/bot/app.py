"""The bot, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot import logs
from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.errors import StoreUnavailable
from bot.handlers import Handlers
from bot.health import Health
from bot.llm import LLM, Patience
from bot.polling import Polling
from bot.settings import Settings
from bot.store import Store

_log = logs.EventLog("bot.app")


@dataclass(frozen=True)
class Timing:
    """The waits, in seconds, that tests shorten."""

    first_wait: float = 0.5
    drain: float = 15
    resume_wait: float = 2


async def run(
    settings: Settings,
    stop: asyncio.Event,
    timing: Timing = Timing(),  # frozen
    on_start: Callable[[int], None] = lambda _: None,
) -> None:
    """Run the bot until ``stop`` is set, then finish the answers that have begun.

    ``on_start`` is told the port of the health server.

    Raises:
        TokenRefused: Telegram does not know the token.

    """
    store = Store(settings.database_url.get_secret_value())
    async with store.running(), _telegram(settings) as bot, _llm(settings, timing) as llm:
        conversation = Conversation(
            store, llm, Delivery(bot, timing.first_wait), settings.history_limit
        )
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.include_router(Handlers(store, conversation).router())
        polling = Polling(bot, dispatcher, timing.first_wait)
        async with Health(settings, store, polling).serving() as port:
            _log.info("started", version=settings.slipway_version, commit=settings.slipway_commit)
            on_start(port)
            try:
                await _work(conversation, polling, stop, timing)
            finally:
                await conversation.drain(timing.drain)
    _log.info("stopped")


async def _work(
    conversation: Conversation, polling: Polling, stop: asyncio.Event, timing: Timing
) -> None:
    working = asyncio.create_task(_resume_and_poll(conversation, polling, timing))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    failed = working.done()
    working.cancel()
    stopping.cancel()
    await asyncio.gather(working, stopping, return_exceptions=True)
    if failed:
        working.result()
    _log.info("stopping")


async def _resume_and_poll(conversation: Conversation, polling: Polling, timing: Timing) -> None:
    # First what was left, then what is new: were both at once, a question that has just
    # come in could be taken for one that was left.
    while True:
        try:
            await conversation.resume()
        except StoreUnavailable as error:
            _log.error("resume_failed", error)
            await asyncio.sleep(timing.resume_wait)
        else:
            break
    await polling.run()


@asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_base))
    async with session:
        yield Bot(settings.telegram_bot_token.get_secret_value(), session=session)


@asynccontextmanager
async def _llm(settings: Settings, timing: Timing) -> AsyncIterator[LLM]:
    headers = {}
    if settings.llm_api_key is not None:
        headers["Authorization"] = f"Bearer {settings.llm_api_key.get_secret_value()}"
    patience = Patience(
        attempt_seconds=settings.llm_timeout,
        total_seconds=2 * settings.llm_timeout,
        base_wait=timing.first_wait,
    )
    async with aiohttp.ClientSession(headers=headers) as session:
        yield LLM(session, settings.llm_base_url, settings.llm_model, patience)
