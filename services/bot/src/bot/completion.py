"""What an OpenAI-compatible chat API answers, taken apart. Pure but for the clock of a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pydantic import BaseModel, Field, ValidationError

from bot.errors import LLMError, LLMMalformed, LLMRateLimited, LLMRefused, LLMUnavailable

_CUT_SHORT = " […]"


@dataclass(frozen=True)
class Completion:
    """An answer, and the tokens it cost if the API tells."""

    text: str
    tokens: int | None


class _Message(BaseModel):
    content: str = Field(min_length=1)


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int | None = Field(default=None, ge=0, lt=2**31)


class _ChatCompletion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


def parse(body: bytes) -> Completion:
    """Return the first choice; one that reached the model's limit of length is marked so.

    Raises:
        LLMMalformed: it is no chat completion, or has no text.

    """
    try:
        parsed = _ChatCompletion.model_validate_json(body)
    except ValidationError:
        # Without `from`: the cause quotes the answer.
        raise LLMMalformed("not a chat completion") from None
    choice = parsed.choices[0]
    text = choice.message.content
    if not text.strip():
        raise LLMMalformed("a blank answer")
    if choice.finish_reason == "length":
        text = text.rstrip() + _CUT_SHORT
    return Completion(text, parsed.usage.total_tokens if parsed.usage else None)


def error_for_status(status: int, headers: Mapping[str, str]) -> LLMError | None:
    """Return the error that a response's status stands for; None for 200."""
    if status == HTTPStatus.OK:
        return None
    asked = seconds(headers.get("Retry-After", ""))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return LLMRateLimited("too many requests", asked)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return LLMUnavailable(f"status {status}", asked)
    return LLMRefused(f"status {status}")


def seconds(retry_after: str) -> float | None:
    """Return the wait that a Retry-After header asks for: a number of seconds, or a date."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:  # a date "-0000" is UTC of unknown origin
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
