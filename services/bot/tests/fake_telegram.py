"""A Telegram Bot API with one bot, any number of users, and a memory of what was sent."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from fake_delivery import Delivery
from fake_faults import broken_off, hang

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
    """How the next ``times`` calls of ``method`` go wrong, after ``delay`` seconds."""

    model_config = ConfigDict(extra="forbid")

    method: str
    kind: Literal["status", "malformed", "truncated", "hang", "slow"] = "status"
    status: int = 500
    times: int = 1
    retry_after: int | None = None
    delay: float = 0
    body: str = '{"ok": true, "resu'  # of an answer that is malformed


@dataclass
class FakeTelegram:
    """The server; a ``token`` other than None is the only one it knows."""

    token: str | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    typing: dict[int, float] = field(default_factory=dict)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    delivery: Delivery = field(init=False)
    next_update: int = 1
    _next_message: int = 1
    _poll: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.delivery = Delivery(self.pending)

    def write(self, message: UserMessage) -> dict[str, int]:
        """Let a user write to the bot."""
        update_id = message.update_id or self.next_update
        self.next_update = max(self.next_update, update_id + 1)
        user = {"id": message.user_id, "is_bot": False, "first_name": "Ada"}
        user |= {"username": message.username, "language_code": message.language_code}
        entry = self._message(message.user_id, message.chat_type) | {"from": user}
        if message.text is not None:
            entry["text"] = message.text
            if message.text.startswith("/"):
                length = len(message.text.split()[0])
                entry["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.pending.append({"update_id": update_id, "message": entry})
        self.written.append(
            {"chat_id": message.user_id, "text": message.text or "", "at": time.time()}
        )
        self._news.set()
        self.delivery.wake()
        return {"update_id": update_id, "message_id": entry["message_id"]}

    def texts(self, chat_id: int = 1000) -> list[str]:
        """Return what the bot sent to a chat, oldest first."""
        return [entry["text"] for entry in self.sent if entry["chat_id"] == chat_id]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of the Bot API."""
        method = request.match_info["method"]
        self.calls[method] += 1
        if self.token is not None and request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        for failure in self.failures:
            if failure.method == method and failure.times > 0:
                failure.times -= 1
                response = await _fail(failure, request)
                if response is not None:
                    return response
        parameters = {**request.query, **await request.post()}
        return await self._answer(method, parameters)

    def forget(self) -> None:
        """Forget what was said and told; update ids go on: the bot remembers those it has seen."""
        for memory in (self.pending, self.sent, self.written, self.failures):
            memory.clear()
        self.calls.clear()
        self.typing.clear()

    async def _answer(self, method: str, parameters: dict[str, Any]) -> web.Response:
        result: object = True
        match method:
            case "getUpdates":
                return await self._get_updates(parameters)
            case "sendMessage":
                return self._send_message(parameters)
            case "getMe":
                result = BOT
            case "sendChatAction":
                self.typing[int(parameters["chat_id"])] = time.time()
            case "setMyCommands":
                language = str(parameters.get("language_code", ""))
                self.commands[language] = json.loads(parameters["commands"])
            case "setWebhook" | "deleteWebhook":
                # Telegram takes an empty address for none.
                self.delivery.go_to(str(parameters.get("url", "")), parameters.get("secret_token"))
            case "getWebhookInfo":
                result = {"url": self.delivery.url, "pending_update_count": len(self.pending)}
            case _:
                return _refusal(404, "Not Found: method not found")
        return _result(result)

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        if self.delivery.url:
            return _refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        # As Telegram: an offset confirms what is before it, and a new poll ends an older one.
        offset = int(parameters.get("offset", 0))
        self.pending[:] = [update for update in self.pending if update["update_id"] >= offset]
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
        self.typing.pop(chat_id, None)
        self.sent.append({"chat_id": chat_id, "text": text, "at": time.time()})
        return _result(self._message(chat_id, "private") | {"from": BOT, "text": text})

    def _message(self, chat_id: int, chat_type: str) -> dict[str, Any]:
        number = self._next_message
        self._next_message += 1
        chat = {"id": chat_id, "type": chat_type, "first_name": "Ada"}
        return {"message_id": number, "date": int(time.time()), "chat": chat}


async def _fail(failure: Failure, request: web.Request) -> web.StreamResponse | None:
    """Return the failure's answer; None for a call that is slow, and then goes well."""
    await asyncio.sleep(failure.delay)
    match failure.kind:
        case "status":
            return _refusal(failure.status, "as told", failure.retry_after)
        case "malformed":
            return web.Response(text=failure.body, content_type="application/json")
        case "truncated":
            return await broken_off(request)
        case "hang":
            return await hang()
        case "slow":
            return None


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(status: int, description: str, retry_after: int | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.json_response(body, status=status)
