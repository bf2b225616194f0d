"""One stack for the whole run, made by the command that people type, under a name of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.support.commands import Result, run
from tools.stack import browser as chrome
from tools.stack import daemon
from tools.stack.docker import REPOSITORY
from tools.stack.stack import Stack

_KEPT: dict[str, Stack] = {}


def up(name: str, *words: str) -> Result:
    """Run tools/up for the stack of that name."""
    return run(REPOSITORY / "tools" / "up", *words, env={"SLIPWAY_STACK": name})


def start_up(name: str) -> subprocess.Popen[str]:
    """As `up`, going on; in a session of its own, so that Ctrl-C can be sent to all of it."""
    return subprocess.Popen(
        [str(REPOSITORY / "tools" / "up"), "--no-build"], env={**os.environ, "SLIPWAY_STACK": name}, cwd=REPOSITORY,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def new_name() -> str:
    """A name that no other run has."""
    return f"slipway-e2e-{secrets.token_hex(4)}"


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Everything, healthy; removed at the end, and the daemon with it if this run started that.

    For quick turns, one that `tools/up --detach` made is used and left: SLIPWAY_E2E_STACK names its folder in
    .slipway/stack.
    """
    if (kept := os.environ.get("SLIPWAY_E2E_STACK")) is not None:
        found = daemon.find()
        assert found is not None
        _KEPT["stack"] = Stack(kept, found)
        assert _KEPT["stack"].healthy()
        yield _KEPT["stack"]
        return
    name = new_name()
    try:
        made = up(name, "--detach")
        assert made.code == 0, made
        found = daemon.find()
        assert found is not None
        _KEPT["stack"] = Stack(name, found)
        yield _KEPT["stack"]
    finally:
        _KEPT.clear()
        gone = up(name, "down")
        assert gone.code == 0, gone


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    with chrome.chromium() as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add what the containers printed to the report of a test that failed."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper is sent the report
    if report.failed and "stack" in _KEPT and "stack" in getattr(item, "fixturenames", ()):
        report.sections.append(("containers", _KEPT["stack"].logs()))
    return report  # type: ignore[return-value]  # and gives it on
