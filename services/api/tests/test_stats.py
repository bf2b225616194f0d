from datetime import datetime, timedelta

import httpx
import psycopg
import pytest

from conftest import NOW
from story import Story


async def test_an_empty_database_gives_zeros_for_every_bucket(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    del owner
    nothing = {"users": 0, "active_users": 0, "dialogs": 0, "messages": 0}
    answer = await client.get("/api/v1/stats", params={"period": "week"})
    assert answer.status_code == 200
    assert answer.json() == {
        "period": "week",
        "tz": "UTC",
        "from": "2026-03-12T00:00:00Z",
        "to": "2026-03-18T10:30:00Z",
        "totals": nothing,
        "previous": nothing,
        "activity": [
            {"bucket": f"2026-03-{day}T00:00:00Z", "messages": 0, "users": 0}
            for day in range(12, 19)
        ],
    }


async def test_a_week_is_counted_and_compared_with_the_one_before(
    client: httpx.AsyncClient, story: Story
) -> None:
    ada = story.user(1, NOW - timedelta(days=10))
    bob = story.user(2, NOW - timedelta(days=1))
    story.user(3, NOW - timedelta(days=400))
    old = story.dialog(ada, NOW - timedelta(days=10))
    story.said(old, NOW - timedelta(days=10))
    for dialog in (
        story.dialog(ada, NOW - timedelta(days=1)),
        story.dialog(bob, NOW - timedelta(days=1)),
    ):
        story.said(dialog, NOW - timedelta(days=1))
        story.said(dialog, NOW - timedelta(days=1), role="assistant")
    answer = (await client.get("/api/v1/stats", params={"period": "week"})).json()
    assert answer["totals"] == {"users": 3, "active_users": 2, "dialogs": 2, "messages": 4}
    assert answer["previous"] == {"users": 2, "active_users": 1, "dialogs": 1, "messages": 1}
    assert [(point["messages"], point["users"]) for point in answer["activity"]] == [
        *[(0, 0)] * 5,
        (4, 2),
        (0, 0),
    ]


async def test_a_message_belongs_to_the_day_of_the_time_zone_asked_for(
    client: httpx.AsyncClient, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.said(dialog, datetime.fromisoformat("2026-03-17T23:30:00Z"))
    berlin = await client.get("/api/v1/stats", params={"period": "week", "tz": "Europe/Berlin"})
    utc = await client.get("/api/v1/stats", params={"period": "week"})
    assert [point["messages"] for point in berlin.json()["activity"]] == [0, 0, 0, 0, 0, 0, 1]
    assert [point["messages"] for point in utc.json()["activity"]] == [0, 0, 0, 0, 0, 1, 0]
    assert berlin.json()["activity"][-1]["bucket"] == "2026-03-18T00:00:00+01:00"


async def test_failed_answers_and_the_future_do_not_count(
    client: httpx.AsyncClient, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW - timedelta(hours=1))
    story.said(dialog, NOW - timedelta(minutes=40))
    story.said(dialog, NOW - timedelta(minutes=39), role="assistant", error="timeout")
    story.said(dialog, NOW)
    answer = (await client.get("/api/v1/stats", params={"period": "day"})).json()
    assert answer["totals"]["messages"] == 1
    assert [point["messages"] for point in answer["activity"]] == [0] * 22 + [1, 0]


@pytest.mark.parametrize(
    "query", [{"period": "year"}, {"period": ""}, {"tz": "Mars/Olympus"}, {"tz": ""}]
)
async def test_a_malformed_question_is_refused(
    query: dict[str, str], client: httpx.AsyncClient
) -> None:
    assert (await client.get("/api/v1/stats", params=query)).status_code == 422


async def test_a_week_is_what_is_counted_when_nothing_is_said(
    client: httpx.AsyncClient, story: Story
) -> None:
    del story
    answer = (await client.get("/api/v1/stats")).json()
    assert answer == (await client.get("/api/v1/stats?period=week&tz=UTC")).json()
