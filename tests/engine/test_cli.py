"""`slipway` against the probe module: what it prints, keeps, reports, and leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.commands import SLIPWAY, Result, slipway

pytestmark = pytest.mark.engine

PROBE = Path(__file__).parent / "modules" / "probe"
EMBEDDED = {"SLIPWAY_ENGINE": "embedded"}
HELLO = "Hello, World"


def probe(*words: str, env: dict[str, str] | None = None) -> Result:
    return slipway(*words, cwd=PROBE, env={**EMBEDDED, **(env or {})})


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["hello"], HELLO),
        (["--greeting", "Hi", "hello", "--name=Bob", "--loud"], "HI, BOB"),
        (["number", "--value", "21", "--factor", "2"], "42"),
        (["yes"], "true"),
        (["nothing"], ""),
        (["texts", "--items", "a,b", "--items", '"c,d"', "--more", "1,2"], "a\nb\nc,d\n1\n2\n"),
        (["severity"], "LOW"),
        (["severity", "--level", "hIgH"], "HIGH"),
        (["severity", "--others", "high,low"], "LOW"),
        (["image", "name"], "alpha"),
        (["image", "doubled"], "42"),
        (["images", "name"], "alpha\nbeta\n"),
        (["image", "tree", "file", "--path", "name", "contents"], "alpha"),
        (["listing"], "one.txt\n"),
        (["files", "--extra", "pyproject.toml", "entries"], "extra\none.txt\n"),
        (["reveal", "--secret", "env://PROBE_SECRET"], "6"),
        (["made-secret", "plaintext"], "value-of-it"),
        (["e-2-e"], "e2e"),
    ],
)
def test_what_is_printed(words: list[str], out: str) -> None:
    done = probe("-s", "call", *words, env={"PROBE_SECRET": "secret"})
    assert (done.code, done.out, done.err) == (0, out, ""), done


@pytest.mark.parametrize(
    ("words", "pattern"),
    [
        (["image"], r"ProbeImage@sha256:[0-9a-f]{64}"),
        (["images"], r"(- ProbeImage@sha256:[0-9a-f]{64}\n){2}"),
        (["files"], r"Directory@sha256:[0-9a-f]{64}"),
        (["images", "tree"], r"(- Directory@sha256:[0-9a-f]{64}\n){2}"),
    ],
)
def test_objects_are_printed_by_name(words: list[str], pattern: str) -> None:
    done = probe("-s", "call", *words)
    assert re.fullmatch(pattern, done.out), done


def test_json() -> None:
    assert json.loads(probe("-s", "call", "-j", "images", "name").out) == [{"name": "alpha"}, {"name": "beta"}]
    assert json.loads(probe("-s", "call", "hello", "--json").out) == HELLO


def test_results_are_saved(tmp_path: Path) -> None:
    text = probe("-s", "call", "-o", str(tmp_path / "new" / "text"), "hello")
    assert (text.out, (tmp_path / "new" / "text").read_text()) == (HELLO, HELLO)
    folder = probe("-s", "call", "files", "-o", str(tmp_path / "folder"))
    assert (folder.out, [item.name for item in (tmp_path / "folder").iterdir()]) == ("", ["one.txt"])


def test_an_object_that_cannot_be_saved_is_refused_before_anything_runs(tmp_path: Path) -> None:
    done = probe("call", "-o", str(tmp_path / "x"), "image", "--name", f"n{time.time_ns()}")
    assert done.code == 1, done
    assert "--output cannot save ProbeImage" in done.err
    assert "Probe.image" not in done.err


@pytest.mark.parametrize(
    ("words", "code", "last"),
    [
        (["fails"], 1, "Error: FunctionError: services/api: no such service; did you mean 'app'?"),
        (["exits", "--code", "5"], 5, 'Error: call function "exits": exit code: 5\nlast words'),
        (
            ["group"],
            1,
            "Error: FunctionError: 2 errors\n[1] ValueError: first thing broke\n[2] ValueError: second thing broke",
        ),
        (["group-of-one"], 1, "Error: FunctionError: the only thing broke"),
        (
            ["reveal"],
            1,
            "Error: required flag(s) \"secret\" not set for 'reveal'\nRun 'slipway call reveal --help' for usage.",
        ),
        (["number", "--value", "x"], 1, 'Error: invalid argument "x" for "--value": should be a whole number'),
    ],
)
def test_errors(words: list[str], code: int, last: str) -> None:
    done = probe("-s", "call", *words)
    assert (done.code, done.out, done.err) == (code, "", f"{last}\n")


@pytest.mark.parametrize(
    ("function", "kept"), [("stamp", True), ("stamp-minute", True), ("stamp-session", False), ("stamp-never", False)]
)
def test_how_long_results_are_kept(function: str, *, kept: bool) -> None:
    first, second = probe("-s", "call", function), probe("-s", "call", function)
    assert (first.out == second.out) is kept


def test_what_is_kept_runs_no_process() -> None:
    probe("call", "hello")
    again = probe("call", "hello")
    assert re.fullmatch(r"engine: 0 executed, 2 cached, \d\.\d s\n", again.err), again


def test_errors_are_not_kept() -> None:
    assert all("Probe.fails" in probe("call", "fails").err for _ in range(2))


def test_a_secret_counts_by_its_value() -> None:
    words = ("call", "reveal", "--secret", "env://PROBE_SECRET")
    probe(*words, env={"PROBE_SECRET": "one"})
    assert "Probe.reveal" not in probe(*words, env={"PROBE_SECRET": "one"}).err
    assert "Probe.reveal" in probe(*words, env={"PROBE_SECRET": f"{time.time_ns()}"}).err


def test_a_module_sees_none_of_the_callers_secrets() -> None:
    names = probe("-s", "call", "environment", env={"AWS_SECRET_ACCESS_KEY": "x", "PROBE_SECRET": "y"}).out.split()
    allowed = {"CURL_CA_BUNDLE", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "REQUESTS_CA_BUNDLE", "TMPDIR"}
    assert [
        n for n in names if n not in allowed and not n.startswith(("DAGGER_", "PYTHON", "SLIPWAY_", "SSL_", "OTEL_"))
    ] == []


@pytest.mark.parametrize(
    ("added", "removed", "message"),
    [
        ("def x(:\n", "", "module probe could not be loaded: ModuleLoadError: invalid syntax (main.py, line "),
        ("import os\nos._exit(4)\n", "", "module probe could not be loaded (exit code 4):"),
        ("raise LookupError('at import')\n", "", "module probe could not be loaded: ModuleLoadError: at import"),
        ("", "uv.lock", "{base}/uv.lock: not found; run `uv lock` in {base} and commit it"),
    ],
)
def test_a_module_that_cannot_be_loaded(tmp_path: Path, added: str, removed: str, message: str) -> None:
    broken = shutil.copytree(PROBE, tmp_path / "probe")
    with (broken / "src" / "probe" / "main.py").open("a") as file:
        file.write(added)
    if removed:
        (broken / removed).unlink()
    done = slipway("-s", "call", "hello", cwd=broken, env=EMBEDDED, timeout=60)
    assert (done.code, done.out) == (1, ""), done
    assert done.err.startswith(f"Error: {message.format(base=broken)}"), done


def test_nothing_is_written_beside_the_module() -> None:
    assert {item.name for item in PROBE.iterdir()} <= {
        "dagger.json",
        "files",
        "pyproject.toml",
        "src",
        "uv.lock",
        ".gitignore",
    }
    assert not list(PROBE.rglob("__pycache__"))


def test_checks_are_listed() -> None:
    names = [line.split()[0] for line in probe("check", "-l").out.splitlines()]
    assert names == ["probe:fails-check", "probe:needy", "probe:passes", "probe:suite:api", "probe:suite:web"]


def test_every_check_is_reported() -> None:
    done = probe("check")
    assert (done.code, done.out) == (1, ""), done
    for text in (
        "first thing broke",
        "second thing broke",
        "web: 3 findings",
        "probe:needy: left out, it needs --what",
    ):
        assert text in done.err
    assert done.err.splitlines()[-1] == "Error: 2 of 4 checks failed: probe:fails-check, probe:suite:web"


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("passes", 0), ("suite:api", 0), ("probe:passes", 0), ("suite", 1), ("nosuch", 1), ("needy", 1)],
)
def test_checks_by_pattern(pattern: str, code: int) -> None:
    assert probe("-s", "check", pattern).code == code


def test_run_gives_any_program_a_session() -> None:
    done = probe("run", "sh", "-c", 'test -n "$DAGGER_SESSION_PORT" && test -n "$DAGGER_SESSION_TOKEN" && exit 4')
    assert done.code == 4, done


def test_a_closed_pipe_is_quiet() -> None:
    done = subprocess.run(
        f"{SLIPWAY} -s call hello | true; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=PROBE, env={**os.environ, **EMBEDDED}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert (done.stdout.strip() in ("0", "141"), done.stderr) == (True, "")


@pytest.fixture
def sleeping() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A call that is under way, and the process that serves it."""
    with subprocess.Popen(
        [SLIPWAY, "call", "sleeps"], cwd=PROBE, env={**os.environ, **EMBEDDED}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if match := re.search(r"sleeping in (\d+)", line):
                yield process, int(match.group(1))
                break
        process.kill()


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (signal.SIGINT, 130, "Interrupted: everything started was stopped."),
        (signal.SIGTERM, 143, "Terminated: everything started was stopped."),
        (signal.SIGKILL, -9, ""),
    ],
)
def test_a_stopped_call_leaves_no_process(
    sleeping: tuple[subprocess.Popen[str], int], number: signal.Signals, code: int, words: str
) -> None:
    process, child = sleeping
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, words in err) == (code, True), err
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()
