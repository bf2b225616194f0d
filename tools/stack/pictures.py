"""tools/screenshots: a demo of its own, a talk with the bot, and a picture of every page into docs/pictures."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page
from tools.stack import daemon, images, ports
from tools.stack.browser import DESKTOP, PAGES, PHONE, Look, chromium, open_page, sign_in, visit
from tools.stack.docker import REPOSITORY
from tools.stack.errors import StackError
from tools.stack.stack import Stack

FOLDER = REPOSITORY / "docs" / "pictures"

_ALL = [
    Look(*size, theme, language)
    for size in (DESKTOP, PHONE)
    for theme in ("light", "dark")
    for language in ("en", "ru")
]
# Enough to see each of size, theme and language on every page; the overview is there in all of them.
_SOME = [Look(*DESKTOP, "light", "en"), Look(*PHONE, "dark", "ru")]

_TALK = ("Hello! What can you do?", "What is a canary release?")


def main() -> int:
    """Take the pictures; gives the exit code."""
    parser = argparse.ArgumentParser(prog="tools/screenshots", description="Pictures of every page, for the docs.")
    parser.add_argument("--output", type=Path, default=FOLDER, help="where to (default: docs/pictures)")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _stack() as stack, chromium() as browser:
            _talk(stack, browser, folder)
            pages = {path.strip("/") or "overview": path for path in PAGES} | {"dialog": _long_dialog(stack)}
            for look in _ALL:
                with visit(browser, stack.urls()["web"], look) as page:
                    if look in _SOME:
                        page.goto("/login")
                        _take(page, folder, "login", look)
                    sign_in(page, stack.secret("dashboard_password"))
                    for name, path in pages.items():
                        if name == "overview" or look in _SOME:
                            open_page(page, "/?period=month" if name == "overview" else path)
                            _take(page, folder, name, look)
    except StackError as error:
        sys.stderr.write(f"screenshots: {error}\n")
        return 1
    return 0


@contextlib.contextmanager
def _stack() -> Iterator[Stack]:
    stack = Stack(f"slipway-pictures-{secrets.token_hex(3)}", daemon.find_or_start())
    try:
        stack.prepare(images.loaded(stack.docker, _say), dict.fromkeys(ports.PREFERRED, 0))
        stack.start(_say)
        yield stack
    finally:
        stack.remove()
        daemon.stop_if_idle()


def _talk(stack: Stack, browser: Browser, folder: Path) -> None:
    """What docs/demo.md tells its reader to do, and how it looks."""
    with visit(browser, stack.urls()["chat"], Look(*PHONE)) as page:
        page.goto("/")
        for number, text in enumerate(_TALK, 1):
            page.get_by_label("Message", exact=True).fill(text)
            page.get_by_role("button", name="Send").click()
            page.locator("#messages .bot").nth(number - 1).wait_for()
        _take(page, folder, "chat", Look(*PHONE))
    with visit(browser, stack.urls()["chat"], Look(*DESKTOP, "dark")) as page:
        page.goto("/")
        page.locator("#messages .bot").nth(1).wait_for()
        _take(page, folder, "chat", Look(*DESKTOP, "dark"))


def _long_dialog(stack: Stack) -> str:
    """The address of the longest among the newest dialogs."""
    token = {"Authorization": f"Bearer {stack.secret('api_token')}"}
    answer = httpx.get(f"{stack.urls()['api']}/api/v1/dialogs?limit=50", headers=token, trust_env=False)
    dialogs = answer.raise_for_status().json()["dialogs"]
    return f"/dialogs/{max(dialogs, key=lambda dialog: dialog['messages'])['id']}"


def _take(page: Page, folder: Path, name: str, look: Look) -> None:
    size = "desktop" if look.width > PHONE[0] else "phone"
    page.evaluate("document.fonts.ready")
    page.screenshot(path=folder / f"{name}-{size}-{look.theme}-{look.language}.png")
    _say(f"{name} {size} {look.theme} {look.language}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
