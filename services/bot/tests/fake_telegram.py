"""A Telegram Bot API with one bot, any number of users, and a memory of what was sent."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

BOT = {"id": 42, "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
_MESSAGE_LIMIT = 4096


class UserMessage(BaseModel):
    """What a user writes; ``text`` None stands for a photo or the like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | None = "hello"
    user_id: int = 1000
    username: str | None = "ada"
    language_code: str | None = "en"
    chat_type: str = "private"
    update_id: int | None = None  # one that was used before comes a second time


class Failure(BaseModel):
    """How the next ``times`` calls of ``method`` are refused."""

    model_config = ConfigDict(extra="forbid")

    method: str
    status: int
    times: int = 1
    retry_after: int | None = None


@dataclass
class FakeTelegram:
    """The server; a ``token`` other than None is the only one it knows."""

    token: str | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    _next_update: int = 1
    _next_message: int = 1
    _poll: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, message: UserMessage) -> dict[str, int]:
        """Let a user write to the bot."""
        update_id = message.update_id or self._next_update
        self._next_update = max(self._next_update, update_id + 1)
        user = {"id": message.user_id, "is_bot": False, "first_name": "Ada"}
        user |= {"username": message.username, "language_code": message.language_code}
        entry = self._message(message.user_id, message.chat_type) | {"from": user}
        if message.text is not None:
            entry["text"] = message.text
            if message.text.startswith("/"):
                length = len(message.text.split()[0])
                entry["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.pending.append({"update_id": update_id, "message": entry})
        self._news.set()
        return {"update_id": update_id, "message_id": entry["message_id"]}

    def texts(self, chat_id: int = 1000) -> list[str]:
        """Return what the bot sent to a chat, oldest first."""
        return [entry["text"] for entry in self.sent if entry["chat_id"] == chat_id]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/_control/healthz", self._healthz)
        app.router.add_post("/_control/messages", self._add_message)
        app.router.add_get("/_control/sent", self._list_sent)
        app.router.add_get("/_control/state", self._state)
        app.router.add_post("/_control/failures", self._add_failure)
        app.router.add_post("/_control/reset", self._reset)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        if self.token is not None and request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        for failure in self.failures:
            if failure.method == method and failure.times > 0:
                failure.times -= 1
                return _refusal(failure.status, "as told", failure.retry_after)
        parameters = {**request.query, **await request.post()}
        return await self._answer(method, parameters)

    async def _answer(self, method: str, parameters: dict[str, Any]) -> web.Response:
        match method:
            case "getMe":
                return _result(BOT)
            case "getUpdates":
                return await self._get_updates(parameters)
            case "sendMessage":
                return self._send_message(parameters)
            case "sendChatAction" | "deleteWebhook" | "setMyCommands" | "close" | "logOut":
                return _result(result=True)
        return _refusal(404, "Not Found: method not found")

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        # As Telegram: an offset confirms what is before it, and a new poll ends an older one.
        offset = int(parameters.get("offset", 0))
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self._poll += 1
        mine = self._poll
        self._news.set()
        deadline = time.monotonic() + float(parameters.get("timeout", 0))
        while not self.pending and (left := deadline - time.monotonic()) > 0:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except TimeoutError:
                break
            if mine != self._poll:
                return _refusal(409, "Conflict: terminated by other getUpdates request")
        return _result(self.pending[: int(parameters.get("limit", 100))])

    def _send_message(self, parameters: dict[str, Any]) -> web.Response:
        text = str(parameters.get("text", ""))
        if not text.strip():
            return _refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > _MESSAGE_LIMIT:
            return _refusal(400, "Bad Request: message is too long")
        chat_id = int(parameters["chat_id"])
        self.sent.append({"chat_id": chat_id, "text": text, "at": time.time()})
        return _result(self._message(chat_id, "private") | {"from": BOT, "text": text})

    def _message(self, chat_id: int, chat_type: str) -> dict[str, Any]:
        number = self._next_message
        self._next_message += 1
        chat = {"id": chat_id, "type": chat_type, "first_name": "Ada"}
        return {"message_id": number, "date": int(time.time()), "chat": chat}

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _add_message(self, request: web.Request) -> web.Response:
        return web.json_response(self.write(UserMessage.model_validate(await request.json())))

    async def _list_sent(self, request: web.Request) -> web.Response:
        wanted = request.query.get("chat_id")
        sent = [entry for entry in self.sent if wanted in {None, str(entry["chat_id"])}]
        return web.json_response({"sent": sent})

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response({"calls": self.calls, "pending": len(self.pending)})

    async def _add_failure(self, request: web.Request) -> web.Response:
        self.failures.append(Failure.model_validate(await request.json()))
        return web.json_response({})

    async def _reset(self, _: web.Request) -> web.Response:
        # Update ids go on: the bot remembers those it has seen.
        for memory in (self.pending, self.sent, self.failures):
            memory.clear()
        self.calls.clear()
        return web.json_response({})


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(status: int, description: str, retry_after: int | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.json_response(body, status=status)
