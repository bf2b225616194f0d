"""The bot, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot import logs
from bot.circuit import Circuit
from bot.conversation import Conversation
from bot.database import Database
from bot.delivery import Delivery
from bot.errors import StoreUnavailable
from bot.gate import Gate
from bot.handlers import Handlers
from bot.health import Health
from bot.intake import Intake
from bot.limits import RateLimit
from bot.llm import LLM, Endpoint, Patience
from bot.menu import tell_commands
from bot.metrics import Metrics
from bot.polling import Pace, Polling
from bot.settings import Settings
from bot.store import Store
from bot.tasks import end
from bot.webhook import Webhook

_log = logs.EventLog("bot.app")


@dataclass(frozen=True)
class Timing:
    """The waits, in seconds, that tests shorten.

    Attributes:
        first_wait: before something is tried a second time.
        drain: for the answers that have begun, when the bot stops. With what follows it stays
            below the 20 s after which whoever stops the bot may kill it.
        resume_wait: before the database is asked again for what an earlier process left.
        resume_every: between looks for what this process left.
        pace: of polling.

    """

    first_wait: float = 0.5
    drain: float = 12
    resume_wait: float = 2
    resume_every: float = 30
    pace: Pace = field(default_factory=Pace)


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
    metrics = Metrics(settings)
    database = Database(settings.database_url.get_secret_value(), metrics)
    circuit = Circuit(settings.llm_circuit_failures, settings.llm_circuit_cooldown)
    async with (
        database.running(),
        _telegram(settings) as bot,
        _session(settings) as session,
    ):
        endpoint = Endpoint(settings.llm_base_url, settings.llm_model)
        llm = LLM(session, endpoint, _patience(settings, timing), circuit, metrics)
        store = Store(database)
        delivery = Delivery(bot, timing.first_wait)
        conversation = Conversation(store, llm, delivery, settings.history_limit)
        metrics.watch(circuit=lambda: circuit.state, waiting=lambda: conversation.waiting)
        gate = Gate(store, conversation, RateLimit(settings.rate_limit), metrics)
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.include_router(Handlers(store, conversation).router(gate))
        intake = Intake(bot, dispatcher, metrics)
        source: Polling | Webhook
        if settings.webhook is None:
            source = Polling(bot, intake, metrics, timing.pace)
        else:
            source = Webhook(bot, intake, settings.webhook, timing.first_wait)
        async with Health(settings, database, metrics, lambda: source.ready).serving() as port:
            _log.info("started", version=settings.slipway_version, commit=settings.slipway_commit)
            on_start(port)
            menu = asyncio.create_task(tell_commands(bot))
            try:
                await _until_first(
                    _wait(stop),
                    _take_in(conversation, source, timing),
                    _resume_again(conversation, timing.resume_every),
                )
                _log.info("stopping")
            finally:
                await end([menu])
                await conversation.drain(timing.drain)
    _log.info("stopped")


async def _take_in(conversation: Conversation, source: Polling | Webhook, timing: Timing) -> None:
    # First what was left, then what is new: an earlier question is answered before a later one.
    while not await _resume(conversation):  # noqa: ASYNC110  # no event tells of a database
        await asyncio.sleep(timing.resume_wait)
    await source.run()


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _until_first(*works: Coroutine[None, None, None]) -> None:
    """Do all ``works`` until one of them ends, and raise what it raised."""
    running = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(running)
    for task in done:
        task.result()


async def _resume_again(conversation: Conversation, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _resume(conversation)


async def _resume(conversation: Conversation) -> bool:
    try:
        await conversation.resume()
    except StoreUnavailable as error:
        _log.error("resume_failed", error)
        return False
    return True


def _patience(settings: Settings, timing: Timing) -> Patience:
    return Patience(
        attempt_seconds=settings.llm_timeout,
        total_seconds=2 * settings.llm_timeout,
        base_wait=timing.first_wait,
    )


@asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_base))
    async with session:
        yield Bot(settings.telegram_bot_token.get_secret_value(), session=session)


@asynccontextmanager
async def _session(settings: Settings) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {}
    if settings.llm_api_key is not None:
        headers["Authorization"] = f"Bearer {settings.llm_api_key.get_secret_value()}"
    async with aiohttp.ClientSession(headers=headers) as session:
        yield session
