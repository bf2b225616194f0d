"""Defaults of the user, from .env files."""

import json
import subprocess
from pathlib import Path

import pytest

from slipway_engine.cli.dotenv import UserDefaults, parse
from slipway_engine.module.source import find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB = two words \n", {"A": "1", "B": "two words"}),
        ("# A=1\n\nnot a variable\nexport B=2", {"B": "2"}),
        ("A=x # comment\nB='x # kept'", {"A": "x", "B": "x # kept"}),
        ("A=1\nB=$A-${A}\nC='$A'", {"A": "1", "B": "1-1", "C": "$A"}),
        ("A=$FROM_OUTSIDE", {"A": "outside"}),
        ('A="unclosed', {"A": '"unclosed'}),
    ],
)
def test_the_file(monkeypatch: pytest.MonkeyPatch, text: str, expected: dict[str, str]) -> None:
    monkeypatch.setenv("FROM_OUTSIDE", "outside")
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("beside", "above", "expected"),
    [
        ("PUBLISH_TAG=a", "", "a"),
        ("publishTag=a", "", "a"),
        ("FLEET_PUBLISH_TAG=a", "", "a"),
        ("", "FLEET_PUBLISH_TAG=b", "b"),
        ("", "PUBLISH_TAG=b", None),
        ("PUBLISH_TAG=a", "FLEET_PUBLISH_TAG=b", "a"),
        ("TAG=a", "", None),
    ],
)
def test_the_default_of_an_argument(tmp_path: Path, beside: str, above: str, expected: str | None) -> None:
    found = _defaults(tmp_path, beside, above).get("publish", "tag")
    assert (found.value if found else None) == expected


def test_a_constructor_argument_has_no_function_in_its_name(tmp_path: Path) -> None:
    found = _defaults(tmp_path, "SOURCE=sub", "").get("", "source")
    assert found is not None
    assert (found.value, found.name, found.folder) == ("sub", "SOURCE", tmp_path / "repo" / "module")


def _defaults(tmp_path: Path, beside: str, above: str) -> UserDefaults:
    module = tmp_path / "repo" / "module"
    module.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(tmp_path / "repo")], check=True)
    (module / "dagger.json").write_text(json.dumps({"name": "fleet", "sdk": "python"}))
    (module / ".env").write_text(beside)
    (tmp_path / "repo" / ".env").write_text(above)
    return UserDefaults(find(None, module))
