"""Stories in which Telegram, the model or the database fails, or the bot is killed."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import aiohttp
import pytest
from migrate.runner import Migrator
from migrate.testing import as_role, scratch_database
from pydantic import SecretStr

from bot.app import Timing, run
from bot.errors import TokenRefused
from bot.phrases import ENGLISH
from bot.tasks import end
from conftest import PATIENCE_SECONDS, QUICK, World, until
from fakes import Failure, Step

CUT_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE application_name = 'bot' AND datname = current_database()
"""


async def probe(url: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json()


async def test_a_ready_bot_says_so_and_what_it_is(world: World) -> None:
    async with world.bot(slipway_version="1.2.3", slipway_commit="abc") as health:
        # Its second poll goes on for long: the first one has to have made it ready.
        await until(lambda: world.telegram.calls["getUpdates"] > 1)
        assert await probe(f"{health}/healthz") == (200, {"status": "alive"})
        assert await probe(f"{health}/readyz") == (200, {"status": "ready", "failed": []})
        assert await probe(f"{health}/version") == (200, {"version": "1.2.3", "commit": "abc"})


@pytest.mark.parametrize(
    ("steps", "code", "attempts"),
    [
        ([Step(kind="status", status=500)] * 3, "unavailable", 3),
        ([Step(kind="status", status=429)] * 3, "rate_limited", 3),
        ([Step(kind="malformed")] * 3, "malformed", 3),
        ([Step(kind="truncated")] * 3, "unavailable", 3),
        ([Step(text=" ")] * 3, "malformed", 3),
        ([Step(kind="hang")] * 3, "timeout", 2),
        ([Step(kind="status", status=401)], "refused", 1),
    ],
)
async def test_when_the_model_fails_the_user_gets_an_apology(
    steps: list[Step], code: str, attempts: int, world: World
) -> None:
    world.llm.script(*steps)
    async with world.bot(llm_timeout=0.3 if code == "timeout" else 10):
        world.write("hi")
        assert await world.hear(1) == [ENGLISH.apology]
    assert len(world.llm.requests) == attempts
    assert world.rows("SELECT content, error_code FROM messages WHERE role = 'assistant'") == [
        ("", code)
    ]


async def test_a_failed_answer_is_no_part_of_the_history(world: World) -> None:
    world.llm.script(Step(kind="status", status=401))
    async with world.bot():
        world.write("one")
        await world.hear(1)
        world.write("two")
        await world.hear(2)
    assert world.heard_by_model() == ["one", "two"]


@pytest.mark.parametrize(
    "step",
    [
        Step(kind="status", status=503),
        Step(kind="status", status=429, retry_after=1),
        Step(kind="malformed"),
    ],
)
async def test_a_model_that_fails_once_is_asked_again(step: Step, world: World) -> None:
    world.llm.script(step)
    async with world.bot():
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]


async def test_a_model_nobody_can_reach_gives_an_apology(world: World) -> None:
    async with world.bot(llm_base_url="http://127.0.0.1:1/v1"):
        world.write("hi")
        assert await world.hear(1) == [ENGLISH.apology]
    assert world.rows("SELECT error_code FROM messages WHERE role = 'assistant'") == [
        ("unavailable",)
    ]


async def test_without_a_database_it_waits_and_answers_when_there_is_one(world: World) -> None:
    with scratch_database(migrated=False) as url:
        async with world.bot(database_url=SecretStr(as_role(url, "app"))) as health:
            world.write("hi")
            assert await probe(f"{health}/healthz") == (200, {"status": "alive"})
            status, body = await probe(f"{health}/readyz")
            assert status == 503
            assert "database" in str(body)
            await asyncio.to_thread(Migrator(url).upgrade)
            assert await world.hear(1) == ["You said: hi"]
            assert (await probe(f"{health}/readyz"))[0] == 200


async def test_a_database_that_goes_away_between_updates_loses_none(world: World) -> None:
    async with world.bot() as health:
        world.write("one")
        await world.hear(1)
        # A table that is hidden is, as far as the bot can tell, a database that is away.
        world.owner.execute("ALTER TABLE processed_updates RENAME TO hidden")
        try:
            world.write("two")
            await asyncio.sleep(0.3)
            ready = await probe(f"{health}/readyz")
            assert ready == (503, {"status": "not ready", "failed": ["database"]})
        finally:
            world.owner.execute("ALTER TABLE hidden RENAME TO processed_updates")
        assert await world.hear(2) == ["You said: one", "You said: two"]


async def test_connections_cut_while_the_model_thinks_cost_nothing(world: World) -> None:
    world.llm.script(Step(text="answer", delay=0.5))
    async with world.bot():
        world.write("hi")
        await until(lambda: len(world.llm.requests) == 1)
        world.rows(CUT_CONNECTIONS)
        assert await world.hear(1) == ["answer"]


async def test_an_answer_is_kept_while_the_database_is_away(world: World) -> None:
    world.llm.script(Step(text="answer", delay=0.5))
    async with world.bot():
        world.write("hi")
        await until(lambda: len(world.llm.requests) == 1)
        world.owner.execute("ALTER TABLE messages RENAME TO hidden")
        try:
            await asyncio.sleep(1)
            assert world.telegram.texts() == []
        finally:
            world.owner.execute("ALTER TABLE hidden RENAME TO messages")
        assert await world.hear(1) == ["answer"]
    assert len(world.llm.requests) == 1


async def test_a_question_whose_bot_was_stopped_is_answered_by_the_next(world: World) -> None:
    world.llm.script(Step(text="too late", delay=5))
    async with world.bot(Timing(first_wait=0.01, drain=0)):
        world.write("hi")
        await until(lambda: len(world.llm.requests) == 1)
    assert world.telegram.texts() == []
    async with world.bot():
        assert await world.hear(1) == ["You said: hi"]
    assert world.rows("SELECT role FROM messages ORDER BY id") == [("user",), ("assistant",)]


async def test_an_answer_that_was_stored_but_not_sent_is_sent_by_the_next(world: World) -> None:
    world.telegram.failures.append(Failure(method="sendMessage", status=400))
    async with world.bot():
        world.write("hi")
        await until(lambda: world.telegram.calls["sendMessage"] == 1)
    async with world.bot():
        assert await world.hear(1) == ["You said: hi"]
    assert len(world.llm.requests) == 1
    assert world.rows("SELECT count(*) FROM messages") == [(2,)]


async def test_an_answer_that_telegram_did_not_take_is_sent_later_by_the_same_bot(
    world: World,
) -> None:
    world.telegram.failures.append(Failure(method="sendMessage", status=429, retry_after=600))
    world.telegram.failures.append(Failure(method="sendMessage", status=502, times=5))
    async with world.bot(replace(QUICK, resume_every=0.2)):
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]
        await asyncio.sleep(0.5)
    assert world.telegram.texts() == ["You said: hi"]
    assert len(world.llm.requests) == 1
    assert world.rows("SELECT count(*) FROM messages WHERE delivered_at IS NOT NULL") == [(1,)]


async def test_a_look_for_what_was_left_takes_nothing_that_is_under_way(world: World) -> None:
    world.llm.script(Step(text="slow", delay=0.5))
    async with world.bot(replace(QUICK, resume_every=0.01)):
        for text in ("one", "two", "three"):
            world.write(text)
        assert len(await world.hear(3)) == 3
        await asyncio.sleep(0.2)
    assert world.telegram.texts() == ["slow", "You said: two", "You said: three"]
    assert len(world.llm.requests) == 3


async def test_another_bot_with_the_same_token_is_waited_out(world: World) -> None:
    world.telegram.failures += [
        Failure(method="getUpdates", status=409, times=2),
        Failure(method="getUpdates", status=429, retry_after=1),
    ]
    async with world.bot():
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]


async def test_a_message_that_cannot_be_read_does_not_hold_up_the_next(world: World) -> None:
    world.write("one")
    world.telegram.pending.append({"update_id": 2, "message": {"of a kind": "to come"}})
    world.telegram.next_update = 3
    world.write("three")
    async with world.bot() as health:
        assert await world.hear(2) == ["You said: one", "You said: three"]
        await until(lambda: world.telegram.pending == [])
        async with aiohttp.ClientSession() as session, session.get(f"{health}/metrics") as response:
            assert 'kind="unknown",result="unreadable"} 1.0' in await response.text()


@pytest.mark.parametrize("result", ['["text"]', '[{"message": {}}]', "{}", "3", "[]}, {"])
async def test_nonsense_for_updates_is_asked_for_again(result: str, world: World) -> None:
    body = f'{{"ok": true, "result": {result}}}'
    world.telegram.failures.append(
        Failure(method="getUpdates", kind="malformed", times=2, body=body)
    )
    async with world.bot():
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]


async def test_a_bot_that_telegram_does_not_answer_is_not_ready(world: World) -> None:
    world.telegram.failures.append(Failure(method="getUpdates", status=502, times=1000))
    async with world.bot() as health:
        await until(lambda: world.telegram.calls["getUpdates"] > 1)
        assert await probe(f"{health}/readyz") == (
            503,
            {"status": "not ready", "failed": ["telegram"]},
        )


async def test_a_token_that_telegram_refuses_ends_the_bot(world: World) -> None:
    world.telegram.token = "42:another"
    with pytest.raises(TokenRefused, match="TELEGRAM_BOT_TOKEN: Telegram refuses it"):
        await asyncio.wait_for(run(world.settings, asyncio.Event()), PATIENCE_SECONDS)


@pytest.mark.parametrize("seconds", [0.004 * step for step in range(8)])
async def test_a_stop_at_any_moment_of_the_start_is_heard(seconds: float, world: World) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with world.bot():
            await asyncio.sleep(seconds)


async def test_a_task_that_misses_its_cancellation_is_cancelled_again() -> None:
    async def deaf_at_first() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf_at_first())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await end([task])
    assert task.cancelled()
