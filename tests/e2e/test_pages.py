"""The pages in Chromium: who may see them, how they look on small and large screens, and for whom they work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page
from tests.e2e.asking import api
from tools.stack.browser import DESKTOP, PAGES, PHONE, Look, open_page, sign_in, visit
from tools.stack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LOOKS = [
    Look(*DESKTOP, theme="light", language="en"),
    Look(*DESKTOP, theme="dark", language="ru"),
    Look(*PHONE, theme="light", language="ru"),
    Look(*PHONE, theme="dark", language="en"),
]


def _name(look: Look) -> str:
    return f"{look.width}-{look.theme}-{look.language}"


@pytest.fixture(scope="module", params=LOOKS, ids=_name)
def signed_in(request: pytest.FixtureRequest, stack: Stack, browser: Browser) -> Iterator[Page]:
    """A visitor's page, signed in, with one of the looks."""
    with visit(browser, stack.urls()["web"], request.param) as page:
        sign_in(page, stack.secret("dashboard_password"))
        yield page


@pytest.fixture(scope="module")
def addresses(stack: Stack) -> dict[str, str]:
    """Every page by a name; a dialog that has text."""
    newest = api(stack, "/api/v1/dialogs?limit=1").json()["dialogs"][0]["id"]
    return {path.strip("/") or "overview": path for path in PAGES} | {"dialog": f"/dialogs/{newest}"}


def _serious(page: Page) -> list[str]:
    """axe's findings that keep somebody from using the page."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("name", ["overview", "dialogs", "dialog", "users", "llm", "status"])
def test_a_page_works_for_everybody_and_fits_the_screen(signed_in: Page, addresses: dict[str, str], name: str) -> None:
    problems: list[str] = []
    signed_in.on("pageerror", lambda error: problems.append(str(error)))
    signed_in.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    open_page(signed_in, addresses[name])
    assert _serious(signed_in) == []
    wide = signed_in.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels wider than the screen"
    assert problems == []
    language = signed_in.evaluate("navigator.language").split("-")[0]
    assert signed_in.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("place", ["web", "chat"])
@pytest.mark.parametrize("look", LOOKS, ids=_name)
def test_signing_in_and_the_chat_work_for_everybody(stack: Stack, browser: Browser, look: Look, place: str) -> None:
    with visit(browser, stack.urls()[place], look) as page:
        page.goto("/login" if place == "web" else "/")
        page.locator("form").first.wait_for()
        assert _serious(page) == []


def test_axe_finds_a_seeded_fault(browser: Browser) -> None:
    with visit(browser, "http://127.0.0.1") as page:
        page.set_content("<html lang=en><title>t</title><main><h1>h</h1><input><img src='data:,'></main>")
        assert {finding.split()[0] for finding in _serious(page)} == {"image-alt", "label"}


@pytest.mark.parametrize("path", [*PAGES, "/dialogs/1"])
def test_nobody_sees_a_page_without_signing_in(stack: Stack, browser: Browser, path: str) -> None:
    with visit(browser, stack.urls()["web"]) as page:
        page.goto(path)
        assert page.url.split("?")[0].endswith("/login")
        assert page.locator("input[name=password]").is_visible()


def test_a_wrong_password_is_told_and_the_right_one_opens_the_page_that_was_asked_for(
    stack: Stack, browser: Browser
) -> None:
    with visit(browser, stack.urls()["web"]) as page:
        page.goto("/users")
        page.locator("input[name=password]").fill("wrong")
        page.locator("form[action='/login/session'] button").click()
        page.get_by_role("alert").first.wait_for()
        page.locator("input[name=password]").fill(stack.secret("dashboard_password"))
        page.locator("form[action='/login/session'] button").click()
        page.wait_for_url("**/users")
        page.locator("form[action='/logout'] button").first.click()
        page.wait_for_url("**/login**")
        page.goto("/users")
        assert "/login" in page.url


def test_a_person_writes_to_the_bot_in_the_chat_and_reads_its_answer(stack: Stack, browser: Browser) -> None:
    with visit(browser, stack.urls()["chat"], Look(*PHONE)) as page:
        page.goto("/")
        page.get_by_label("Message", exact=True).fill("my train is late")
        page.get_by_role("button", name="Send").click()
        page.locator("#messages .bot", has_text="my train is late").wait_for()


def test_the_pages_ask_nobody_but_the_dashboard(stack: Stack, browser: Browser) -> None:
    home, asked = stack.urls()["web"], set[str]()
    with visit(browser, home) as page:
        page.on("request", lambda request: asked.add(request.url))
        sign_in(page, stack.secret("dashboard_password"))
        for path in PAGES:
            open_page(page, path)
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
