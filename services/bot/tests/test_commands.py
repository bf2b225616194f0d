"""Stories about the commands, in English and in Russian."""

from datetime import UTC, datetime

import pytest

from bot import roles
from bot.phrases import COMMANDS, ENGLISH, RUSSIAN
from conftest import World, until
from fakes import Failure, Step, UserMessage

DIALOGS = "SELECT system_prompt_version, closed_at IS NULL FROM dialogs ORDER BY id"
TEACHER = next(role for role in roles.ROLES if role.name == "teacher")


def test_both_languages_tell_of_the_same_commands() -> None:
    assert tuple(ENGLISH.commands) == tuple(RUSSIAN.commands) == COMMANDS


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("ru", "/start", RUSSIAN.greeting),
        ("ru-RU", "/help", RUSSIAN.tell_help()),
        ("ru", "/clear", RUSSIAN.cleared),
        ("ru", "/forget", RUSSIAN.forget),
        ("ru", "/forget да", RUSSIAN.forgotten),
        ("ru", None, RUSSIAN.text_only),
        ("rup", "/start", ENGLISH.greeting),
        ("fr", "/start", ENGLISH.greeting),
        (None, "/start", ENGLISH.greeting),
    ],
)
async def test_a_command_is_answered_in_the_language_of_the_user(
    language: str | None, text: str | None, reply: str, world: World
) -> None:
    async with world.bot():
        world.telegram.write(UserMessage(text=text, language_code=language))
        assert await world.hear(1) == [reply]


async def test_an_apology_is_in_the_language_of_the_user(world: World) -> None:
    world.llm.script(Step(kind="status", status=401))
    async with world.bot():
        world.telegram.write(UserMessage(language_code="ru"))
        assert await world.hear(1) == [RUSSIAN.apology]


async def test_telegram_is_told_the_commands(world: World) -> None:
    async with world.bot():
        await until(lambda: len(world.telegram.commands) == 2)
    told = {
        language: {entry["command"]: entry["description"] for entry in commands}
        for language, commands in world.telegram.commands.items()
    }
    assert told == {"": ENGLISH.commands, "ru": RUSSIAN.commands}


@pytest.mark.parametrize("kind", ["status", "malformed"])
async def test_a_menu_that_telegram_does_not_take_stops_nothing(kind: str, world: World) -> None:
    failure = {"method": "setMyCommands", "kind": kind, "status": 429, "retry_after": 30}
    world.telegram.failures.append(Failure.model_validate(failure))
    async with world.bot():
        world.write("hi")
        assert await world.hear(1) == ["You said: hi"]
    assert world.telegram.commands == {}


async def test_a_role_begins_a_dialog_that_the_model_knows_of(world: World) -> None:
    async with world.bot():
        world.write("before")
        await world.hear(1)
        world.write("/role Teacher")
        assert (await world.hear(2))[-1] == "Done: a patient teacher. This is a new conversation."
        world.write("after")
        await world.hear(3)
    assert world.llm.requests[-1]["messages"] == [
        {"role": "system", "content": TEACHER.prompt},
        {"role": "user", "content": "after"},
    ]
    assert world.rows(DIALOGS) == [("assistant-1", False), ("teacher-1", True)]
    assert world.rows("SELECT count(*) FROM messages") == [(4,)]


async def test_a_role_stays_through_a_restart_and_a_cleared_dialog(world: World) -> None:
    async with world.bot():
        world.write("/role teacher")
        await world.hear(1)
    async with world.bot():
        world.write("/clear")
        world.write("hi")
        await world.hear(3)
    assert world.llm.requests[-1]["messages"][0]["content"] == TEACHER.prompt
    assert world.rows(DIALOGS) == [("teacher-1", False), ("teacher-1", True)]


async def test_the_role_one_has_begins_nothing(world: World) -> None:
    async with world.bot():
        for number, text in enumerate(("hi", "/role assistant", "again"), start=1):
            world.write(text)
            await world.hear(number)
    assert world.telegram.texts()[1] == "That is what I am already: a helpful assistant."
    assert world.heard_by_model() == ["hi", "You said: hi", "again"]
    assert world.rows(DIALOGS) == [("assistant-1", True)]


@pytest.mark.parametrize("text", ["/role", "/role pirate"])
async def test_the_roles_are_told_with_the_current_one_marked(text: str, world: World) -> None:
    async with world.bot():
        world.write("/role editor")
        await world.hear(1)
        world.write(text)
        choice = (await world.hear(2))[-1]
    assert choice.startswith(ENGLISH.role_unknown) == (text == "/role pirate")
    lines = [line for line in choice.splitlines() if "/role" in line]
    assert [line.split()[2] for line in lines] == [role.name for role in roles.ROLES]
    assert [line for line in lines if line.startswith("•")] == [
        "• /role editor - an editor of your texts"
    ]


async def test_a_dialog_of_an_unknown_role_is_served_by_the_default(world: World) -> None:
    async with world.bot():
        world.write("one")
        await world.hear(1)
        world.owner.execute("UPDATE dialogs SET system_prompt_version = NULL")
        world.write("two")
        await world.hear(2)
        world.owner.execute("UPDATE dialogs SET system_prompt_version = 'pirate-7'")
        world.write("three")
        await world.hear(3)
    told = [request["messages"][0]["content"] for request in world.llm.requests]
    assert told == [roles.DEFAULT.prompt] * 3


async def test_stats_are_the_own_ones(world: World) -> None:
    async with world.bot():
        world.write("somebody else's", user_id=2000)
        await world.hear(1, user_id=2000)
        for number, text in enumerate(("one", "two", "/clear", "three", "/stats"), start=1):
            world.write(text)
            await world.hear(number)
    today = datetime.now(UTC).date().isoformat()
    assert world.telegram.texts()[-1] == f"Dialogs: 2\nYour messages: 3\nSince: {today}"


async def test_forget_asks_first_and_then_deletes_what_is_the_users(world: World) -> None:
    async with world.bot():
        for number, text in enumerate(("secret", "/forget", "/forget no"), start=1):
            world.write(text)
            await world.hear(number)
        world.write("mine", user_id=2000)
        await world.hear(1, user_id=2000)
        assert world.rows("SELECT count(*) FROM messages") == [(4,)]
        world.write("/forget yes")
        assert (await world.hear(4))[1:] == [ENGLISH.forget, ENGLISH.forget, ENGLISH.forgotten]
    assert world.rows("SELECT telegram_id, username, language FROM users ORDER BY 1") == [
        (1000, None, None),
        (2000, "ada", "en"),
    ]
    assert world.rows("SELECT content FROM messages ORDER BY id") == [
        ("mine",),
        ("You said: mine",),
    ]
    assert world.rows("SELECT count(*) FROM dialogs") == [(1,)]


async def test_an_answer_to_what_was_forgotten_meanwhile_is_dropped(world: World) -> None:
    world.llm.script(Step(text="late", delay=0.5))
    async with world.bot():
        world.write("secret")
        world.write("another")
        await until(lambda: len(world.llm.requests) == 1)
        world.write("/forget yes")
        assert await world.hear(1) == [ENGLISH.forgotten]
        world.write("hello again")
        assert await world.hear(2) == [ENGLISH.forgotten, "You said: hello again"]
    # The one that waited its turn was not told to the model at all.
    assert len(world.llm.requests) == 2
    assert world.rows("SELECT content FROM messages ORDER BY id") == [
        ("hello again",),
        ("You said: hello again",),
    ]


@pytest.mark.parametrize("text", ["/role", "/role editor", "/stats", "/forget yes"])
async def test_a_command_that_comes_twice_is_answered_once(text: str, world: World) -> None:
    async with world.bot():
        first = world.telegram.write(UserMessage(text=text))
        await world.hear(1)
        world.telegram.write(UserMessage(text=text, update_id=first["update_id"]))
        await until(lambda: not world.telegram.pending)
    assert len(world.telegram.sent) == 1
