"""The dependency audit against a stand-in for OSV on loopback, and the days until which an advisory is accepted."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.osv import JINJA, Osv, osv

from slipway.checks.in_toolbox import ignores, locked

LOCK = """version = 1

[[package]]
name = "api"
version = "0.1.0"
source = { editable = "." }

[[package]]
name = "jinja2"
version = "2.11.2"
source = { registry = "https://pypi.org/simple" }
"""
IGNORED = """[[ignore]]
id = "CVE-2020-28493"
until = 2026-06-30
reason = "templates are our own"
"""


@pytest.fixture
def service() -> Iterator[Osv]:
    """OSV that knows one advisory about jinja2."""
    with osv() as state:
        state.known["PyPI", "jinja2", "2.11.2"] = [JINJA]
        yield state


def _audit(root: Path, address: str, *locks: str, today: str = "2026-06-30") -> tuple[int, Any, str]:
    command = [sys.executable, "-m", "slipway.checks.in_toolbox.audit", str(root), address, today, *locks]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, json.loads(done.stdout)["findings"] if done.stdout else None, done.stderr


def test_a_vulnerable_pin_is_found_at_its_line(tmp_path: Path, service: Osv) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    code, found, _ = _audit(tmp_path, service.address, "uv.lock")
    assert code == 1
    assert [(each["path"], each["line"], each["rule"]) for each in found] == [("uv.lock", 9, "GHSA-g3rq-g295-4j3m")]
    for text in ("jinja2 2.11.2", "CVE-2020-28493", "fixed in 2.11.3"):
        assert text in found[0]["message"]
    # Packages of the repository itself are nobody else's business.
    assert [query["package"]["name"] for query in service.asked] == ["jinja2"]


def test_a_pin_without_advisories_passes(tmp_path: Path, service: Osv) -> None:
    (tmp_path / "uv.lock").write_text(LOCK.replace("2.11.2", "3.1.6"))
    assert _audit(tmp_path, service.address, "uv.lock")[:2] == (0, [])


@pytest.mark.parametrize(("today", "code"), [("2026-06-30", 0), ("2026-07-01", 1)])
def test_an_accepted_advisory_comes_back_after_its_day(tmp_path: Path, service: Osv, today: str, code: int) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    (tmp_path / "security-ignore.toml").write_text(IGNORED)
    ended, found, _ = _audit(tmp_path, service.address, "uv.lock", today=today)
    assert ended == code
    if code:
        assert "was accepted until 2026-06-30" in found[0]["message"]


def test_a_service_that_fails_is_no_finding(tmp_path: Path, service: Osv) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    service.status = 503
    code, found, said = _audit(tmp_path, service.address, "uv.lock")
    assert (code, found) == (2, None)
    assert "cannot be asked" in said
    assert "503" in said


def test_a_service_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    code, found, said = _audit(tmp_path, "http://127.0.0.1:1", "uv.lock")
    assert (code, found) == (2, None)
    assert "Connection refused" in said


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "web/pnpm-lock.yaml",
            "lockfileVersion: '9.0'\npackages:\n\n  '@a/b@1.2.3':\n    x: {}\n  c@2.0.0-rc.1:\n    x: y\n\nsnapshots:\n\n  d@1.0.0:\n",
            [("npm", "@a/b", "1.2.3", 4), ("npm", "c", "2.0.0-rc.1", 6)],
        ),
        (
            "package-lock.json",
            (
                '{"packages": {\n  "": {},\n  "node_modules/ms": {\n  "version": "2.1.3"},\n  "node_modules/a/node_modules/ms": {\n'
                ' "version": "1.0.0"}\n}}'
            ),
            [("npm", "ms", "2.1.3", 3), ("npm", "ms", "1.0.0", 5)],
        ),
        ("uv.lock", LOCK, [("PyPI", "jinja2", "2.11.2", 9)]),
    ],
)
def test_locks_are_read_with_their_lines(path: str, text: str, expected: list[Any]) -> None:
    found = [(each.ecosystem, each.name, each.version, each.line) for each in locked.packages(path, text)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[ignore]]\nid = 'a'\nreason = 'b'", "ignore 1: until: is required"),
        ("[[ignore]]\nid = 'a'\nreason = 'b'\nuntil = '2026-01-01'", "until: should be a day"),
        ("[[ignore]]\nid = 'a'\nreason = 'b'\nuntil = 2026-01-01\nday = 1", "day: unknown key"),
        ("[ignored]", "ignored: unknown key"),
        ("[[", "is not TOML"),
    ],
)
def test_a_mistake_in_the_ignore_file_is_named(text: str, told: str) -> None:
    with pytest.raises(ValueError, match="security-ignore") as caught:
        ignores.parse(text)
    assert told in str(caught.value)


def test_an_advisory_is_accepted_of_one_package_only() -> None:
    (entry,) = ignores.parse(IGNORED + 'package = "jinja2"\n')
    day = dt.date(2026, 1, 1)
    assert ignores.verdict([entry], ["GHSA-1", "CVE-2020-28493"], "jinja2", day) == (True, "")
    assert ignores.verdict([entry], ["GHSA-1", "CVE-2020-28493"], "other", day) == (False, "")
