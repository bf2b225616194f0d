"""The fakes themselves, where a mistake of theirs would pass for a sound bot."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from bot.polling import Pace
from conftest import QUICK, World, until
from fake_answers import demo_answer
from fakes import Failure, UserMessage


@pytest.fixture
def base(world: World) -> str:
    return f"{world.settings.telegram_api_base}"


async def fetch(url: str, body: object | None = None) -> tuple[int, object]:
    async with (
        aiohttp.ClientSession() as session,
        session.request("GET" if body is None else "POST", url, json=body) as response,
    ):
        return response.status, await response.json()


async def test_a_second_poll_ends_the_first(world: World, base: str) -> None:
    first = asyncio.create_task(fetch(f"{base}/bot1:a/getUpdates?timeout=10"))
    await until(lambda: world.telegram.calls["getUpdates"] == 1)
    second = asyncio.create_task(fetch(f"{base}/bot1:a/getUpdates?timeout=1"))
    assert (await first)[0] == 409
    assert (await second)[0] == 200


async def test_who_has_a_webhook_cannot_poll(base: str) -> None:
    await fetch(f"{base}/bot1:a/setWebhook?url=http://127.0.0.1:1/")
    assert (await fetch(f"{base}/bot1:a/getUpdates"))[0] == 409
    await fetch(f"{base}/bot1:a/deleteWebhook")
    assert (await fetch(f"{base}/bot1:a/getUpdates"))[0] == 200


async def test_a_message_that_is_too_long_in_utf_16_is_refused(base: str) -> None:
    fits = {"chat_id": 1, "text": "\N{GRINNING FACE}" * 2048}
    async with aiohttp.ClientSession() as session:
        for text, status in ((fits["text"], 200), (f"{fits['text']}!", 400)):
            data = {"chat_id": 1, "text": text}
            async with session.post(f"{base}/bot1:a/sendMessage", data=data) as response:
                assert response.status == status


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ({"status": 409}, (409, {"ok": False, "error_code": 409, "description": "as told"})),
        (
            {"status": 429, "retry_after": 3},
            (
                429,
                {
                    "ok": False,
                    "error_code": 429,
                    "description": "as told",
                    "parameters": {"retry_after": 3},
                },
            ),
        ),
        ({"kind": "slow", "delay": 0.2}, (200, {"ok": True, "result": True})),
    ],
)
async def test_a_failure_comes_as_told_and_then_no_more(
    failure: dict[str, object], expected: object, base: str
) -> None:
    await fetch(f"{base}/_control/failures", {"method": "sendChatAction", **failure})
    call = f"{base}/bot1:a/sendChatAction?chat_id=1"
    assert await fetch(call) == expected
    assert await fetch(call) == (200, {"ok": True, "result": True})


@pytest.mark.parametrize("kind", ["malformed", "truncated", "hang"])
async def test_an_answer_of_telegram_that_cannot_be_read_is_asked_for_again(
    kind: str, world: World
) -> None:
    failure = Failure.model_validate({"method": "getUpdates", "kind": kind})
    world.telegram.failures.append(failure)
    async with world.bot(replace(QUICK, pace=Pace(poll=1, grace=1, first_wait=0.01))):
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]


async def test_the_chat_page_needs_nothing_from_elsewhere(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(base) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "http://" not in page
    assert "https://" not in page


async def test_the_chat_page_is_told_both_sides_and_the_commands(world: World, base: str) -> None:
    async with world.bot():
        world.telegram.write(UserMessage(text="привет", user_id=1001, language_code="ru"))
        await world.hear(1, user_id=1001)
        await until(lambda: len(world.telegram.commands) == 2)
        _, chat = await fetch(f"{base}/_control/chat?chat_id=1001&language_code=ru")
        _, other = await fetch(f"{base}/_control/chat?chat_id=1&language_code=fr")
    assert isinstance(chat, dict)
    assert isinstance(other, dict)
    said = [(entry["from"], entry["text"]) for entry in chat["messages"]]
    assert said == [("user", "привет"), ("bot", "You said: привет")]
    assert chat["typing"] is False
    assert chat["commands"] == world.telegram.commands["ru"]
    assert (other["messages"], other["commands"]) == ([], world.telegram.commands[""])


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        ("hi", "Hello!"),
        ("Привет, как дела?", "Здравствуйте!"),
        ("what is a canary release?", "A canary release"),
        ("history", "You said: history"),
        ("who are you?", "I was told: be kind"),
        ("что-то ещё", "Вы написали: что-то ещё"),
    ],
)
def test_the_model_of_a_demo_knows_a_few_topics(question: str, beginning: str) -> None:
    told = [{"role": "system", "content": "be kind"}, {"role": "user", "content": question}]
    assert demo_answer(told).startswith(beginning)
