from datetime import timedelta

import httpx
import psycopg

from conftest import NOW
from story import Story


async def test_without_a_model_at_work_everything_is_zero_or_null(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    del owner
    nothing = {"answers": 0, "failures": 0, "tokens": 0, "latency_ms": None}
    answer = (await client.get("/api/v1/llm?period=week")).json()
    assert answer == {
        "period": "week",
        "tz": "UTC",
        "from": "2026-03-12T00:00:00Z",
        "to": "2026-03-18T10:30:00Z",
        "totals": nothing,
        "previous": nothing,
        "models": [],
        "errors": [],
        "activity": [
            {
                "bucket": f"2026-03-{day}T00:00:00Z",
                "answers": 0,
                "failures": 0,
                "p50_ms": None,
                "p95_ms": None,
            }
            for day in range(12, 19)
        ],
    }


async def test_answers_failures_and_latencies_are_told_by_model_and_time(
    client: httpx.AsyncClient, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    yesterday = NOW - timedelta(days=1)
    for latency in range(100, 2100, 100):  # 20 answers: the 10th and the 19th are the percentiles
        story.answered(dialog, yesterday, "small", latency)
    story.answered(dialog, NOW - timedelta(hours=1), "large", 5000)
    for code in ("timeout", "timeout", "rate_limited"):
        story.answered(dialog, NOW - timedelta(hours=1), "large", 60000, code)
    story.answered(dialog, NOW - timedelta(hours=1), None, 1, "circuit_open")
    story.answered(dialog, NOW - timedelta(days=8), "small", 300)
    # Not the model's: a question, an answer that was found elsewhere, and what is yet to come.
    story.said(dialog, yesterday)
    story.said(dialog, yesterday, role="assistant")
    story.answered(dialog, NOW, "small", 1)
    answer = (await client.get("/api/v1/llm")).json()
    assert answer["totals"] == {
        "answers": 21,
        "failures": 4,
        "tokens": 210,
        "latency_ms": {"p50": 1100, "p95": 2000},
    }
    assert answer["previous"] == {
        "answers": 1,
        "failures": 0,
        "tokens": 10,
        "latency_ms": {"p50": 300, "p95": 300},
    }
    assert answer["models"] == [
        {
            "model": "small",
            "answers": 20,
            "failures": 0,
            "tokens": 200,
            "latency_ms": {"p50": 1000, "p95": 1900},
        },
        {
            "model": "large",
            "answers": 1,
            "failures": 3,
            "tokens": 10,
            "latency_ms": {"p50": 5000, "p95": 5000},
        },
        {"model": "unknown", "answers": 0, "failures": 1, "tokens": 0, "latency_ms": None},
    ]
    assert answer["errors"] == [
        {"error_code": "timeout", "count": 2},
        {"error_code": "circuit_open", "count": 1},
        {"error_code": "rate_limited", "count": 1},
    ]
    assert answer["activity"][-2:] == [
        {
            "bucket": "2026-03-17T00:00:00Z",
            "answers": 20,
            "failures": 0,
            "p50_ms": 1000,
            "p95_ms": 1900,
        },
        {
            "bucket": "2026-03-18T00:00:00Z",
            "answers": 1,
            "failures": 4,
            "p50_ms": 5000,
            "p95_ms": 5000,
        },
    ]


async def test_only_failures_have_no_latency(client: httpx.AsyncClient, story: Story) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.answered(dialog, NOW - timedelta(minutes=5), "small", 60000, "timeout")
    answer = (await client.get("/api/v1/llm?period=day")).json()
    assert answer["totals"]["latency_ms"] is None
    assert answer["activity"][-1] == {
        "bucket": "2026-03-18T10:00:00Z",
        "answers": 0,
        "failures": 1,
        "p50_ms": None,
        "p95_ms": None,
    }
