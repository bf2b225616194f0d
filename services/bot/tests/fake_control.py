"""What a test, or a person with a browser, tells the fake Telegram, and reads from it."""

import time
from pathlib import Path

from aiohttp import web

from fake_telegram import Failure, FakeTelegram, UserMessage

_PAGE = Path(__file__).with_name("chat.html")
# As Telegram shows it; a message that is sent ends it.
_TYPING_SECONDS = 5
_NO_OTHER_SOURCES = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
)


def telegram_app(telegram: FakeTelegram) -> web.Application:
    """Return the server: the Bot API, the control of the fake, and the chat page."""
    control = _Control(telegram)
    app = web.Application()
    app.cleanup_ctx.append(telegram.delivery.running)
    app.router.add_route("*", "/bot{token}/{method}", telegram.call)
    app.router.add_get("/", control.page)
    app.router.add_get("/_control/healthz", control.healthz)
    app.router.add_post("/_control/messages", control.add_message)
    app.router.add_get("/_control/sent", control.list_sent)
    app.router.add_get("/_control/chat", control.chat)
    app.router.add_get("/_control/state", control.state)
    app.router.add_post("/_control/failures", control.add_failure)
    app.router.add_post("/_control/reset", control.reset)
    return app


class _Control:
    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    async def page(self, _: web.Request) -> web.Response:
        return web.Response(
            text=_PAGE.read_text(encoding="utf-8"),
            content_type="text/html",
            headers={"Content-Security-Policy": _NO_OTHER_SOURCES, "Cache-Control": "no-store"},
        )

    async def healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def add_message(self, request: web.Request) -> web.Response:
        message = UserMessage.model_validate(await request.json())
        return web.json_response(self._telegram.write(message))

    async def list_sent(self, request: web.Request) -> web.Response:
        wanted = request.query.get("chat_id")
        sent = [entry for entry in self._telegram.sent if wanted in {None, str(entry["chat_id"])}]
        return web.json_response({"sent": sent})

    async def chat(self, request: web.Request) -> web.Response:
        chat_id = int(request.query["chat_id"])
        language = request.query.get("language_code", "")
        said = [
            {"from": author, "text": entry["text"], "at": entry["at"]}
            for author, entries in (("user", self._telegram.written), ("bot", self._telegram.sent))
            for entry in entries
            if entry["chat_id"] == chat_id
        ]
        began = self._telegram.typing.get(chat_id, 0.0)
        commands = self._telegram.commands
        return web.json_response(
            {
                "messages": sorted(said, key=lambda entry: float(str(entry["at"]))),
                "typing": time.time() - began < _TYPING_SECONDS,
                "commands": commands.get(language) or commands.get("", []),
            }
        )

    async def state(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "calls": self._telegram.calls,
                "pending": len(self._telegram.pending),
                "webhook": self._telegram.delivery.url,
                "commands": self._telegram.commands,
            }
        )

    async def add_failure(self, request: web.Request) -> web.Response:
        self._telegram.failures.append(Failure.model_validate(await request.json()))
        return web.json_response({})

    async def reset(self, _: web.Request) -> web.Response:
        self._telegram.forget()
        return web.json_response({})
