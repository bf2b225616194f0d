"""What is executed again, and what is not; and that two clones agree on every digest."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from tests.support.commands import Result, clone, run, slipway

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1500)]


def _executed(done: Result) -> list[str]:
    """The commands that the engine says it ran, module calls left out."""
    assert done.code == 0, done
    return [
        line[2:] for line in done.err.splitlines() if line.startswith("▸ ") and not re.match(r"▸ (Slipway|load )", line)
    ]


def _digests(done: Result) -> dict[str, str]:
    return {line.split()[0]: line.split()[2] for line in done.out.splitlines()[1:]}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, built: Result) -> Path:
    """A built clone."""
    assert built.code == 0
    made = clone(tmp_path_factory.mktemp("first") / "clone")
    assert slipway("call", "build", cwd=made).code == 0
    return made


def test_nothing_is_executed_where_nothing_changed(repository: Path) -> None:
    done = slipway("call", "build", cwd=repository)
    assert re.search(r"engine: 0 executed", done.err), done


def test_touching_a_file_executes_nothing(repository: Path) -> None:
    for path in (repository / "services").rglob("*.py"):
        path.touch()
    assert re.search(r"engine: 0 executed", slipway("call", "build", cwd=repository).err)


def test_a_changed_readme_or_test_rebuilds_nothing(repository: Path) -> None:
    before = _digests(slipway("call", "build", cwd=repository))
    for name in ("services/api/README.md", "services/api/tests/conftest.py", "CONTRIBUTING.md"):
        with (repository / name).open("a") as file:
            file.write("\n# more\n")
    done = slipway("call", "build", cwd=repository)
    assert _executed(done) == []
    assert _digests(done) == before


def test_one_changed_line_in_api_rebuilds_api_only(repository: Path) -> None:
    before = _digests(slipway("call", "build", cwd=repository))
    with (repository / "services/api/src/api/__init__.py").open("a") as file:
        # Another line than in an earlier run on this machine, whose result would be there.
        file.write(f'\nCHANGED = "{uuid.uuid4()}"\n')
    done = slipway("call", "build", cwd=repository)
    after = _digests(done)
    assert after.pop("api") != before.pop("api")
    assert after == before
    assert not [command for command in _executed(done) if "pnpm" in command or "--refresh-package bot" in command]
    assert [command for command in _executed(done) if "api" in command]


def test_two_clones_give_the_same_digests_the_second_with_an_empty_cache(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = slipway("call", "build", cwd=clone(tmp_path / "one"))
    assert first.code == 0, first
    # Beside the usual one: overlayfs needs a real file system, which a temporary folder may not be on.
    cache = tmp_path_factory.mktemp("cache")
    environment = {"SLIPWAY_CACHE_DIR": str(cache)}
    second = slipway("call", "build", cwd=clone(tmp_path / "two"), env=environment, timeout=1200)
    assert second.code == 0, second
    assert _digests(second) == _digests(first)
    assert slipway("prune", env=environment).code == 0
    assert run("du", "-s", str(cache)).code == 0
