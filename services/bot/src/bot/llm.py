"""The client of an OpenAI-compatible chat API."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from bot import logs
from bot.errors import (
    LLMError,
    LLMMalformed,
    LLMRateLimited,
    LLMRefused,
    LLMTimeout,
    LLMUnavailable,
)

_log = logs.EventLog("bot.llm")
_LONGEST_WAIT = 10.0


@dataclass(frozen=True)
class Completion:
    """An answer, and the tokens it cost if the API tells."""

    text: str
    tokens: int | None


@dataclass(frozen=True)
class Patience:
    """How long and how often to try.

    Attributes:
        attempt_seconds: for one attempt.
        total_seconds: for all of them and the waits between.
        attempts: the first one included.
        base_wait: seconds before the second attempt, doubled before each further one; the
            wait taken is a random one between half of that and all of it.

    """

    attempt_seconds: float = 30
    total_seconds: float = 60
    attempts: int = 3
    base_wait: float = 0.5


class _Message(BaseModel):
    content: str = Field(min_length=1)


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int | None = None


class _ChatCompletion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class LLM:
    """Asks ``model`` at ``base_url``; the session carries the key."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, model: str, patience: Patience
    ) -> None:
        self._session = session
        self._url = f"{base_url}/chat/completions"
        self._patience = patience
        self.model = model

    async def complete(self, messages: Sequence[Mapping[str, str]]) -> Completion:
        """Return the model's answer to ``messages``, each with ``role`` and ``content``.

        Raises:
            LLMError: the last attempt's reason, when there is no answer.

        """
        last: LLMError = LLMTimeout()
        try:
            async with asyncio.timeout(self._patience.total_seconds):
                for attempt in range(1, self._patience.attempts + 1):
                    try:
                        return await self._attempt(messages)
                    except LLMError as error:
                        last = error
                        _log.warning("llm_failed", code=error.code, attempt=attempt)
                        if not error.worth_retrying or attempt == self._patience.attempts:
                            raise
                        await asyncio.sleep(self._wait(attempt, error))
        except TimeoutError:
            raise last from None
        raise last

    async def _attempt(self, messages: Sequence[Mapping[str, str]]) -> Completion:
        body = {"model": self.model, "messages": list(messages)}
        timeout = aiohttp.ClientTimeout(total=self._patience.attempt_seconds)
        started = time.monotonic()
        try:
            async with self._session.post(self._url, json=body, timeout=timeout) as response:
                _raise_for_status(response)
                answer = await response.read()
        except TimeoutError as error:
            raise LLMTimeout(f"no answer after {time.monotonic() - started:.1f} s") from error
        except aiohttp.ClientError as error:
            raise LLMUnavailable(type(error).__name__) from error
        try:
            parsed = _ChatCompletion.model_validate_json(answer)
        except ValidationError:
            # Without `from`: the cause quotes the answer.
            raise LLMMalformed("not a chat completion") from None
        text = parsed.choices[0].message.content
        if not text.strip():
            raise LLMMalformed("a blank answer")
        return Completion(text, parsed.usage.total_tokens if parsed.usage else None)

    def _wait(self, attempt: int, error: LLMError) -> float:
        asked = error.retry_after if isinstance(error, LLMRateLimited) else None
        wait = self._patience.base_wait * 2.0 ** (attempt - 1)
        jittered = wait * random.uniform(0.5, 1)  # noqa: S311  # no secret depends on it
        return min(_LONGEST_WAIT, max(jittered, asked or 0))


def _raise_for_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = response.headers.get("Retry-After", "")
        raise LLMRateLimited(float(asked) if asked.isdecimal() else None)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise LLMUnavailable(f"status {status}")
    if status != HTTPStatus.OK:
        raise LLMRefused(f"status {status}")
