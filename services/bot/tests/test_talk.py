"""Stories of users who talk to the bot, through a real Telegram API and a real database."""

import pytest

from bot import roles
from bot.phrases import ENGLISH
from conftest import World, until
from fakes import Failure, Step, UserMessage

DELIVERED = "SELECT count(*) FROM messages WHERE delivered_at IS NOT NULL"


async def test_a_question_is_stored_answered_and_answered_once(world: World) -> None:
    async with world.bot():
        world.write("how are you?")
        assert await world.hear(1) == ["You said: how are you?"]
        await until(lambda: world.rows(DELIVERED) == [(1,)])
    assert world.rows("SELECT telegram_id, username, language FROM users") == [(1000, "ada", "en")]
    assert world.rows(
        "SELECT role, content, tokens, model, error_code FROM messages ORDER BY id"
    ) == [
        ("user", "how are you?", None, None, None),
        ("assistant", "You said: how are you?", 6, "some-model", None),
    ]
    assert world.rows("SELECT count(*) FROM processed_updates") == [(1,)]


async def test_the_model_gets_the_key_and_the_last_messages(world: World) -> None:
    async with world.bot(history_limit=3):
        for number, text in enumerate(("one", "two", "three"), start=1):
            world.write(text)
            await world.hear(number)
    assert world.llm.requests[-1] == {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": roles.DEFAULT.prompt},
            {"role": "user", "content": "two"},
            {"role": "assistant", "content": "You said: two"},
            {"role": "user", "content": "three"},
        ],
        "authorization": "Bearer key",
    }


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/start", ENGLISH.greeting),
        ("/help", ENGLISH.tell_help()),
        ("/clear", ENGLISH.cleared),
        (None, ENGLISH.text_only),
    ],
)
async def test_what_needs_no_model_is_answered_without_it(
    text: str | None, reply: str, world: World
) -> None:
    async with world.bot():
        world.write(text)
        assert await world.hear(1) == [reply]
    assert world.llm.requests == []
    assert world.rows("SELECT count(*) FROM messages") == [(0,)]


async def test_clear_closes_the_dialog_and_deletes_nothing(world: World) -> None:
    async with world.bot():
        for number, text in enumerate(("before", "/clear", "after"), start=1):
            world.write(text)
            await world.hear(number)
    assert world.heard_by_model() == ["after"]
    assert world.rows("SELECT closed_at IS NULL FROM dialogs ORDER BY id") == [(False,), (True,)]
    assert world.rows("SELECT count(*) FROM messages") == [(4,)]


async def test_an_update_that_comes_twice_is_answered_once(world: World) -> None:
    async with world.bot():
        for text in ("hi", "/start", "/clear"):
            first = world.telegram.write(UserMessage(text=text))
            await world.hear(1)
            world.telegram.sent.clear()
            world.telegram.write(UserMessage(text=text, update_id=first["update_id"]))
            await until(lambda: not world.telegram.pending)
    assert world.telegram.sent == []
    assert world.rows("SELECT count(*) FROM messages WHERE role = 'user'") == [(1,)]


async def test_a_long_answer_comes_in_parts(world: World) -> None:
    world.llm.script(Step(text="word " * 2000))
    async with world.bot():
        world.write("tell me more")
        parts = await world.hear(3)
    assert " ".join(parts) == ("word " * 2000).strip()


async def test_questions_of_one_chat_are_answered_in_turn(world: World) -> None:
    world.llm.script(Step(text="first", delay=0.3), Step(text="second"))
    async with world.bot():
        world.write("one")
        world.write("two")
        assert await world.hear(2) == ["first", "second"]
    assert world.heard_by_model() == ["one", "first", "two"]


async def test_a_slow_answer_holds_up_nobody_else(world: World) -> None:
    world.llm.script(Step(text="slow", delay=1))
    async with world.bot():
        world.write("one")
        await until(lambda: len(world.llm.requests) == 1)
        world.write("two", user_id=2000)
        assert await world.hear(1, user_id=2000) == ["You said: two"]
        assert world.telegram.texts() == []
        await world.hear(1)


async def test_groups_are_left_alone(world: World) -> None:
    async with world.bot():
        world.telegram.write(UserMessage(chat_type="group"))
        await until(lambda: world.telegram.calls["getUpdates"] > 1)
    assert world.rows("SELECT count(*) FROM processed_updates") == [(0,)]


async def test_what_postgresql_cannot_store_is_left_out(world: World) -> None:
    world.llm.script(Step(text="an\x00swer"))
    async with world.bot():
        world.write("ques\x00tion")
        assert await world.hear(1) == ["answer"]
    assert world.rows("SELECT content FROM messages ORDER BY id") == [("question",), ("answer",)]


async def test_telegram_that_asks_for_patience_gets_it(world: World) -> None:
    world.telegram.failures.append(Failure(method="sendMessage", status=429, retry_after=1))
    world.telegram.failures.append(Failure(method="sendMessage", status=502))
    world.telegram.failures.append(Failure(method="sendChatAction", status=500))
    async with world.bot():
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]


async def test_a_user_who_blocks_the_bot_is_remembered_until_they_write_again(
    world: World,
) -> None:
    blocked = "SELECT blocked_at IS NOT NULL FROM users"
    world.telegram.failures.append(Failure(method="sendMessage", status=403))
    async with world.bot():
        world.write("hi")
        await until(lambda: world.rows(blocked) == [(True,)])
        world.write("hi again")
        await world.hear(1)
    assert world.rows(blocked) == [(False,)]


async def test_stopping_finishes_the_answers_that_have_begun(world: World) -> None:
    world.llm.script(Step(text="late", delay=0.5))
    async with world.bot():
        world.write("one")
        await until(lambda: len(world.llm.requests) == 1)
    assert world.telegram.texts() == ["late"]
