"""The story of one deployment: the database starts, the schema is made, the services answer, numbers agree."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from tests.pipeline.conftest import API_TOKEN
from tests.support.commands import REPOSITORY
from tests.support.containers import Host, get, wait_status

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def _sql(images: Host, text: str) -> str:
    done = images.execute("db", "psql", "-U", "postgres", "-d", "app", "-At", "-v", "ON_ERROR_STOP=1", "-c", text)
    assert done.code == 0, done
    return done.out.strip()


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        read: dict[str, Any] = json.load(answer)
        return read


def test_migrating_twice_changes_nothing(images: Host, database: str) -> None:
    url = f"postgresql://postgres:owner-password@{database}:5432/app"
    tables = _sql(
        images, "SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables WHERE schemaname='public'"
    )
    again = images.once("api", "-m", "migrate", options=("--entrypoint", "python", "--env", f"DATABASE_URL={url}"))
    assert again.code == 0, again
    assert {"users", "dialogs", "messages", "processed_updates"} <= set(tables.split(","))


def test_the_api_is_ready_and_its_own_health_check_agrees(images: Host, api: str) -> None:
    wait_status(f"{api}/readyz", 200)
    images.wait_healthy("api")
    assert get(f"{api}/healthz")[0] == 200


def test_the_page_shows_the_numbers_that_are_in_the_database(images: Host, api: str) -> None:
    wait_status(f"{api}/readyz", 200)
    _sql(
        images,
        """
        INSERT INTO users (telegram_id, username, created_at, last_seen_at)
          SELECT 5000 + n, 'user' || n, now(), now() FROM generate_series(1, 37) AS n;
        INSERT INTO dialogs (user_id, channel, started_at)
          SELECT id, 'telegram', now() FROM users WHERE telegram_id > 5000;
        INSERT INTO messages (dialog_id, role, content, created_at)
          SELECT d.id, 'user', 'hello', now() - interval '1 minute' FROM dialogs d, generate_series(1, 23);
        """,
    )
    messages = int(
        _sql(images, "SELECT count(*) FROM messages WHERE created_at > date_trunc('day', now() at time zone 'UTC')")
    )
    address = images.start(
        "web", "--env", f"API_URL={api}", "--env", f"API_TOKEN={API_TOKEN}", "--env", "DASHBOARD_PASSWORD=open-up",
        "--env", f"SESSION_SECRET={'s' * 32}",
    )  # fmt: skip
    web = f"http://{address}:3000"
    wait_status(f"{web}/readyz", 200)
    images.wait_healthy("web")
    page = _signed_in(web, "open-up")
    assert f"{messages:,}" in page
    assert "37" in page


def _signed_in(web: str, password: str) -> str:
    """The first page, as it is after the form of the login was sent."""
    cookies = urllib.request.HTTPCookieProcessor()
    form = urllib.parse.urlencode({"password": password}).encode()
    login = urllib.request.Request(f"{web}/login/session", form, {"Origin": web})
    with urllib.request.build_opener(cookies).open(login, timeout=30) as answer:
        page: str = answer.read().decode()
        return page


@pytest.fixture
def fakes(images: Host) -> Iterator[dict[str, str]]:
    """Telegram and a language model, reachable from containers, as real HTTP servers."""
    gateway = _gateway(images)
    process = subprocess.Popen(
        [sys.executable, "fakes.py", "--telegram-port", "0", "--llm-port", "0", "--host", gateway],
        cwd=REPOSITORY / "services/bot/tests", stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def _gateway(images: Host) -> str:
    del images
    from tests.support.commands import run

    return run(
        "podman", "network", "inspect", "podman", "--format", "{{range .Subnets}}{{.Gateway}}{{end}}"
    ).out.strip()


def test_the_bot_answers_a_message_and_both_are_stored_once(images: Host, database: str, fakes: dict[str, str]) -> None:
    telegram, llm = fakes["telegram"], fakes["llm"]
    images.start(
        "bot",
        "--env", "TELEGRAM_BOT_TOKEN=1:abc", "--env", f"TELEGRAM_API_BASE={telegram}", "--env", f"LLM_BASE_URL={llm}",
        "--env", "LLM_API_KEY=key", "--env", "LLM_MODEL=test",
        "--env", f"DATABASE_URL=postgresql://app:app-password@{database}:5432/app",
    )  # fmt: skip
    images.wait_healthy("bot")
    _post(f"{telegram}/_control/messages", {"text": "what is a slipway?", "user_id": 4242})
    sent = _wait_sent(f"{telegram}/_control/sent?chat_id=4242", images)
    assert "what is a slipway?" in sent[-1]["text"]
    stored = _sql(
        images,
        "SELECT m.role || ':' || count(*) FROM messages m JOIN dialogs d ON d.id = m.dialog_id "
        "JOIN users u ON u.id = d.user_id WHERE u.telegram_id = 4242 GROUP BY m.role ORDER BY m.role",
    )
    assert stored.splitlines() == ["assistant:1", "user:1"]


def _wait_sent(url: str, images: Host) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found: list[dict[str, Any]] = json.loads(get(url)[1])["sent"]
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"the bot sent nothing\n{images.logs('bot')}")
