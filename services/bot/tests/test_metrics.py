"""What the bot counts, read as Prometheus reads it."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from conftest import World, until
from fakes import Step, UserMessage
from processes import free_port


async def samples(health: str) -> dict[tuple[str, ...], float]:
    """Scrape: a name and its label values, by the labels' names, to a value; no buckets."""
    async with aiohttp.ClientSession() as session, session.get(f"{health}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


async def test_updates_are_counted_by_kind_and_result(world: World) -> None:
    async with world.bot(rate_limit=4) as health:
        for text in ("one", "/help", None, "/role x", "too much"):
            world.write(text)
        world.telegram.write(UserMessage(text="one", update_id=1, user_id=2000))
        world.telegram.write(UserMessage(chat_type="group"))
        await world.hear(5)
        await until(lambda: not world.telegram.pending)
        found = await samples(health)
    counted = {key[1:]: value for key, value in found.items() if key[0] == "bot_updates_total"}
    assert counted == {
        ("text", "recorded"): 1,
        ("help", "recorded"): 1,
        ("other", "recorded"): 1,
        ("role", "recorded"): 1,
        ("text", "limited"): 1,
        ("text", "duplicate"): 1,
        ("unknown", "ignored"): 1,
    }
    assert found["bot_handler_seconds_count", "text"] == 3
    assert found["bot_db_seconds_count", "record_question", "ok"] == 2
    assert found["bot_db_seconds_sum", "record_question", "ok"] > 0


async def test_an_update_the_database_does_not_take_is_counted_as_deferred(world: World) -> None:
    async with world.bot() as health:
        await until(lambda: world.telegram.calls["getUpdates"] > 1)
        world.owner.execute("ALTER TABLE processed_updates RENAME TO hidden")
        try:
            world.write("hi")
            await until(lambda: world.telegram.calls["getUpdates"] > 3)
            found = await samples(health)
        finally:
            world.owner.execute("ALTER TABLE hidden RENAME TO processed_updates")
        assert found["bot_updates_total", "text", "deferred"] >= 1
        assert found["bot_db_seconds_count", "record_question", "failed"] >= 1
        await world.hear(1)


async def test_the_model_is_timed_and_its_errors_counted_by_class(world: World) -> None:
    world.llm.script(
        *[Step(kind="status", status=500)] * 3, Step(kind="status", status=401), Step(delay=0.3)
    )
    async with world.bot(llm_circuit_failures=3, llm_circuit_cooldown=0.01) as health:
        before = await samples(health)
        for number, text in enumerate(("one", "two", "three words here"), start=1):
            world.write(text)
            await world.hear(number)
        found = await samples(health)
    codes = {"timeout", "rate_limited", "unavailable", "refused", "malformed", "circuit_open"}
    # There from the start, so that the first error is an increase.
    assert {key[1] for key in before if key[0] == "bot_llm_errors_total"} == codes
    errors = {key[1]: value for key, value in found.items() if key[0] == "bot_llm_errors_total"}
    assert {code: value for code, value in errors.items() if value} == {
        "unavailable": 1,
        "refused": 1,
    }
    assert found["bot_llm_answers_total",] == 1
    assert found["bot_llm_tokens_total",] == len(["You", "said:", "three", "words", "here"]) + 1
    assert found["bot_llm_seconds_count", "unavailable"] == 3
    assert found["bot_llm_seconds_count", "ok"] == 1
    assert found["bot_llm_seconds_sum", "ok"] >= 0.3


async def test_the_circuit_and_the_queue_can_be_seen(world: World) -> None:
    world.llm.script(Step(kind="status", status=500))
    async with world.bot(llm_circuit_failures=1) as health:
        assert (await samples(health))["bot_llm_circuit_state",] == 0
        world.write("one")
        await world.hear(1)
        await until(lambda: world.telegram.calls["sendMessage"] == 1)
        found = await samples(health)
        assert found["bot_llm_circuit_state",] == 2
    world.llm.script(Step(delay=1))
    async with world.bot() as health:
        world.write("two")
        world.write("three")
        await until(lambda: len(world.llm.requests) == 2)
        await until(lambda: not world.telegram.pending)
        assert (await samples(health))["bot_tasks_waiting",] == 2


async def test_the_release_and_the_last_poll_are_told(world: World) -> None:
    async with world.bot(slipway_version="1.2.3", slipway_commit="abc") as health:
        await until(lambda: world.telegram.calls["getUpdates"] > 1)
        found = await samples(health)
        assert found["bot_build_info", "abc", "1.2.3"] == 1
        assert found["bot_last_poll_timestamp_seconds",] > 1_700_000_000
        assert found["process_resident_memory_bytes",] > 0


async def test_a_bot_with_a_webhook_tells_of_no_poll(world: World) -> None:
    port = free_port()
    changes = {
        "webhook_url": f"http://127.0.0.1:{port}",
        "webhook_secret": world.settings.telegram_bot_token,
        "webhook_host": "127.0.0.1",
        "webhook_port": port,
    }
    async with world.bot(**changes) as health:
        assert ("bot_last_poll_timestamp_seconds",) not in await samples(health)
