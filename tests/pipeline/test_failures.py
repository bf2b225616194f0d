"""What goes wrong is told once, whole, and before anything starts where that is possible."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.support.commands import SLIPWAY, clone, run, slipway

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone that may be broken."""
    return clone(tmp_path / "clone")


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_an_unknown_service_is_answered_with_those_there_are() -> None:
    done = slipway("call", "build", "--service", "nosuch")
    assert done.code != 0
    for name in ("nosuch", "api", "bot", "db", "web"):
        assert name in done.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("port = 8000", "prot = 8000", ("services/api/prot", '"port"')),
        ('kind = "node-pnpm"', 'kind = "node-pnmp"', ("services/web/kind", "node-pnpm")),
        ("port = 8000", 'port = "x"', ("services/api/port",)),
        ("[services.api]", "[services.api", ("slipway.toml", "line")),
    ],
)
def test_a_mistake_in_slipway_toml_is_named_before_any_container_starts(
    repository: Path, old: str, new: str, told: tuple[str, ...]
) -> None:
    _edit(repository / "slipway.toml", old, new)
    done = slipway("call", "build", cwd=repository)
    assert done.code != 0
    for text in told:
        assert text in done.err, done
    assert "uv sync" not in done.err
    assert "pnpm" not in done.err.replace("node-pnpm", "").replace("node-pnmp", "")


def test_two_broken_services_are_both_reported_with_their_output(repository: Path) -> None:
    _edit(repository / "services/web/src/app/(dashboard)/page.tsx", "export default", "export defualt broken")
    _edit(repository / "services/bot/src/bot/app.py", "def ", "dfe ")
    done = slipway("call", "build", cwd=repository)
    assert done.code != 0
    assert "2 of 4" in done.err, done
    assert "page.tsx" in done.err, done
    assert "bot/app.py" in done.err, done
    assert "SyntaxError" in done.err, done


def test_an_interrupted_build_leaves_nothing_behind_and_the_next_one_works(repository: Path) -> None:
    # A source that was never built, so that there is something to interrupt.
    (repository / "services/web/src/lib/fresh.ts").write_text(f"export const made = {time.time_ns()};\n")
    process = subprocess.Popen(
        [SLIPWAY, "call", "build", "--service", "web"], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "pnpm run build" in line:
            break
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    # Containers carry the engine's process id in their names; other runs on this machine are not our business.
    assert run("podman", "ps", "--all", "--quiet", "--filter", f"name=-{process.pid}-").out == ""
    assert run("buildah", "containers", "--quiet").out == ""
    assert [line for line in run("mount").out.splitlines() if f"/{process.pid}-" in line] == []
    done = slipway("call", "build", "--service", "web", cwd=repository)
    assert done.code == 0, done


def test_outside_of_a_module_it_is_said_what_to_do(tmp_path: Path) -> None:
    done = slipway("call", "build", cwd=tmp_path)
    assert done.code == 1
    assert "dagger.json" in done.err
