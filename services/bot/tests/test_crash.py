"""Stories in which the bot is killed, or its database dies, in the middle of a message.

Each ends with every question stored once, answered once, and nobody having helped.
"""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from migrate.testing import as_role
from pydantic import SecretStr

from bot.phrases import ENGLISH
from conftest import World, until
from fakes import Step
from own_postgres import OwnPostgres, own_postgres
from processes import asked, bot_variables, call, free_port, process, sent, wait_until, write

MESSAGES = "SELECT role, content FROM messages ORDER BY id"


@pytest.fixture
def own_server() -> Iterator[OwnPostgres]:
    with own_postgres(free_port()) as server:
        yield server


def test_killed_while_the_model_thinks(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    call(f"{fakes['llm_control']}/_control/script", {"steps": [{"kind": "hang"}]})
    with process("-m", "bot", **variables) as bot:
        write(fakes, "ping")
        wait_until(lambda: len(asked(fakes)) == 1)
        bot.kill()
        bot.wait()
    with process("-m", "bot", **variables):
        wait_until(lambda: sent(fakes) != [])
        wait_until(lambda: call(f"{fakes['telegram']}/_control/state")["pending"] == 0)
        assert sent(fakes) == ["You said: ping"]
    assert owner.execute(MESSAGES).fetchall() == [
        ("user", "ping"),
        ("assistant", "You said: ping"),
    ]


def test_killed_between_storing_the_answer_and_sending_it(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    failure = {"method": "sendMessage", "kind": "hang"}
    call(f"{fakes['telegram']}/_control/failures", failure)
    with process("-m", "bot", **variables) as bot:
        write(fakes, "ping")
        wait_until(
            lambda: call(f"{fakes['telegram']}/_control/state")["calls"].get("sendMessage") == 1
        )
        bot.kill()
        bot.wait()
    assert sent(fakes) == []
    with process("-m", "bot", **variables):
        wait_until(lambda: sent(fakes) != [])
        delivered = "SELECT count(*) FROM messages WHERE delivered_at IS NOT NULL"
        wait_until(lambda: owner.execute(delivered).fetchone() == (1,))
    assert sent(fakes) == ["You said: ping"]
    assert len(asked(fakes)) == 1
    assert len(owner.execute(MESSAGES).fetchall()) == 2


def test_killed_with_a_queue_answers_it_in_order(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    call(f"{fakes['llm_control']}/_control/script", {"steps": [{"kind": "hang"}]})
    with process("-m", "bot", **variables) as bot:
        for text in ("one", "two", "/clear", "three"):
            write(fakes, text)
        stored = "SELECT count(*) FROM processed_updates"
        wait_until(lambda: owner.execute(stored).fetchone() == (4,))
        bot.kill()
        bot.wait()
    with process("-m", "bot", **variables):
        wait_until(lambda: len(sent(fakes)) == 3)
    assert sent(fakes) == ["You said: one", "You said: two", "You said: three"]
    roles = owner.execute("SELECT role FROM messages").fetchall()
    assert sorted(roles) == [("assistant",)] * 3 + [("user",)] * 3


async def test_the_database_is_restarted_in_the_middle_of_a_message(
    world: World, own_server: OwnPostgres
) -> None:
    world.llm.script(Step(text="answer", delay=0.5))
    async with world.bot(database_url=SecretStr(own_server.url("app"))):
        world.write("one")
        await until(lambda: len(world.llm.requests) == 1)
        await asyncio.to_thread(own_server.crash)
        # Written while there is no database: Telegram has to keep it.
        world.write("two")
        # Longer than the bot waits for a connection.
        await asyncio.sleep(6)
        assert world.telegram.texts() == []
        await asyncio.to_thread(own_server.start)
        assert await world.hear(2) == ["answer", "You said: two"]
    assert len(world.llm.requests) == 2
    with psycopg.connect(own_server.url("postgres")) as connection:
        assert connection.execute(MESSAGES).fetchall() in (
            [
                ("user", "one"),
                ("assistant", "answer"),
                ("user", "two"),
                ("assistant", "You said: two"),
            ],
            [
                ("user", "one"),
                ("user", "two"),
                ("assistant", "answer"),
                ("assistant", "You said: two"),
            ],
        )
        assert connection.execute("SELECT count(*) FROM processed_updates").fetchone() == (2,)


@pytest.mark.parametrize(
    "step",
    [
        Step(kind="hang"),
        Step(kind="status", status=429),
        Step(kind="status", status=500),
        Step(kind="malformed"),
        Step(kind="truncated"),
    ],
    ids=lambda step: f"{step.kind}-{step.status}",
)
async def test_a_model_that_fails_costs_an_apology_and_works_again_by_itself(
    step: Step, world: World
) -> None:
    world.llm.default = step
    cooldown = 0.5
    changes = {"llm_timeout": 0.3, "llm_circuit_failures": 2, "llm_circuit_cooldown": cooldown}
    async with world.bot(**changes):
        world.write("one")
        assert await world.hear(1) == [ENGLISH.apology]
        world.llm.default = Step()
        await asyncio.sleep(cooldown)
        world.write("two")
        assert await world.hear(2) == [ENGLISH.apology, "You said: two"]
    stored = world.rows("SELECT role, count(*) FROM messages GROUP BY role ORDER BY role")
    assert stored == [("assistant", 2), ("user", 2)]
