from datetime import timedelta

import httpx
import psycopg
import pytest

from conftest import NOW
from story import Story


async def test_users_come_in_the_order_of_what_they_wrote(
    client: httpx.AsyncClient, story: Story, owner: psycopg.Connection
) -> None:
    at = NOW - timedelta(hours=1)
    ada = story.user(1, at, "ada")
    bob = story.user(2, at)
    eve = story.user(3, at, "eve")
    story.user(4, at, "silent")
    first, second = story.dialog(ada, at), story.dialog(ada, at)
    for dialog in (first, first, second):
        story.said(dialog, at)
    for user in (eve, bob):
        dialog = story.dialog(user, at)
        story.said(dialog, at)
        story.said(dialog, at, role="assistant")
        story.said(dialog, NOW - timedelta(days=40))
    owner.execute("UPDATE users SET blocked_at = now(), language = 'en' WHERE id = %s", [eve])
    answer = (await client.get("/api/v1/users/top")).json()
    assert list(answer) == ["period", "tz", "from", "to", "users"]
    seen = {"first_seen_at": "2026-03-18T09:30:00Z", "last_seen_at": "2026-03-18T09:30:00Z"}
    assert answer["users"] == [
        {
            "id": ada,
            "username": "ada",
            "language": None,
            "messages": 3,
            "dialogs": 2,
            "blocked": False,
            **seen,
        },
        {
            "id": bob,
            "username": None,
            "language": None,
            "messages": 1,
            "dialogs": 1,
            "blocked": False,
            **seen,
        },
        {
            "id": eve,
            "username": "eve",
            "language": "en",
            "messages": 1,
            "dialogs": 1,
            "blocked": True,
            **seen,
        },
    ]


async def test_no_more_than_the_limit(client: httpx.AsyncClient, story: Story) -> None:
    at = NOW - timedelta(hours=1)
    users = [story.user(number, at) for number in range(1, 13)]
    for user in users:
        story.said(story.dialog(user, at), at)
    for limit, expected in (("", users[:10]), ("?limit=2", users[:2]), ("?limit=100", users)):
        answer = (await client.get(f"/api/v1/users/top{limit}")).json()
        assert [user["id"] for user in answer["users"]] == expected


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5", "", "9" * 5000])
async def test_a_limit_out_of_bounds_is_refused(limit: str, client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/users/top", params={"limit": limit})).status_code == 422
