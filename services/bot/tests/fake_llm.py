"""An OpenAI-compatible language model that says what a test tells it to."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter

from fake_answers import demo_answer, echo
from fake_faults import broken_off, hang


class Step(BaseModel):
    """How one request is answered, after ``delay`` seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["answer", "demo", "status", "malformed", "truncated", "hang"] = "answer"
    text: str | None = None  # of an answer; without it the last message is echoed
    finish_reason: Literal["stop", "length"] = "stop"  # of an answer
    status: int = 500
    retry_after: int | str | None = None  # seconds, or a date
    delay: float = 0


@dataclass
class FakeLLM:
    """The model: ``steps`` are used up one a request, then ``default`` is used."""

    default: Step = field(default_factory=Step)
    steps: deque[Step] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._first_default = self.default

    def script(self, *steps: Step) -> None:
        self.steps.extend(steps)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/_control/healthz", self._healthz)
        app.router.add_post("/_control/script", self._set_script)
        app.router.add_put("/_control/default", self._set_default)
        app.router.add_get("/_control/requests", self._list_requests)
        app.router.add_post("/_control/reset", self._reset)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        authorization = request.headers.get("Authorization")
        self.requests.append({**body, "authorization": authorization})
        step = self.steps.popleft() if self.steps else self.default
        await asyncio.sleep(step.delay)
        match step.kind:
            case "status":
                headers = {} if step.retry_after is None else {"Retry-After": str(step.retry_after)}
                return web.json_response(
                    {"error": {"message": "as told"}}, status=step.status, headers=headers
                )
            case "malformed":
                return web.Response(text='{"choices": [{"mess', content_type="application/json")
            case "truncated":
                return await broken_off(request)
            case "hang":
                return await hang()
            case "demo":
                text = demo_answer(body["messages"])
            case "answer":
                text = echo(body["messages"][-1]["content"]) if step.text is None else step.text
        return web.json_response(_completion(body["model"], text, step.finish_reason))

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _set_script(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.script(*TypeAdapter(list[Step]).validate_python(body["steps"]))
        return web.json_response({"steps": len(self.steps)})

    async def _set_default(self, request: web.Request) -> web.Response:
        self.default = Step.model_validate(await request.json())
        return web.json_response(self.default.model_dump())

    async def _list_requests(self, _: web.Request) -> web.Response:
        return web.json_response({"requests": self.requests})

    async def _reset(self, _: web.Request) -> web.Response:
        self.default = self._first_default
        self.steps.clear()
        self.requests.clear()
        return web.json_response({})


def _completion(model: str, text: str, finish_reason: str) -> dict[str, Any]:
    words = len(text.split())
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": words, "total_tokens": words + 1},
    }
