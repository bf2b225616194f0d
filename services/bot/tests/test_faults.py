"""Faults seen in real projects of this shape, by their numbers: the bot has none of them."""

import subprocess
import sys
from importlib.metadata import requires

import psycopg
from migrate.testing import as_role, scratch_database
from pydantic import SecretStr

from bot.settings import Settings
from conftest import World
from fakes import Step
from processes import PATIENCE_SECONDS, asked, bot_variables, process, sent, wait_until, write
from test_trouble import probe

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
# As the image's health check: the interpreter, its own library, and no other program.
CHECK = "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2).close()"


async def test_fault_02_the_bot_does_not_migrate_but_waits_until_it_is_done(world: World) -> None:
    with scratch_database(migrated=False) as url:
        async with world.bot(database_url=SecretStr(as_role(url, "app"))) as health:
            world.write("hi")
            assert await probe(f"{health}/readyz") == (
                503,
                {"status": "not ready", "failed": ["database", "telegram"]},
            )
        with psycopg.connect(url) as connection:
            assert connection.execute(TABLES).fetchone() == (0,)
    assert not [name for name in requires("bot") or [] if name.startswith(("alembic", "migrate"))]


def test_fault_03_the_health_check_needs_nothing_but_the_interpreter(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    del owner

    def healthy() -> bool:
        command = [sys.executable, "-I", "-S", "-c", CHECK, f"http://127.0.0.1:{free_port}/readyz"]
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0

    assert not healthy()
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    with process("-m", "bot", **variables):
        wait_until(healthy)
    assert not healthy()


def test_fault_06_the_bot_requires_only_what_it_uses_itself() -> None:
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    assert required == {"telegram_bot_token", "llm_base_url", "llm_model", "database_url"}


def test_fault_09_user_id_is_the_same_after_a_restart(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    for number, seed in enumerate(("1", "2"), start=1):
        with process("-m", "bot", **variables, PYTHONHASHSEED=seed) as bot:
            write(fakes, f"message {number}", user_id=2**40 + 7)
            wait_until(lambda: f"You said: message {number}" in sent(fakes))  # noqa: B023  # called now
            bot.terminate()
            bot.wait(timeout=PATIENCE_SECONDS)
    assert owner.execute("SELECT telegram_id FROM users").fetchall() == [(2**40 + 7,)]
    assert asked(fakes)[-1] == ["message 1", "You said: message 1", "message 2"]


async def test_fault_12_sql_from_a_user_or_from_the_model_is_only_text(world: World) -> None:
    question = "'; DELETE FROM users; --"
    answer = "SELECT 1'); DROP TABLE messages CASCADE; --%s %(id)s"
    world.llm.script(Step(text=answer))
    async with world.bot():
        world.write(question)
        assert await world.hear(1) == [answer]
        world.write(f"/role {question}")
        world.write(f"/forget {question}")
        await world.hear(3)
    assert world.rows("SELECT content FROM messages ORDER BY id") == [(question,), (answer,)]
    assert world.rows("SELECT count(*) FROM users") == [(1,)]
