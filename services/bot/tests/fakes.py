"""Stand-ins for Telegram and for a language model: real HTTP servers, for tests and demos.

    python fakes.py --telegram-port 8100 --llm-port 8200 [--host 127.0.0.1]

needs aiohttp and pydantic, which the bot has. A port of 0 takes a free one. Once both
accept connections, one line is printed: {"telegram": "http://...", "llm": "http://.../v1"}:
these are TELEGRAM_API_BASE and LLM_BASE_URL of a bot, with any TELEGRAM_BOT_TOKEN of the
form 1:abc. SIGTERM ends it. What a test tells them goes to the same ports, as JSON:

Telegram
    POST /_control/messages   {"text": "hi", "user_id": 1000, "username": "ada",
                              "language_code": "en", "chat_type": "private"}, each with
                              this or a like default: a user writes to the bot. "text": null
                              is a message without text; "update_id": N sends N again.
                              Answers {"update_id": 1, "message_id": 1}
    GET  /_control/sent       what the bot sent, oldest first:
                              {"sent": [{"chat_id": 1000, "text": "...", "at": 1700000000.0}]},
                              of one chat with ?chat_id=1000
    GET  /_control/state      {"calls": {"getUpdates": 3, ...}, "pending": unconfirmed updates}
    POST /_control/failures   {"method": "sendMessage", "status": 429, "times": 1,
                              "retry_after": 1}: the next calls of a method fail
    POST /_control/reset      forget messages, calls and failures
    GET  /_control/healthz    200

Language model
    POST /_control/script     {"steps": [STEP, ...]}: how the next requests are answered
    PUT  /_control/default    STEP: how all others are; at first "You said: " and the question
    GET  /_control/requests   {"requests": [{"model": ..., "messages": [...],
                              "authorization": "Bearer ..."}]}, oldest first
    POST /_control/reset      forget script, default and requests
    GET  /_control/healthz    200

    STEP is one of these, each also with "delay": seconds
        {"kind": "answer", "text": "..."}                        without a text: an echo
        {"kind": "status", "status": 429, "retry_after": 1}
        {"kind": "malformed"}                                    200, JSON that breaks off
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from fake_llm import FakeLLM, Step
from fake_telegram import Failure, FakeTelegram, UserMessage

__all__ = ["Failure", "FakeLLM", "FakeTelegram", "Step", "UserMessage", "serving"]


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


async def _serve_both(host: str, telegram_port: int, llm_port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        serving(FakeTelegram().app(), telegram_port, host) as telegram,
        serving(FakeLLM().app(), llm_port, host) as llm,
    ):
        sys.stdout.write(json.dumps({"telegram": telegram, "llm": f"{llm}/v1"}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Stand-ins for Telegram and a language model.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--telegram-port", type=int, required=True)
    parser.add_argument("--llm-port", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(_serve_both(options.host, options.telegram_port, options.llm_port))


if __name__ == "__main__":
    main()
