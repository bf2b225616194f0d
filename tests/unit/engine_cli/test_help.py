"""Help comes from the module's documentation."""

import pytest

from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.help import call_help, columns
from slipway_engine.cli.options import Options
from slipway_engine.cli.words import read

MAIN = """\
A fleet.

USAGE
  slipway call [arguments] <function>

ARGUMENTS
  --source Directory   The repository. (default: /)

FUNCTIONS
  hello    Greets.
  images   All images.
  lint     Lints.
  needy    Needs.
  suite    More checks.
"""

HELLO = """\
Greets.

A second paragraph.

USAGE
  slipway call hello [arguments]

ARGUMENTS
  --to-whom string     Whom to greet. (default: World)
  --loud               (default: false)
  --level FleetLevel   How much. (one of LOW, HIGH) (default: LOW)
  --tags string,…      Some words. [required]
"""


@pytest.mark.parametrize(("words", "expected"), [(["--help"], MAIN), (["hello", "-h"], HELLO)])
async def test_help_of_a_function(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, words: list[str], expected: str
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    sentence = await read(words, catalog, Options())
    assert (await call_help(sentence, catalog)).partition("\nOPTIONS\n")[0] == expected


def test_long_texts_are_wrapped_under_their_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("a", "one two three four five six seven eight"), ("bb", "")]
    assert columns(rows) == "  a    one two three four five six seven\n       eight\n  bb\n"
