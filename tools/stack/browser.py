"""The machine's Chromium, headless, signed in to a stack's dashboard."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from tools.stack.errors import StackError

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MS = 20_000

# Where visitors are.
ZONE = "Europe/Berlin"

# What is on each page once its numbers have come, in place of grey shapes.
PAGES = {
    "/": "[data-testid=total-messages]",
    "/dialogs": "a[href^='/dialogs/']",
    "/users": "table tbody tr",
    "/llm": "[data-testid=llm-answers]",
    "/status": "[data-testid=status-api]",
}
_DIALOG = "ol > li"


@dataclass(frozen=True, slots=True)
class Look:
    """How a visitor looks at a page; theme and language as their system asks for them."""

    width: int = 1440
    height: int = 900
    theme: Literal["light", "dark"] = "light"
    language: Literal["en", "ru"] = "en"


DESKTOP, PHONE = (1440, 900), (390, 844)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A started browser.

    Raises:
        StackError: there is none on this machine.
    """
    wanted = (os.environ.get("SLIPWAY_CHROMIUM", ""), *_PROGRAMS)
    program = next((found for name in wanted if name and (found := shutil.which(name))), None)
    if program is None:
        raise StackError("no Chromium on this machine: run `tools/setup browser`, or name one in SLIPWAY_CHROMIUM")
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs privileges that root in a container does not have; the pages are ours.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visit(browser: Browser, url: str, look: Look = Look()) -> Iterator[Page]:
    """A page of a visitor of its own, without cookies."""
    context = browser.new_context(
        base_url=url, locale={"en": "en-GB", "ru": "ru-RU"}[look.language], color_scheme=look.theme,
        viewport={"width": look.width, "height": look.height}, timezone_id=ZONE,
        has_touch=look.width < 600, is_mobile=look.width < 600, device_scale_factor=1, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(_PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, password: str) -> None:
    """Sign in at the dashboard, as a person does."""
    page.goto("/login")
    page.locator("input[name=password]").fill(password)
    page.locator("form[action='/login/session'] button").click()
    page.wait_for_url("**/")


def open_page(page: Page, path: str) -> None:
    """Open a page and wait until its numbers are there."""
    page.goto(path)
    page.locator("main").locator(PAGES.get(path.partition("?")[0], _DIALOG)).first.wait_for()
    page.locator("main [class*=animate-pulse]").first.wait_for(state="detached")
