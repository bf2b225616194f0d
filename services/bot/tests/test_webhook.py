"""Stories of a bot that Telegram delivers updates to."""

import asyncio
import socket

import aiohttp
import pytest

from bot.app import run
from bot.errors import TokenRefused
from bot.settings import Settings
from conftest import PATIENCE_SECONDS, World, until
from fakes import Failure, UserMessage
from processes import free_port
from test_trouble import probe

SECRET = "0123456789abcdef-_XYZ"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 0, "chat": {"id": 1000, "type": "private"}, "text": "hi"},
}


@pytest.fixture
def hooked(world: World) -> World:
    port = free_port()
    world.settings = Settings.model_validate(
        world.settings.model_dump()
        | {
            "webhook_url": f"http://127.0.0.1:{port}/telegram",
            "webhook_secret": SECRET,
            "webhook_host": "127.0.0.1",
            "webhook_port": port,
        }
    )
    return world


async def deliver(world: World, body: object, secret: str | None) -> int:
    headers = {} if secret is None else {HEADER: secret}
    url = str(world.settings.webhook_url)
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers=headers) as response,
    ):
        return response.status


async def test_what_is_delivered_is_answered_in_order_and_without_a_poll(hooked: World) -> None:
    async with hooked.bot() as health:
        for text in ("one", "two", "/help", "three"):
            hooked.write(text)
        heard = await hooked.hear(4)
        assert [heard[0], heard[1], heard[3]] == [
            "You said: one",
            "You said: two",
            "You said: three",
        ]
        assert await probe(f"{health}/readyz") == (200, {"status": "ready", "failed": []})
    assert hooked.telegram.calls["getUpdates"] == 0
    assert hooked.telegram.pending == []


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.lower(), SECRET + "0", "schlüssel"])
async def test_who_does_not_know_the_secret_is_turned_away(
    secret: str | None, hooked: World
) -> None:
    async with hooked.bot():
        await until(lambda: hooked.telegram.calls["setWebhook"] == 1)
        assert await deliver(hooked, UPDATE, secret) == 401
    assert hooked.rows("SELECT count(*) FROM processed_updates") == [(0,)]


@pytest.mark.parametrize("body", [[], {}, {"update_id": "x"}, "text"])
async def test_what_is_no_update_is_refused(body: object, hooked: World) -> None:
    async with hooked.bot():
        await until(lambda: hooked.telegram.calls["setWebhook"] == 1)
        assert await deliver(hooked, body, SECRET) == 400
        hooked.write("hi")
        assert await hooked.hear(1) == ["You said: hi"]


async def test_an_update_that_is_delivered_twice_is_answered_once(hooked: World) -> None:
    async with hooked.bot():
        await until(lambda: hooked.telegram.calls["setWebhook"] == 1)
        assert [await deliver(hooked, UPDATE, SECRET) for _ in range(2)] == [200, 200]
        assert await hooked.hear(1) == ["You said: hi"]
    assert hooked.rows("SELECT count(*) FROM messages WHERE role = 'user'") == [(1,)]


async def test_a_message_that_cannot_be_read_does_not_hold_up_the_next(hooked: World) -> None:
    async with hooked.bot():
        await until(lambda: hooked.telegram.calls["setWebhook"] == 1)
        unknown = {"update_id": 1, "message": {"of a kind": "to come"}}
        assert await deliver(hooked, unknown, SECRET) == 200
        hooked.telegram.next_update = 2
        hooked.write("two")
        assert await hooked.hear(1) == ["You said: two"]


async def test_what_cannot_be_stored_stays_with_telegram(hooked: World) -> None:
    async with hooked.bot():
        await until(lambda: hooked.telegram.calls["setWebhook"] == 1)
        hooked.owner.execute("ALTER TABLE processed_updates RENAME TO hidden")
        try:
            hooked.write("one")
            hooked.write("two")
            await until(lambda: 503 in hooked.telegram.delivery.statuses)
            assert len(hooked.telegram.pending) == 2
        finally:
            hooked.owner.execute("ALTER TABLE hidden RENAME TO processed_updates")
        assert await hooked.hear(2) == ["You said: one", "You said: two"]


async def test_it_is_not_ready_before_telegram_knows_the_address(hooked: World) -> None:
    hooked.telegram.failures.append(Failure(method="setWebhook", status=502, times=1000))
    async with hooked.bot() as health:
        await until(lambda: hooked.telegram.calls["setWebhook"] > 2)
        assert (await probe(f"{health}/readyz"))[0] == 503
        hooked.telegram.failures.clear()
        hooked.telegram.failures.append(Failure(method="setWebhook", status=429, retry_after=1))
        hooked.write("hi")
        assert await hooked.hear(1) == ["You said: hi"]


async def test_a_bot_that_polls_takes_the_address_back(hooked: World) -> None:
    async with hooked.bot():
        hooked.write("one")
        await hooked.hear(1)
    hooked.telegram.write(UserMessage(text="two"))
    async with hooked.bot(webhook_url=None):
        assert await hooked.hear(2) == ["You said: one", "You said: two"]
    assert hooked.telegram.delivery.url == ""


async def test_a_token_that_telegram_refuses_ends_the_bot(hooked: World) -> None:
    hooked.telegram.token = "42:another"
    with pytest.raises(TokenRefused):
        await asyncio.wait_for(run(hooked.settings, asyncio.Event()), PATIENCE_SECONDS)


async def test_a_port_that_is_taken_ends_the_bot(hooked: World) -> None:
    taken = socket.create_server(("127.0.0.1", hooked.settings.webhook_port))
    with taken, pytest.raises(OSError, match="address already in use"):
        await run(hooked.settings, asyncio.Event())
