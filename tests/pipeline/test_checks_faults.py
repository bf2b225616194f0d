"""One fault of every class, each in a repository that is clean otherwise: its check fails, and no other does.

The repository is small (tests/repositories/checked), so that a whole `slipway check` takes seconds.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY, Result, slipway
from tests.support.osv import JINJA, Osv, osv, own_address

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(600)]

WORD = re.compile(r"^slipway:(\w+) +(passed|failed|could not run|skipped) ", re.MULTILINE)
EXECUTED = re.compile(r"engine: (\d+) executed")


@dataclass
class Checked:
    """A clean copy of the repository, with the module in it, and OSV's stand-in."""

    root: Path
    advisories: Osv

    def check(self, *words: str) -> Result:
        return slipway("check", *words, cwd=self.root, timeout=600)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new, 1))


def words(done: Result) -> dict[str, str]:
    """The table at the end: how each check ended."""
    return dict(WORD.findall(done.err))


@pytest.fixture(scope="module")
def advisories() -> Iterator[Osv]:
    """One address for all, so that the cache may answer."""
    with osv(own_address()) as state:
        yield state


@pytest.fixture
def checked(tmp_path: Path, advisories: Osv) -> Iterator[Checked]:
    """The repository; whatever a test taught the stand-in is forgotten."""
    root = tmp_path / "checked"
    shutil.copytree(REPOSITORY / "tests/repositories/checked", root)
    shutil.copy(REPOSITORY / "dagger.json", root)
    ignored = shutil.ignore_patterns("__pycache__", ".venv", ".*_cache", "*.egg-info")
    shutil.copytree(REPOSITORY / "dagger", root / "dagger", ignore=ignored)
    (root / ".env").write_text(f"AUDIT_ADVISORIES={advisories.address}\n")
    yield Checked(root, advisories)
    advisories.known.clear()
    advisories.status = 200


def _unformatted(it: Checked) -> None:
    it.replace("service/src/greeter/__main__.py", 'greeting("world")', "greeting( 'world')")


def _unused(it: Checked) -> None:
    it.replace("service/src/greeter/__main__.py", "from greeter", "import os\n\nfrom greeter")


def _mistyped(it: Checked) -> None:
    it.replace("service/src/greeter/__init__.py", "-> str", "-> int")


def _failing(it: Checked) -> None:
    it.replace("service/tests/test_greeting.py", "&lt;b&gt;", "<b>")


def _uncovered(it: Checked) -> None:
    text = '\n\ndef parting(name: str) -> str:\n    """Take leave."""\n    return f"Bye, {name}!"\n'
    path = "service/src/greeter/__init__.py"
    it.write(path, (it.root / path).read_text() + text)


def _stale(it: Checked) -> None:
    it.replace("service/pyproject.toml", '"markupsafe>=3"', '"markupsafe>=3", "idna>=3"')


def _vulnerable(it: Checked) -> None:
    # The version that is locked, under an advisory that was written by hand.
    lock = (it.root / "service/uv.lock").read_text()
    version = re.search(r'name = "markupsafe"\nversion = "([^"]+)"', lock)
    assert version
    it.advisories.known["PyPI", "markupsafe", version[1]] = [{**JINJA, "summary": "An advisory of the stand-in"}]
    # Another day's question: the answer of the same day is remembered.
    it.replace("service/uv.lock", "version = 1\n", "version = 1 # again\n")


def _latest(it: Checked) -> None:
    it.replace("compose/compose.yaml", "${GREETER_IMAGE:?should be the image by digest}", "greeter:latest")


def _invalid(it: Checked) -> None:
    it.replace("compose/compose.yaml", "    healthcheck:", "    restrat: always\n    healthcheck:")


def _injected(it: Checked) -> None:
    it.replace(".github/workflows/ci.yml", "echo hello", 'echo "${{ github.event.head_commit.message }}"')


def _unlimited(it: Checked) -> None:
    it.replace(".github/workflows/ci.yml", "    timeout-minutes: 10\n", "")


def _unquoted(it: Checked) -> None:
    it.replace("scripts/greet.sh", '"Hello, $1!"', "Hello, $1!")


def _unpinned(it: Checked) -> None:
    it.replace("Dockerfile", "debian:13.7-slim", "debian")


def _private(it: Checked) -> None:
    dashes = "-----"
    body = "MIIEpAIBAAKCAQEAuZ8vQmJ3k7RtYw2XhLq9sPdGfB5nCeVo4TzUj6Hx"
    it.write("deploy/server.key", f"{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n")


def _dropped(it: Checked) -> None:
    text = (it.root / "migrations/0001_names.py").read_text().replace('"0001"', '"0002"')
    text = text.replace("= None", '= "0001"').replace(
        'op.create_table("names", sa.Column("name", sa.Text, primary_key=True))', 'op.drop_column("names", "name")'
    )
    it.write("migrations/0002_no_names.py", text)


FAULTS = [
    (_unformatted, "format", "service/src/greeter/__main__.py:5:16: unformatted"),
    (_unused, "lint", "service/src/greeter/__main__.py:3:8: F401"),
    (_mistyped, "types", "service/src/greeter/__init__.py:8:12: return-value"),
    (_failing, "test", "service/tests/test_greeting.py:11:1: test test_a_name_is_escaped"),
    (_uncovered, "test", "service/src/greeter/__init__.py:13:1: coverage 1 lines are not covered"),
    (_stale, "locks", "service/uv.lock:1:1: stale-lock"),
    (_vulnerable, "audit", "GHSA-g3rq-g295-4j3m"),
    (_latest, "compose", "compose/compose.yaml:3:1: image-latest"),
    (_invalid, "compose", "compose/compose.yaml:2:1: schema services.greeter"),
    (_injected, "workflows", ".github/workflows/ci.yml:18:"),
    (_unlimited, "workflows", ".github/workflows/ci.yml:12:1: timeout"),
    (_unquoted, "shell", "scripts/greet.sh:3:13: SC2086"),
    (_unpinned, "dockerfiles", "Dockerfile:1:1: DL3006"),
    (_private, "secrets", "deploy/server.key:1:1: private-key"),
    (_dropped, "migrations", "migrations/0002_no_names.py:12:1: contract"),
]


def test_a_clean_repository_passes_and_a_second_run_executes_nothing(checked: Checked) -> None:
    first = checked.check()
    assert first.code == 0, first
    assert set(words(first).values()) == {"passed"}, first
    began = time.monotonic()
    second = checked.check()
    took = time.monotonic() - began
    assert second.code == 0, second
    assert set(words(second).values()) == {"passed"}, second
    assert EXECUTED.findall(second.err) in ([], ["0"]), second
    assert took < 5, second


@pytest.mark.parametrize(("seed", "check", "told"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_fault_makes_its_check_fail_and_no_other(
    checked: Checked, seed: Callable[[Checked], None], check: str, told: str
) -> None:
    seed(checked)
    done = checked.check()
    assert done.code == 1, done
    ended = words(done)
    assert {name for name, word in ended.items() if word == "failed"} == {check}, done
    assert {word for name, word in ended.items() if name != check} == {"passed"}, done
    assert len(ended) == 12, done
    assert told in done.err, done


def test_a_tool_that_could_not_run_is_told_apart_from_one_that_found_something(checked: Checked) -> None:
    checked.advisories.status = 503
    checked.replace("service/uv.lock", "version = 1\n", "version = 1 # once more\n")
    checked.replace("service/pyproject.toml", "strict = true", "strict = true\nplugins = ['nosuch']")
    _unused(checked)
    done = checked.check("audit", "types", "lint")
    assert done.code == 1, done
    assert words(done) == {"audit": "could not run", "types": "could not run", "lint": "failed"}, done
    assert "1 of 3 checks failed: slipway:lint; could not run: slipway:audit, slipway:types" in done.err
    assert "503" in done.err
    assert "nosuch" in done.err


def test_a_failed_test_run_is_repeated_and_a_passed_one_is_not(checked: Checked) -> None:
    # Passes from the second run on: what it remembers lies in uv's cache, which outlives a run.
    mark = f"/var/cache/uv/again-{time.time_ns()}"
    text = f'\n\ndef test_flaky() -> None:\n    import pathlib\n\n    mark = pathlib.Path("{mark}")\n'
    text += "    was_there = mark.exists()\n    mark.touch()\n    assert was_there\n"
    path = "service/tests/test_greeting.py"
    checked.write(path, (checked.root / path).read_text() + text)
    first = checked.check("test")
    assert words(first) == {"test": "failed"}, first
    time.sleep(1.1)  # the time of a run is kept in whole seconds
    second = checked.check("test")
    assert words(second) == {"test": "passed"}, second


def test_the_reports_are_those_of_the_same_runs(checked: Checked) -> None:
    _failing(checked)
    first = checked.check()
    assert first.code == 1, first
    assert "/opt/slipway/check" in first.err, first
    done = slipway("call", "-o", "out", "reports", "--advisories", checked.advisories.address, cwd=checked.root)
    assert done.code == 0, done
    # The function itself runs; no command of a check does.
    assert "Slipway.reports" in done.err, done
    assert "/opt/slipway/check" not in done.err, done
    out = checked.root / "out"
    assert (out / "summary.md").read_text().startswith("## 1 of 12 checks failed: greeter test\n")
    assert 'failures="1"' in (out / "tests/greeter.xml").read_text()
    assert '"uri": "service/tests/test_greeting.py"' in (out / "sarif/greeter-test.sarif").read_text()
    assert len(list((out / "sarif").iterdir())) == 12
