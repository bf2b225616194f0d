"""Finding a module, its digest, and its types on disk."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway_engine.module import snapshot
from slipway_engine.module.definitions import ModuleTypes
from slipway_engine.module.environment import read_project
from slipway_engine.module.errors import ModuleError
from slipway_engine.module.source import find

from .conftest import TYPES


def make(folder: Path, config: dict[str, Any] | str) -> Path:
    (folder / "dagger" / "src").mkdir(parents=True)
    (folder / "dagger.json").write_text(config if isinstance(config, str) else json.dumps(config))
    return folder


GOOD = {"name": "ship-it", "sdk": {"source": "python"}, "source": "dagger"}


def test_the_nearest_module_above_is_found(tmp_path: Path) -> None:
    root = make(tmp_path / "repo", GOOD)
    (root / "a" / "b").mkdir(parents=True)
    module = find(None, root / "a" / "b")
    assert (module.main, module.root, module.source) == ("ShipIt", root, root / "dagger")


@pytest.mark.parametrize("named", ["repo", "repo/dagger.json", "./repo/"])
def test_a_module_can_be_named(tmp_path: Path, named: str) -> None:
    make(tmp_path / "repo", GOOD)
    assert find(named, tmp_path).root == tmp_path / "repo"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "{base}/dagger.json: cannot be read as JSON: "),
        ({}, "{base}/dagger.json: name: should be the module's name"),
        ({**GOOD, "sdk": "go"}, "{base}/dagger.json: sdk: the embedded engine runs Python modules, found 'go'"),
        ({**GOOD, "source": "nope"}, "{base}/dagger.json: source: {base}/nope is not a folder"),
        (
            {**GOOD, "dependencies": [{"name": "x"}]},
            "{base}/dagger.json: dependencies: not served by the embedded engine",
        ),
    ],
)
def test_a_module_that_cannot_be_used(tmp_path: Path, config: dict[str, Any] | str, message: str) -> None:
    root = make(tmp_path / "repo", config)
    with pytest.raises(ModuleError) as caught:
        find(None, root)
    assert str(caught.value).startswith(message.format(base=root))


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("nope", "-m nope: no dagger.json there ({base}/nope/dagger.json)"),
        ("https://example.org/x", "-m https://example.org/x: the embedded engine loads modules from disk only"),
    ],
)
def test_a_named_module_that_is_not_there(tmp_path: Path, named: str, message: str) -> None:
    with pytest.raises(ModuleError) as caught:
        find(named, tmp_path)
    assert str(caught.value).startswith(message.format(base=tmp_path))


@pytest.mark.parametrize(
    ("git", "path", "expected"),
    [(True, "/", ""), (True, ".", "module"), (True, "/docs", "docs"), (False, "/", "module"), (False, "x", "module/x")],
)
def test_default_paths(tmp_path: Path, *, git: bool, path: str, expected: str) -> None:
    root = make(tmp_path / "module", GOOD)
    if git:
        (tmp_path / ".git").mkdir()
    assert find(None, root).locate(path) == tmp_path / expected


def test_a_default_path_stays_in_the_repository(tmp_path: Path) -> None:
    module = find(None, make(tmp_path / "module", GOOD))
    with pytest.raises(ModuleError, match="reaches nothing outside"):
        module.locate("../other")


def test_only_what_belongs_to_the_module_changes_its_digest(tmp_path: Path) -> None:
    root = make(tmp_path, GOOD)
    source = root / "dagger" / "src" / "main.py"
    source.write_text("one")
    (root / "dagger" / ".gitignore").write_text("/build\n**/*.log\n")
    module = find(None, root)
    before = snapshot.digest(module)
    for outside in (
        "README.md",
        "dagger/.venv/x",
        "dagger/src/__pycache__/x.pyc",
        "dagger/build/x",
        "dagger/src/a.log",
    ):
        (root / outside).parent.mkdir(parents=True, exist_ok=True)
        (root / outside).write_text("noise")
    source.touch()
    assert snapshot.digest(module) == before
    source.write_text("two")
    changed = snapshot.digest(module)
    source.rename(source.with_name("other.py"))
    assert len({before, changed, snapshot.digest(module)}) == 3


def test_types_survive_being_stored() -> None:
    stored = json.dumps(TYPES.encode())
    assert ModuleTypes.decode(json.loads(stored)) == TYPES


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "pyproject.toml: not found; a Python module needs one"),
        ({"pyproject.toml": "[project]\nname='x'"}, "uv.lock: not found; run `uv lock` in"),
        ({"pyproject.toml": "[", "uv.lock": ""}, "pyproject.toml: "),
        (
            {"pyproject.toml": "[tool.uv.sources]\ndagger-io = {path='sdk'}", "uv.lock": ""},
            "pyproject.toml: tool.uv.sources: dagger-io comes from a folder that only a Dagger engine writes",
        ),
        ({"pyproject.toml": "", "uv.lock": ""}, "pyproject.toml: project.name: missing"),
    ],
)
def test_a_project_whose_environment_cannot_be_made(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModuleError) as caught:
        read_project(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/{message}")
