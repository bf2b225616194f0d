from datetime import timedelta

import httpx
import pytest

from conftest import NOW
from story import Story


@pytest.mark.parametrize(
    ("query", "bucket", "count", "first"),
    [
        ("period=day", "hour", 24, "2026-03-17T11:00:00Z"),
        ("period=day&bucket=day", "day", 2, "2026-03-17T11:00:00Z"),
        ("", "day", 7, "2026-03-12T00:00:00Z"),
        ("period=week&bucket=hour", "hour", 6 * 24 + 11, "2026-03-12T00:00:00Z"),
        ("period=month&bucket=day", "day", 30, "2026-02-17T00:00:00Z"),
        ("period=week&tz=Europe/Berlin", "day", 7, "2026-03-12T00:00:00+01:00"),
    ],
)
async def test_the_frame_and_the_buckets_are_those_asked_for(
    query: str, bucket: str, count: int, first: str, client: httpx.AsyncClient
) -> None:
    answer = (await client.get(f"/api/v1/activity?{query}")).json()
    assert list(answer) == ["period", "tz", "from", "to", "bucket", "activity"]
    assert answer["bucket"] == bucket
    assert len(answer["activity"]) == count
    assert answer["activity"][0] == {"bucket": first, "messages": 0, "users": 0}
    assert answer["from"] == first


async def test_hours_of_a_month_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/activity?period=month&bucket=hour")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "bucket"]


async def test_a_message_is_counted_in_its_bucket_whatever_their_size(
    client: httpx.AsyncClient, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    other = story.dialog(story.user(2, NOW), NOW)
    at = NOW - timedelta(hours=2)
    for place in (dialog, other):
        story.said(place, at)
        story.said(place, at, role="assistant")
    story.said(dialog, at, role="system")
    story.said(dialog, at, role="assistant", error="timeout")
    for query in ("period=day", "period=week&bucket=hour", "period=week", "period=month"):
        answer = (await client.get(f"/api/v1/activity?{query}")).json()
        busy = [point for point in answer["activity"] if point["messages"]]
        assert [(point["messages"], point["users"]) for point in busy] == [(4, 2)]
        assert busy[0]["bucket"] in {"2026-03-18T08:00:00Z", "2026-03-18T00:00:00Z"}
