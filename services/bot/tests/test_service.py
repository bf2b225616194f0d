"""The commands themselves, as processes: python -m bot, and the fakes."""

import json
import socket
import time
from pathlib import Path

import psycopg
import pytest
from migrate.testing import as_role

from bot.__main__ import main
from bot.settings import Settings
from processes import (
    PATIENCE_SECONDS,
    REQUIRED,
    SECRET,
    asked,
    bot_variables,
    call,
    process,
    wait_until,
    write,
)


def test_python_m_bot_talks_logs_json_and_stops_on_sigterm(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    del owner  # empties the tables afterwards
    variables = {
        "TELEGRAM_BOT_TOKEN": f"42:{SECRET}",
        "TELEGRAM_API_BASE": fakes["telegram"],
        "LLM_BASE_URL": fakes["llm"],
        "LLM_API_KEY": SECRET,
        "LLM_MODEL": "some-model",
        "DATABASE_URL": as_role(database, "app"),
        "HEALTH_HOST": "127.0.0.1",
        "HEALTH_PORT": str(free_port),
        "LOG_LEVEL": "DEBUG",
    }
    llm = fakes["llm"].removesuffix("/v1")
    with process("-m", "bot", **variables) as bot:
        call(f"{llm}/_control/script", {"steps": [{"kind": "status", "status": 500}]})
        call(f"{fakes['telegram']}/_control/messages", {"text": f"{SECRET}?", "user_id": 7})
        wait_until(lambda: call(f"{fakes['telegram']}/_control/sent?chat_id=7")["sent"] != [])
        wait_until(lambda: call(f"http://127.0.0.1:{free_port}/readyz")["status"] == "ready")
        sent = call(f"{fakes['telegram']}/_control/sent")["sent"]
        asked = call(f"{llm}/_control/requests")["requests"]
        bot.terminate()
        output, errors = bot.communicate(timeout=PATIENCE_SECONDS)
    assert [(entry["chat_id"], entry["text"]) for entry in sent] == [(7, f"You said: {SECRET}?")]
    assert [request["authorization"] for request in asked] == [f"Bearer {SECRET}"] * 2
    assert (bot.returncode, errors) == (0, "")
    assert SECRET not in output
    lines = [json.loads(line) for line in output.splitlines()]
    assert {line["service"] for line in lines} == {"bot"}
    events = [line["event"] for line in lines if line["event"] != "library"]
    assert events == ["started", "llm_failed", "answered", "stopping", "stopped"]


def test_a_stop_takes_less_than_twenty_seconds_whatever_hangs(
    fakes: dict[str, str], database: str, owner: psycopg.Connection, free_port: int
) -> None:
    call(f"{fakes['llm_control']}/_control/script", {"steps": [{"kind": "hang"}]})
    variables = bot_variables(fakes, as_role(database, "app"), free_port)
    with process("-m", "bot", **variables) as bot:
        write(fakes, "hi")
        wait_until(lambda: len(asked(fakes)) == 1)
        started = time.monotonic()
        bot.terminate()
        assert bot.wait(timeout=PATIENCE_SECONDS) == 0
        assert time.monotonic() - started < 20
    # It is left for the next one.
    assert owner.execute("SELECT role FROM messages").fetchall() == [("user",)]


def test_a_refused_token_ends_the_command(fakes: dict[str, str], database: str) -> None:
    call(f"{fakes['telegram']}/_control/failures", {"method": "deleteWebhook", "status": 401})
    variables = REQUIRED | {
        "TELEGRAM_API_BASE": fakes["telegram"],
        "DATABASE_URL": as_role(database, "app"),
        "HEALTH_PORT": "0",
    }
    with process("-m", "bot", **variables) as bot:
        _, errors = bot.communicate(timeout=PATIENCE_SECONDS)
    assert bot.returncode == 2
    assert errors.startswith("bot: TELEGRAM_BOT_TOKEN: Telegram refuses it")


def test_a_crash_is_logged_without_a_traceback(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)):
        variables = REQUIRED | {"HEALTH_HOST": "127.0.0.1", "HEALTH_PORT": str(free_port)}
        with process("-m", "bot", **variables) as bot:
            output, errors = bot.communicate(timeout=PATIENCE_SECONDS)
    assert (bot.returncode, errors) == (1, "")
    crash = json.loads(output.splitlines()[-1])
    assert (crash["event"], crash["exception"]["type"]) == ("crashed", "builtins.OSError")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TELEGRAM_BOT_TOKEN": ""}, "TELEGRAM_BOT_TOKEN: should be set"),
        (
            {"TELEGRAM_BOT_TOKEN": SECRET},
            "TELEGRAM_BOT_TOKEN: should be a number, a colon and a key, as @BotFather gives it",
        ),
        ({"WEBHOOK_URL": "https://bot.test/"}, "WEBHOOK_SECRET: should be set when WEBHOOK_URL is"),
        (
            {"WEBHOOK_SECRET": "not secret"},
            "WEBHOOK_SECRET: should be 16 to 256 letters, digits, - or _",
        ),
        ({"LLM_BASE_URL": SECRET}, "LLM_BASE_URL: should be an http or https address"),
        (
            {"DATABASE_URL": SECRET},
            "DATABASE_URL: should be postgresql://user:password@host/database",
        ),
        (
            {"HISTORY_LIMIT": "0", "LLM_MODEL": ""},
            "LLM_MODEL: should be set; "  # noqa: ISC004  # one text
            "HISTORY_LIMIT: Input should be greater than or equal to 1",
        ),
        (
            {"LLM_API_KEY": SECRET, "LLM_API_KEY_FILE": "/x"},
            "LLM_API_KEY: should not be set together with LLM_API_KEY_FILE",
        ),
        (
            {"LLM_API_KEY_FILE": f"/no/{SECRET}"},
            "LLM_API_KEY_FILE: should name a readable text file",
        ),
        (
            {"LLM_API_KEY_FILE": "/dev/null"},
            "LLM_API_KEY_FILE: should name a file that is not empty",
        ),
    ],
)
def test_wrong_settings_end_it_with_their_names_only(
    changes: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (REQUIRED | changes).items():
        monkeypatch.setenv(name, value)
    assert main() == 2
    assert capsys.readouterr() == ("", f"bot: {message}\n")


def test_a_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    key = tmp_path / "key"
    key.write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("LLM_API_KEY_FILE", str(key))
    loaded = Settings.load()
    assert loaded.llm_api_key is not None
    assert loaded.llm_api_key.get_secret_value() == "from a file"
