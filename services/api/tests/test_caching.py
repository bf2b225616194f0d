import asyncio
from collections import Counter
from datetime import timedelta

import httpx
import psycopg
import pytest

from api.caching import TTL_SECONDS, Body, Cache
from conftest import NOW
from story import Story


class Kitchen:
    """Makes answers when it is told to, and keeps count."""

    def __init__(self) -> None:
        self.made = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def make(self) -> bytes:
        number = self.made = self.made + 1
        await self.may_go_on.wait()
        return b"%d" % number

    async def fail(self) -> bytes:
        self.made += 1
        await self.may_go_on.wait()
        raise LookupError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


@pytest.fixture
def counted() -> Counter[str]:
    return Counter()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(counted: Counter[str], clock: Clock) -> Cache:
    return Cache(lambda result: counted.update([result]), clock, most_bytes=10)


async def test_what_was_made_is_kept_for_thirty_seconds(
    cache: Cache, kitchen: Kitchen, clock: Clock, counted: Counter[str]
) -> None:
    assert (await cache.get("a", kitchen.make)).content == b"1"
    clock.now += TTL_SECONDS - 0.1
    assert (await cache.get("a", kitchen.make)).content == b"1"
    clock.now += 0.1
    assert (await cache.get("a", kitchen.make)).content == b"2"
    assert counted == {"miss": 2, "hit": 1}
    assert TTL_SECONDS == 30


async def test_each_key_has_its_own(cache: Cache, kitchen: Kitchen) -> None:
    assert (await cache.get(("a", 1), kitchen.make)).content == b"1"
    assert (await cache.get(("a", 2), kitchen.make)).content == b"2"


async def test_many_who_ask_at_once_get_what_is_made_once(
    cache: Cache, kitchen: Kitchen, counted: Counter[str]
) -> None:
    kitchen.may_go_on.clear()
    waiting = [asyncio.create_task(cache.get("a", kitchen.make)) for _ in range(20)]
    await asyncio.sleep(0)
    kitchen.may_go_on.set()
    assert {body.content for body in await asyncio.gather(*waiting)} == {b"1"}
    assert kitchen.made == 1
    assert counted == {"miss": 1, "shared": 19}


async def test_who_hangs_up_first_does_not_take_it_from_the_others(
    cache: Cache, kitchen: Kitchen
) -> None:
    kitchen.may_go_on.clear()
    first = asyncio.create_task(cache.get("a", kitchen.make))
    await asyncio.sleep(0)
    second = asyncio.create_task(cache.get("a", kitchen.make))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    kitchen.may_go_on.set()
    assert (await second).content == b"1"
    assert first.cancelled()
    assert kitchen.made == 1


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(
    cache: Cache, kitchen: Kitchen
) -> None:
    kitchen.may_go_on.clear()
    waiting = [asyncio.create_task(cache.get("a", kitchen.fail)) for _ in range(3)]
    await asyncio.sleep(0)
    kitchen.may_go_on.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [LookupError] * 3
    assert kitchen.made == 1
    assert (await cache.get("a", kitchen.make)).content == b"2"


async def test_a_failure_that_nobody_waits_for_any_more_is_quiet(
    cache: Cache, kitchen: Kitchen
) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, found: complaints.append(found))
    kitchen.may_go_on.clear()
    only = asyncio.create_task(cache.get("a", kitchen.fail))
    await asyncio.sleep(0)
    only.cancel()
    await asyncio.sleep(0)
    kitchen.may_go_on.set()
    await asyncio.sleep(0.01)
    assert complaints == []


async def test_too_much_makes_room_by_what_was_not_asked_for_longest(
    cache: Cache, kitchen: Kitchen
) -> None:
    async def four_bytes() -> bytes:
        return b"0000"

    async def many_bytes() -> bytes:
        return b"0" * 11

    await cache.get("old", four_bytes)
    await cache.get("new", four_bytes)
    await cache.get("old", kitchen.make)
    await cache.get("newest", four_bytes)
    assert (await cache.get("old", kitchen.make)).content == b"0000"
    assert (await cache.get("new", kitchen.make)).content == b"1"
    assert len((await cache.get("huge", many_bytes)).content) == 11
    assert (await cache.get("huge", kitchen.make)).content == b"2"


def test_a_tag_names_the_bytes() -> None:
    assert Body(b"a").etag == Body(b"a").etag != Body(b"b").etag
    assert Body(b"").etag.startswith('"')


async def test_an_answer_is_kept_though_the_data_changes(
    client: httpx.AsyncClient, story: Story
) -> None:
    before = await client.get("/api/v1/stats?period=day")
    story.user(1, NOW - timedelta(days=1))
    assert (await client.get("/api/v1/stats?tz=UTC&period=day")).json() == before.json()
    assert (await client.get("/api/v1/stats?period=week")).json()["totals"]["users"] == 1


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
async def test_who_has_the_answer_already_gets_304(
    known: str, client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    del owner
    first = await client.get("/api/v1/dialogs")
    assert first.headers["cache-control"] == "private, max-age=30"
    headers = {"If-None-Match": known.format(first.headers["etag"])}
    again = await client.get("/api/v1/dialogs", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["x-request-id"]


@pytest.mark.parametrize("known", ["", '"other"', "other", '""'])
async def test_who_has_another_answer_gets_this_one(
    known: str, client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    del owner
    answer = await client.get("/api/v1/dialogs", headers={"If-None-Match": known})
    assert (answer.status_code, answer.json()) == (200, {"dialogs": [], "next": None})


async def test_what_is_not_found_is_not_kept(client: httpx.AsyncClient, story: Story) -> None:
    user = story.user(1, NOW)
    dialog = story.dialog(user, NOW)
    answer = await client.get(f"/api/v1/dialogs/{dialog + 1}")
    assert answer.status_code == 404
    assert "etag" not in answer.headers
    assert story.dialog(user, NOW) == dialog + 1
    assert (await client.get(f"/api/v1/dialogs/{dialog + 1}")).status_code == 200


async def test_pages_that_ask_at_once_are_one_question_to_the_database(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    def busy() -> int:
        row = owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'api' "
            "AND datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        assert row is not None
        number: int = row[0]
        return number

    with owner.transaction():
        owner.execute("LOCK TABLE dialogs IN ACCESS EXCLUSIVE MODE")
        waiting = [asyncio.create_task(client.get("/api/v1/dialogs")) for _ in range(20)]
        for _ in range(200):
            await asyncio.sleep(0.1)
            if busy():
                break
            # Within a transaction the server shows what it showed first.
            owner.execute("SELECT pg_stat_clear_snapshot()")
        await asyncio.sleep(0.5)  # any other question would be there by now
        owner.execute("SELECT pg_stat_clear_snapshot()")
        assert busy() == 1
    answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}
