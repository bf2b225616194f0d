from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from api.cursors import DialogCursor, MessageCursor
from api.errors import CursorMalformed
from conftest import NOW, TEXT_TOKEN, bearer
from story import Story

DIALOG = DialogCursor(NOW, 7).text()
MESSAGE = MessageCursor(7, 8).text()


async def pages(client: httpx.AsyncClient, path: str, key: str) -> list[list[int]]:
    """The ids of every page, from the first to the one without a next."""
    found: list[list[int]] = []
    after = ""
    while len(found) < 50:
        answer = (await client.get(f"{path}{after}")).json()
        found.append([row["id"] for row in answer[key]])
        if answer["next"] is None:
            return found
        after = f"&after={answer['next']}"
    pytest.fail("the pages do not end")


async def test_a_dialog_in_the_list_tells_what_is_in_it(
    client: httpx.AsyncClient, story: Story
) -> None:
    ada = story.user(1, NOW, "ada")
    quiet = story.dialog(ada, NOW - timedelta(hours=1), is_open=True)
    lively = story.dialog(ada, NOW - timedelta(days=2))
    story.said(lively, NOW - timedelta(days=2), role="system")
    story.said(lively, NOW - timedelta(days=2))
    story.said(lively, NOW - timedelta(days=1), role="assistant")
    story.said(lively, NOW - timedelta(hours=30), role="assistant", error="timeout")
    user = {"id": ada, "username": "ada"}
    assert (await client.get("/api/v1/dialogs")).json() == {
        "dialogs": [
            {
                "id": quiet,
                "user": user,
                "channel": "telegram",
                "started_at": "2026-03-18T09:30:00Z",
                "closed_at": None,
                "messages": 0,
                "failed": 0,
                "last_message_at": None,
            },
            {
                "id": lively,
                "user": user,
                "channel": "telegram",
                "started_at": "2026-03-16T10:30:00Z",
                "closed_at": "2026-03-17T10:30:00Z",
                "messages": 2,
                "failed": 1,
                "last_message_at": "2026-03-17T10:30:00Z",
            },
        ],
        "next": None,
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_pages_have_every_dialog_once_latest_first(
    limit: int, client: httpx.AsyncClient, story: Story
) -> None:
    user = story.user(1, NOW)
    # Several at the same moment: only their ids tell them apart.
    moments = [NOW - timedelta(days=days) for days in (3, 1, 1, 1, 2, 1, 5)]
    made = [(moment, story.dialog(user, moment)) for moment in moments]
    expected = [number for _, number in sorted(made, reverse=True)]
    found = await pages(client, f"/api/v1/dialogs?limit={limit}", "dialogs")
    assert [number for page in found for number in page] == expected
    assert all(len(page) == limit for page in found[:-1])
    assert found[-1] != []


async def test_a_dialog_that_begins_meanwhile_moves_nothing(
    client: httpx.AsyncClient, story: Story
) -> None:
    user = story.user(1, NOW)
    made = [story.dialog(user, NOW - timedelta(days=days)) for days in (4, 3, 2, 1)]
    first = (await client.get("/api/v1/dialogs?limit=2")).json()
    story.dialog(user, NOW)
    second = (await client.get(f"/api/v1/dialogs?limit=2&after={first['next']}")).json()
    assert [row["id"] for row in second["dialogs"]] == [made[1], made[0]]


async def test_only_those_of_a_state_or_a_user(client: httpx.AsyncClient, story: Story) -> None:
    ada, bob = story.user(1, NOW), story.user(2, NOW)
    closed = story.dialog(ada, NOW - timedelta(days=3))
    of_ada = story.dialog(ada, NOW - timedelta(days=2), is_open=True)
    of_bob = story.dialog(bob, NOW - timedelta(days=1), is_open=True)
    for query, expected in (
        ("", [of_bob, of_ada, closed]),
        ("state=all", [of_bob, of_ada, closed]),
        ("state=open", [of_bob, of_ada]),
        ("state=closed", [closed]),
        (f"user={ada}", [of_ada, closed]),
        (f"user={ada}&state=open", [of_ada]),
        (f"user={bob}&state=closed", []),
        ("user=9223372036854775807", []),
    ):
        answer = (await client.get(f"/api/v1/dialogs?{query}")).json()
        assert [row["id"] for row in answer["dialogs"]] == expected, query
    found = await pages(client, f"/api/v1/dialogs?limit=1&user={ada}&state=all", "dialogs")
    assert found == [[of_ada], [closed]]


async def test_a_dialog_shows_its_messages(
    client: httpx.AsyncClient, story: Story, owner: psycopg.Connection
) -> None:
    ada = story.user(1, NOW, "ada")
    owner.execute("UPDATE users SET language = 'ru'")
    dialog = story.dialog(ada, NOW - timedelta(hours=1), is_open=True)
    question = story.said(dialog, NOW - timedelta(minutes=3))
    answer = story.answered(dialog, NOW - timedelta(minutes=2), "model-1", 700)
    failure = story.answered(dialog, NOW - timedelta(minutes=1), "model-1", 9, "timeout")
    story.said(story.dialog(ada, NOW), NOW)
    found = await client.get(f"/api/v1/dialogs/{dialog}", headers=bearer(TEXT_TOKEN))
    nothing = {"tokens": None, "latency_ms": None, "model": None, "error_code": None}
    said = {"content": "text", **nothing}
    model = {"role": "assistant", "model": "model-1"}
    at = "2026-03-18T10:2{}:00Z"
    assert found.json() == {
        "id": dialog,
        "user": {"id": ada, "username": "ada", "language": "ru"},
        "channel": "telegram",
        "started_at": "2026-03-18T09:30:00Z",
        "closed_at": None,
        "text": True,
        "messages": [
            {"id": question, "created_at": at.format(7), **said, "role": "user"},
            {"id": answer, "created_at": at.format(8), **said, **model, "tokens": 10}
            | {"latency_ms": 700},
            {"id": failure, "created_at": at.format(9), **said, **model, "error_code": "timeout"}
            | {"latency_ms": 9},
        ],
        "next": None,
    }


async def test_pages_have_every_message_once_oldest_first(
    client: httpx.AsyncClient, story: Story
) -> None:
    user = story.user(1, NOW)
    dialog, other = story.dialog(user, NOW), story.dialog(user, NOW)
    made = []
    for _ in range(7):
        made.append(story.said(dialog, NOW))
        story.said(other, NOW)
    for limit in (1, 3, 7, 200):
        found = await pages(client, f"/api/v1/dialogs/{dialog}?limit={limit}", "messages")
        assert [number for page in found for number in page] == made


async def test_a_dialog_without_messages_is_empty(client: httpx.AsyncClient, story: Story) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    answer = (await client.get(f"/api/v1/dialogs/{dialog}")).json()
    assert (answer["messages"], answer["next"]) == ([], None)


async def test_an_unknown_dialog_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/dialogs/9223372036854775807")
    assert (answer.status_code, answer.json()) == (404, {"detail": "no dialog has this id"})


@pytest.mark.parametrize("dialog", ["0", "-1", "abc", "1.5", "9223372036854775808", "9" * 5000])
async def test_what_is_no_id_is_refused(dialog: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/v1/dialogs/{dialog}")).status_code == 422
    assert (await client.get(f"/api/v1/dialogs?user={dialog}")).status_code == 422


def changed(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "A" * 28,
        "_" * 28,
        "é" * 28,
        "A" * 27 + "\n",
        DIALOG[:-1],
        DIALOG + "A",
        DIALOG + "=",
        f" {DIALOG[1:]}",
        *(changed(DIALOG, place) for place in range(28)),
        MESSAGE,
    ],
)
async def test_a_cursor_that_was_not_given_out_is_refused(
    cursor: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/api/v1/dialogs", params={"after": cursor})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "after"]


async def test_a_cursor_of_another_dialog_or_kind_is_refused(
    client: httpx.AsyncClient, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    for cursor in (MessageCursor(dialog + 1, 1).text(), DIALOG, "A" * 28):
        answer = await client.get(f"/api/v1/dialogs/{dialog}?after={cursor}")
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["query", "after"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        NOW,
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("number", [1, 2**63 - 1])
async def test_a_cursor_keeps_its_place_to_the_microsecond(
    moment: datetime, number: int, client: httpx.AsyncClient
) -> None:
    cursor = DialogCursor(moment, number)
    assert DialogCursor.parse(cursor.text()) == cursor
    answer = await client.get("/api/v1/dialogs", params={"after": cursor.text()})
    assert answer.status_code == 200


@pytest.mark.parametrize(("first", "second"), [(2**62, 1), (-(2**62), 1), (0, 0), (0, -1)])
def test_a_cursor_beyond_the_calendar_or_without_an_id_is_refused(first: int, second: int) -> None:
    forged = MessageCursor(first, second).text()
    with pytest.raises(CursorMalformed):
        MessageCursor.parse(forged) if second < 1 else DialogCursor.parse(forged)
