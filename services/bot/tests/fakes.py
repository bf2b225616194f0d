"""Stand-ins for Telegram and for a language model: real HTTP servers, for tests and demos.

    python fakes.py --telegram-port 8100 --llm-port 8200 [--host 127.0.0.1] [--llm-delay 0.6]

needs aiohttp and pydantic, which the bot has. A port of 0 takes a free one. Once both
accept connections, one line is printed: {"telegram": "http://...", "llm": "http://.../v1"}:
these are TELEGRAM_API_BASE and LLM_BASE_URL of a bot, with any TELEGRAM_BOT_TOKEN of the
form 1:abc. SIGTERM ends it. A person talks to the bot with a browser, at the Telegram port:

    GET  /                    the chat page

The model answers after --llm-delay seconds, a few topics with a text of its own and anything
else with "You said: " and the question. What a test tells them goes to the same ports, as JSON:

Telegram
    POST /_control/messages   {"text": "hi", "user_id": 1000, "username": "ada",
                              "language_code": "en", "chat_type": "private"}, each with
                              this or a like default: a user writes to the bot. "text": null
                              is a message without text; "update_id": N sends N again.
                              Answers {"update_id": 1, "message_id": 1}
    GET  /_control/sent       what the bot sent, oldest first:
                              {"sent": [{"chat_id": 1000, "text": "...", "at": 1700000000.0}]},
                              of one chat with ?chat_id=1000
    GET  /_control/chat       ?chat_id=1000&language_code=ru: both sides, oldest first:
                              {"messages": [{"from": "user", "text": "...", "at": ...}],
                              "typing": false, "commands": [{"command", "description"}]}
    GET  /_control/state      {"calls": {"getUpdates": 3, ...}, "pending": unconfirmed updates,
                              "webhook": address or "", "commands": {language or "": [...]}}
    POST /_control/failures   {"method": "sendMessage", "status": 429, "times": 1,
                              "retry_after": 1}: the next calls of a method fail; with "kind"
                              another way: "malformed" and "truncated" JSON, "hang" for ever,
                              "slow" but well; each after "delay": seconds
    POST /_control/reset      forget messages, calls and failures
    GET  /_control/healthz    200

    After setWebhook, updates are posted to the bot in order, each until it is taken.

Language model
    POST /_control/script     {"steps": [STEP, ...]}: how the next requests are answered
    PUT  /_control/default    STEP: how all others are
    GET  /_control/requests   {"requests": [{"model": ..., "messages": [...],
                              "authorization": "Bearer ..."}]}, oldest first
    POST /_control/reset      forget script, default and requests
    GET  /_control/healthz    200

    STEP is one of these, each also with "delay": seconds
        {"kind": "answer", "text": "..."}                        without a text: an echo;
                                                                 "finish_reason": "length"
        {"kind": "demo"}                                         a topic, or an echo
        {"kind": "status", "status": 429, "retry_after": 1}
        {"kind": "malformed"}                                    200, JSON that breaks off
        {"kind": "truncated"}                                    200, a connection that does
        {"kind": "hang"}                                         nothing, for ever
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from fake_control import telegram_app
from fake_llm import FakeLLM, Step
from fake_telegram import Failure, FakeTelegram, UserMessage

__all__ = ["Failure", "FakeLLM", "FakeTelegram", "Step", "UserMessage", "serving", "telegram_app"]


@asynccontextmanager
async def serving(
    app: web.Application, port: int = 0, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """Serve ``app`` for the length of the block, and give its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _serve_both(options: argparse.Namespace) -> None:
    # A bot remembers the updates it has seen: those of this process are others than those of
    # one that ran before.
    telegram_server = telegram_app(FakeTelegram(next_update=int(time.time())))
    llm_server = FakeLLM(default=Step(kind="demo", delay=options.llm_delay)).app()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        serving(telegram_server, options.telegram_port, options.host) as telegram,
        serving(llm_server, options.llm_port, options.host) as llm,
    ):
        sys.stdout.write(json.dumps({"telegram": telegram, "llm": f"{llm}/v1"}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Stand-ins for Telegram and a language model.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--telegram-port", type=int, required=True)
    parser.add_argument("--llm-port", type=int, required=True)
    parser.add_argument("--llm-delay", type=float, default=0.6, metavar="SECONDS")
    asyncio.run(_serve_both(parser.parse_args()))


if __name__ == "__main__":
    main()
