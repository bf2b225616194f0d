"""The story of one message: said to the bot, answered, stored once, counted by the API, seen on the dashboard."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from tests.e2e.asking import api, sql
from tools.stack.browser import ZONE, open_page, sign_in, visit
from tools.stack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

# Twice as long as the API keeps an answer.
_NEWS_SECONDS = 60


def _until(look: Callable[[], Any], seconds: float = _NEWS_SECONDS) -> Any:
    """What `look` gives, once it is something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.3)
    return found


def _stored(stack: Stack, person: int) -> list[str]:
    return sql(
        stack,
        "SELECT m.role || '|' || m.content FROM messages m JOIN dialogs d ON d.id = m.dialog_id "
        f"JOIN users u ON u.id = d.user_id WHERE u.telegram_id = {person} ORDER BY m.id",
    )


def _count(stack: Stack) -> int:
    """The messages of the last seven days, as the database has them."""
    return int(sql(stack, "SELECT count(*) FROM messages")[0])


def test_a_message_is_answered_stored_once_counted_and_shown(stack: Stack, browser: Browser) -> None:
    person, mark = secrets.randbelow(10**9) + 10**9, secrets.token_hex(4)
    name, text = f"visitor_{mark}", f"my word is {mark}"
    before = _count(stack)
    # The browser's zone, first by another name: the API keeps an answer for 30 s, by what was asked.
    asked = api(stack, "/api/v1/stats?period=week&tz=Arctic/Longyearbyen").json()["totals"]["messages"]

    with httpx.Client(base_url=stack.urls()["chat"], trust_env=False) as chat:
        # Said to the stand-in for Telegram, as its chat page does.
        chat.post("/_control/messages", json={"text": text, "user_id": person, "username": name}).raise_for_status()

        # Answered, by the model's stand-in: an echo.
        said = _until(lambda: chat.get(f"/_control/sent?chat_id={person}").json()["sent"])
    assert mark in said[-1]["text"]

    # Stored once, with its answer.
    stored = _until(lambda: [row for row in [_stored(stack, person)] if len(row) >= 2])[0]
    assert stored == [f"user|{text}", f"assistant|{said[-1]['text']}"]
    assert _count(stack) == before + 2
    assert sql(stack, f"SELECT count(*) FROM users WHERE telegram_id = {person}") == ["1"]

    # Counted by the API.
    def counted() -> int | None:
        now: int = api(stack, f"/api/v1/stats?period=week&tz={ZONE}").json()["totals"]["messages"]
        return now if now == asked + 2 else None

    total = _until(counted)
    newest = api(stack, "/api/v1/dialogs?limit=1&tz=UTC").json()["dialogs"][0]
    assert newest["user"]["username"] == name

    # Shown on the page.
    with visit(browser, stack.urls()["web"]) as page:
        sign_in(page, stack.secret("dashboard_password"))

        def shown() -> bool:
            open_page(page, "/?period=week")
            return page.get_by_test_id("total-messages").inner_text().strip() == f"{total:,}"

        assert _until(shown)
        open_page(page, f"/dialogs/{newest['id']}")
        spoken = page.locator("main").inner_text()
        assert text in spoken
        assert name in spoken


def test_the_same_update_delivered_twice_is_answered_and_stored_once(stack: Stack) -> None:
    person = secrets.randbelow(10**9) + 10**9
    with httpx.Client(base_url=stack.urls()["chat"], trust_env=False) as chat:
        message = {"text": "once", "user_id": person, "username": None}
        first = chat.post("/_control/messages", json=message).json()["update_id"]
        _until(lambda: chat.get(f"/_control/sent?chat_id={person}").json()["sent"])
        chat.post("/_control/messages", json=message | {"update_id": first})
        # Something later has been answered, so the repeated one was seen and left alone.
        chat.post("/_control/messages", json=message | {"text": "twice"})
        _until(lambda: len(chat.get(f"/_control/sent?chat_id={person}").json()["sent"]) >= 2)
        _until(lambda: len(_stored(stack, person)) >= 4)
        assert [row.split("|")[1] for row in _stored(stack, person) if row.startswith("user|")] == ["once", "twice"]
        assert len(chat.get(f"/_control/sent?chat_id={person}").json()["sent"]) == 2


def test_the_dashboard_shows_a_month_of_demo_data(stack: Stack) -> None:
    month = api(stack, "/api/v1/stats?period=month").json()["totals"]
    assert month["messages"] > 1000
    assert month["dialogs"] > 100
    assert month["active_users"] > 20
    assert api(stack, "/api/v1/llm?period=month").json()["totals"]["failures"] > 0
