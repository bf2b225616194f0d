"""The flags of every command."""

import pytest

from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.options import Options, boolean, early, read_flag


@pytest.mark.parametrize(
    ("words", "after", "expected"),
    [
        (["-s"], 1, Options(silent=True)),
        (["-sj"], 1, Options(silent=True, json=True)),
        (["-qq"], 1, Options(quiet=2)),
        (["-o", "out.tar", "x"], 2, Options(output="out.tar")),
        (["-oout.tar"], 1, Options(output="out.tar")),
        (["-o=out.tar"], 1, Options(output="out.tar")),
        (["--output=out.tar"], 1, Options(output="out.tar")),
        (["--mod", "sub"], 2, Options(mod="sub")),
        (["--json=false"], 1, Options(json=False)),
        (["--progress=plain"], 1, Options(progress="plain")),
        (["--name"], None, Options()),
        (["-x"], None, Options()),
        (["--failfast"], None, Options()),
    ],
)
def test_one_flag(words: list[str], after: int | None, expected: Options) -> None:
    options = Options()
    assert (read_flag(words, 0, "call", options), options) == (after, expected)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--output"], "flag needs an argument: --output"),
        (["--progress", "loud"], "--progress loud: should be one of auto, plain, tty"),
        (["--json=maybe"], 'invalid argument "maybe" for "--json": should be true or false'),
    ],
)
def test_a_flag_that_cannot_be_read(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_flag(words, 0, "call", Options())
    assert str(caught.value) == message


def test_flags_before_the_types_are_known_are_found_anywhere() -> None:
    found = early(["build", "--tag", "x", "-m", "sub", "-", "--progress", "plain"], "call")
    assert (found.mod, found.progress) == ("sub", "plain")


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("T", True), ("1", True), ("false", False), ("0", False)]
)
def test_booleans(text: str, *, expected: bool) -> None:
    assert boolean(text, "loud") is expected
