"""The programs of the toolbox on files, with the tools they bring: locks of Node.js, and which files are looked at."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY
from tests.support.toolbox import Toolbox

DASHES = "-----"
KEY = f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES}\nMIIEpAIBAAKCAQEAuZ8vQmJ3k7RtYw2XhLq9sPdGfB5nCeVo4TzUj6Hx\n"


def _node_locks(tools: Toolbox, root: Path) -> list[tuple[str, int, str]]:
    done = tools.run("python", "-m", "in_toolbox.node_locks", str(root), "web")
    assert done.code in (0, 1), done
    return [(each["path"], each["line"], each["message"]) for each in json.loads(done.out)["findings"]]


@pytest.fixture
def pnpm(tmp_path: Path) -> Path:
    """The manifest and the lock of our own pnpm project."""
    (tmp_path / "web").mkdir()
    for name in ("package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"):
        shutil.copy(REPOSITORY / "services/web" / name, tmp_path / "web")
    return tmp_path


def test_a_fresh_lock_of_pnpm_passes(tools: Toolbox, pnpm: Path) -> None:
    assert _node_locks(tools, pnpm) == []


def test_a_stale_lock_of_pnpm_is_found_at_the_dependency(tools: Toolbox, pnpm: Path) -> None:
    manifest = pnpm / "web/package.json"
    data = json.loads(manifest.read_text())
    held = data["dependencies"]["next"]
    data["dependencies"] = {**data["dependencies"], "next": "0.0.1", "left-pad": "1.3.0"}
    manifest.write_text(json.dumps(data, indent=2))
    lines = manifest.read_text().splitlines()
    at = {name: next(n for n, line in enumerate(lines, 1) if f'"{name}":' in line) for name in ("next", "left-pad")}
    found = _node_locks(tools, pnpm)
    assert [(path, line) for path, line, _ in found] == [
        ("web/package.json", at["left-pad"]),
        ("web/package.json", at["next"]),
    ]
    assert "left-pad: asks for 1.3.0, web/pnpm-lock.yaml has nothing" in found[0][2]
    assert f"next: asks for 0.0.1, web/pnpm-lock.yaml has {held}" in found[1][2]


def test_an_override_that_the_lock_does_not_know_is_found(tools: Toolbox, pnpm: Path) -> None:
    settings = pnpm / "web/pnpm-workspace.yaml"
    settings.write_text(settings.read_text() + '\n  left-pad: "1.0.0"\n')
    assert [path for path, _, _ in _node_locks(tools, pnpm)] == ["web/pnpm-workspace.yaml"]


def test_a_stale_lock_of_npm_is_found(tools: Toolbox, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "tests/repositories/mixed/page", tmp_path / "web")
    assert _node_locks(tools, tmp_path) == []
    manifest = tmp_path / "web/package.json"
    data = json.loads(manifest.read_text())
    data["devDependencies"] = {"left-pad": "1.3.0"}
    manifest.write_text(json.dumps(data, indent=2))
    assert len(_node_locks(tools, tmp_path)) == 1


def test_what_git_ignores_is_not_searched_and_what_it_takes_again_is(tools: Toolbox, tmp_path: Path) -> None:
    files = {
        ".gitignore": ".env\n*.key\n!kept.key\n/build/\n", ".env": KEY, "a.key": KEY, "kept.key": KEY, "build/x": KEY,
        "sub/build/x": KEY, "sub/.gitignore": "own\n", "sub/own": KEY, "own": KEY, "binary": "\0" + KEY,
    }  # fmt: skip
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = [each["path"] for each in tools.findings("secrets", tmp_path)]
    assert found == ["kept.key", "own", "sub/build/x"]


def test_a_committed_env_file_is_found_and_its_example_is_not(tools: Toolbox, tmp_path: Path) -> None:
    for name in (".env", ".env.production", ".env.example", ".env.production.example"):
        (tmp_path / name).write_text("TOKEN=\n")
    assert [each["path"] for each in tools.findings("secrets", tmp_path)] == [".env", ".env.production"]


def test_scripts_are_found_by_their_first_line(tools: Toolbox, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("#!/usr/bin/env bash\necho $1\n")
    (tmp_path / "sourced.sh").write_text("echo $1\n")
    (tmp_path / "data").write_text("echo $1\n")
    found = [(each["path"], each["line"], each["rule"]) for each in tools.findings("shell", tmp_path)]
    assert found == [("run", 2, "SC2086"), ("sourced.sh", 2 - 1, "SC2086")]
