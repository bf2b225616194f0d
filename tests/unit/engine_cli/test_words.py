"""Words become steps, each with the flags that follow it."""

import pytest

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.options import Options
from slipway_engine.cli.words import read

_FUNCTIONS = "Functions: hello, images, lint, needy, suite"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["hello"], [("", {}), ("hello", {})]),
        (["--source", "sub", "hello"], [("", {"source": ["sub"]}), ("hello", {})]),
        (["hello", "--to-whom=Bob", "--loud"], [("", {}), ("hello", {"to_whom": ["Bob"], "loud": ["true"]})]),
        (["hello", "--loud=false"], [("", {}), ("hello", {"loud": ["false"]})]),
        (["hello", "--tags", "a,b", "--tags", "c"], [("", {}), ("hello", {"tags": ["a,b", "c"]})]),
        (["hello", "--to-whom", "-x"], [("", {}), ("hello", {"to_whom": ["-x"]})]),
        (["images", "name"], [("", {}), ("images", {}), ("name", {})]),
    ],
)
async def test_steps(catalog: Catalog, words: list[str], expected: list[tuple[str, dict[str, list[str]]]]) -> None:
    sentence = await read(words, catalog, Options())
    assert [(step.member.word, step.texts) for step in sentence.steps] == expected


async def test_global_flags_stand_anywhere(catalog: Catalog) -> None:
    options = Options()
    sentence = await read(["-s", "images", "-j", "name", "-o", "out"], catalog, options)
    assert (sentence.title, options) == ("slipway call images name", Options(silent=True, json=True, output="out"))


async def test_after_help_the_rest_is_not_looked_at(catalog: Catalog) -> None:
    options = Options()
    sentence = await read(["hello", "--help", "nonsense", "--more"], catalog, options)
    assert (sentence.title, options.help) == ("slipway call hello", True)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["helo"],
            'unknown command "helo" for "slipway call"; did you mean \'hello\'?',
            f"{_FUNCTIONS}\nRun 'slipway call --help' for usage.",
        ),
        (
            ["use-image"],
            'unknown command "use-image" for "slipway call"; did you mean \'images\'?',
            f"{_FUNCTIONS}\nRun 'slipway call --help' for usage.",
        ),
        (["hello", "name"], 'unknown command "name" for "slipway call hello": nothing can follow a string', ""),
        (
            ["hello", "--lod"],
            "unknown flag: --lod; did you mean '--loud'?",
            "Flags: --level, --loud, --tags, --to-whom\nRun 'slipway call hello --help' for usage.",
        ),
        (
            ["hello", "--source", "x"],
            "unknown flag: --source for 'slipway call hello'; it belongs after 'call', before the function",
            "",
        ),
        (["hello", "--to-whom"], "flag needs an argument: --to-whom", ""),
    ],
)
async def test_words_that_name_nothing(catalog: Catalog, words: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        await read(words, catalog, Options())
    assert (str(caught.value), caught.value.hint) == (message, hint)
