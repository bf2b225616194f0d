"""How the language model does: answers, failures, tokens and latencies.

What the model did is an assistant's message with a model, or with an ``error_code``: an answer
without either was found elsewhere. Latencies are in milliseconds, of answers only, and each is
one that was measured, not a value between two.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, LiteralString

from pydantic import AwareDatetime, Field, NonNegativeInt

from api.answers import Answer, Span
from api.database import Connection
from api.periods import Window

_MOST_ROWS = 100


class Latency(Answer):
    """Half of the answers, and 95 of 100, took no longer than this; in milliseconds."""

    p50: NonNegativeInt
    p95: NonNegativeInt


class LlmTotals(Answer):
    """What the model did in one period."""

    answers: Annotated[NonNegativeInt, Field(description="failures are not among them")]
    failures: NonNegativeInt
    tokens: NonNegativeInt
    latency_ms: Annotated[Latency | None, Field(description="null without an answer")]


class ModelTotals(LlmTotals):
    """What one model did in the period."""

    model: str


class ErrorCount(Answer):
    """How often the model failed for one reason."""

    error_code: str
    count: NonNegativeInt


class LlmBucket(Answer):
    """One point of the latency chart; quiet buckets are there with zeros."""

    bucket: Annotated[AwareDatetime, Field(description="its start, in the time zone asked for")]
    answers: NonNegativeInt
    failures: NonNegativeInt
    p50_ms: NonNegativeInt | None
    p95_ms: NonNegativeInt | None


class Llm(Span):
    """The answer of ``GET /api/v1/llm``."""

    totals: LlmTotals
    previous: Annotated[LlmTotals, Field(description="as long a time, as many buckets earlier")]
    models: Annotated[list[ModelTotals], Field(description="the most asked first")]
    errors: Annotated[list[ErrorCount], Field(description="the most frequent first")]
    activity: Annotated[
        list[LlmBucket], Field(description="24 hours for a day, 7 or 30 days otherwise")
    ]


_WHERE: LiteralString = """
  FROM messages
 WHERE created_at >= %(start)s AND created_at < %(end)s
   AND role = 'assistant' AND (model IS NOT NULL OR error_code IS NOT NULL)
"""
_NUMBERS: LiteralString = """
       count(*) FILTER (WHERE error_code IS NULL) AS answers,
       count(*) FILTER (WHERE error_code IS NOT NULL) AS failures,
       coalesce(sum(tokens), 0) AS tokens,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms)
         FILTER (WHERE error_code IS NULL) AS p50,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms)
         FILTER (WHERE error_code IS NULL) AS p95
"""
_TOTALS: LiteralString = "SELECT" + _NUMBERS + _WHERE
_MODELS: LiteralString = (
    "SELECT coalesce(model, 'unknown') AS model,"
    + _NUMBERS
    + _WHERE
    + "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %(limit)s"
)
_ERRORS: LiteralString = (
    "SELECT error_code, count(*) AS count"
    + _WHERE
    + "AND error_code IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s"
)
_ACTIVITY: LiteralString = (
    "SELECT width_bucket(created_at, %(buckets)s::timestamptz[]) AS number,"
    + _NUMBERS
    + _WHERE
    + "GROUP BY number"
)


async def read_llm(connection: Connection, window: Window) -> Llm:
    """Count what the model did in ``window``, and in the one before it."""
    span = {"start": window.start, "end": window.end}
    listed = {**span, "limit": _MOST_ROWS}
    models = await connection.execute(_MODELS, listed)
    errors = await connection.execute(_ERRORS, listed)
    return Llm.of(
        window,
        totals=await _totals(connection, window.start, window.end),
        previous=await _totals(connection, window.previous_start, window.previous_end),
        models=[{**_numbers(row), "model": row["model"]} async for row in models],
        errors=await errors.fetchall(),
        activity=await _activity(connection, window),
    )


async def _totals(connection: Connection, start: datetime, end: datetime) -> LlmTotals:
    cursor = await connection.execute(_TOTALS, {"start": start, "end": end})
    return LlmTotals.model_validate(_numbers(await cursor.fetchone() or {}))


async def _activity(connection: Connection, window: Window) -> list[LlmBucket]:
    cursor = await connection.execute(
        _ACTIVITY, {"buckets": list(window.buckets), "start": window.start, "end": window.end}
    )
    counted = {row["number"]: row async for row in cursor}
    quiet: Mapping[str, object] = {"answers": 0, "failures": 0, "p50": None, "p95": None}
    return [
        LlmBucket.model_validate(
            {**row, "bucket": start, "p50_ms": row["p50"], "p95_ms": row["p95"]}
        )
        for number, start in enumerate(window.buckets, start=1)
        for row in (counted.get(number, quiet),)
    ]


def _numbers(row: Mapping[str, object]) -> dict[str, object]:
    latency = None if row["p50"] is None else {"p50": row["p50"], "p95": row["p95"]}
    return {**row, "latency_ms": latency}
