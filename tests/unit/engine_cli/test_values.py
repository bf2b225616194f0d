"""Texts become values."""

from pathlib import Path
from typing import Any

import pytest

from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.objects import host_path, secret_uri
from slipway_engine.cli.values import read_input, read_scalar, split_list
from slipway_engine.module.definitions import Arg, TypeDef

TEXT = TypeDef("STRING_KIND")


@pytest.mark.parametrize(
    ("text", "element", "expected"),
    [
        ("a,b", TEXT, ["a", "b"]),
        ("", TEXT, []),
        ('"a,b",c', TEXT, ["a,b", "c"]),
        ('"a\nb",c', TEXT, ["a\nb", "c"]),
        ("id,-u", TEXT, ["id", "-u"]),
        ("low, 'HIGH'", TypeDef("ENUM_KIND", "Level"), ["low", "HIGH"]),
    ],
)
def test_lists(text: str, element: TypeDef, expected: list[str]) -> None:
    assert split_list(text, element) == expected


def test_a_list_that_would_lose_a_line_is_refused() -> None:
    with pytest.raises(UsageError, match="is not a list"):
        split_list("a\nb", TEXT)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (TEXT, "as it is ", "as it is "),
        (TypeDef("INTEGER_KIND"), "-7", -7),
        (TypeDef("FLOAT_KIND"), "1.5", 1.5),
        (TypeDef("BOOLEAN_KIND"), "False", False),
        (TypeDef("SCALAR_KIND", "JSON"), '{"a": 1}', '{"a": 1}'),
        (TypeDef("SCALAR_KIND", "Platform"), "linux/arm64", "linux/arm64"),
    ],
)
def test_scalars(kind: TypeDef, text: str, expected: Any) -> None:
    assert read_scalar(Arg("x", kind), kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (TypeDef("INTEGER_KIND"), "1.5", "should be a whole number"),
        (TypeDef("FLOAT_KIND"), "x", "should be a number"),
        (TypeDef("BOOLEAN_KIND"), "yes", "should be true or false"),
    ],
)
def test_scalars_that_cannot_be_read(kind: TypeDef, text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_scalar(Arg("how_many", kind), kind, text)
    assert str(caught.value) == f'invalid argument "{text}" for "--how-many": {why}'


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("BuildArg", "A=b=c", {"name": "A", "value": "b=c"}),
        ("PortForward", "8080:80", {"frontend": 8080, "backend": 80, "protocol": "TCP"}),
        ("PortForward", "53/udp", {"frontend": 53, "backend": 53, "protocol": "UDP"}),
    ],
)
def test_input_objects(kind: str, text: str, expected: dict[str, Any]) -> None:
    assert read_input(Arg("x", TypeDef("INPUT_KIND", kind)), TypeDef("INPUT_KIND", kind), text) == expected


def test_secret_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "value")
    (tmp_path / "key").write_text("value")
    arg = Arg("token", TypeDef("OBJECT_KIND", "Secret"))
    given = ["env://KEY", "env:KEY", "env://KEY?cacheKey=k", "file://key", "cmd://pass show x"]
    assert [secret_uri(arg, text, tmp_path) for text in given] == [
        "env://KEY",
        "env://KEY",
        "env://KEY?cacheKey=k",
        f"file://{tmp_path}/key",
        "cmd://pass show x",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hunter2", "a bare value is not an address of a secret; write env://NAME, file://PATH or cmd://COMMAND"),
        ("op://vault/x", "op://… is not an address of a secret; write env://NAME, file://PATH or cmd://COMMAND"),
        ("env://NOT_SET_HERE", "environment variable NOT_SET_HERE is not set"),
    ],
)
def test_a_secret_given_wrongly_is_never_echoed(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        secret_uri(Arg("token", TypeDef("OBJECT_KIND", "Secret")), text, tmp_path)
    assert str(caught.value) == f'invalid argument for "--token": {why}'


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("Directory", "nope", "{base}/nope: no such file or directory"),
        ("Directory", "file", "{base}/file is a file; a directory is needed"),
        ("File", "folder", "{base}/folder is not a file"),
    ],
)
def test_paths_that_cannot_be_used(tmp_path: Path, kind: str, text: str, why: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError) as caught:
        host_path(Arg("src", TypeDef("OBJECT_KIND", kind)), kind, text, tmp_path)
    assert str(caught.value) == f'invalid argument "{text}" for "--src": {why.format(base=tmp_path)}'
