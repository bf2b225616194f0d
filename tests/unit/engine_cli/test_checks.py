"""Which checks a pattern names."""

import pytest

from slipway_engine.cli.catalog import Member
from slipway_engine.cli.check import Outcome, summary_of
from slipway_engine.cli.checks import Check, choose, row
from slipway_engine.cli.errors import UsageError
from slipway_engine.errors import SlipwayError
from slipway_engine.module.definitions import Function, TypeDef

LINT = (Member("lint", "Fleet", Function("lint", TypeDef(), "Lints.\n\nMore.")),)
EVERY = [
    Check("fleet:lint", LINT),
    Check("fleet:suite:api", LINT),
    Check("fleet:suite:web", LINT),
    Check("fleet:needy", LINT, ("what",)),
]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([], ["fleet:lint", "fleet:needy", "fleet:suite:api", "fleet:suite:web"]),
        (["lint"], ["fleet:lint"]),
        (["fleet:lint"], ["fleet:lint"]),
        (["suite"], ["fleet:suite:api", "fleet:suite:web"]),
        (["suite:*", "suite:api"], ["fleet:suite:api", "fleet:suite:web"]),
        (["*:web", "lint"], ["fleet:lint", "fleet:suite:web"]),
    ],
)
def test_patterns(patterns: list[str], expected: list[str]) -> None:
    assert [check.name for check in choose(EVERY, patterns, "fleet")] == expected


def test_an_unknown_check_is_an_error() -> None:
    with pytest.raises(UsageError) as caught:
        choose(EVERY, ["lnit"], "fleet")
    assert str(caught.value) == "no check matches 'lnit'; did you mean 'lint'?"
    assert caught.value.hint == "Checks: lint, needy, suite:api, suite:web"


@pytest.mark.parametrize(
    ("check", "expected"),
    [(EVERY[0], ("fleet:lint", "Lints.")), (EVERY[3], ("fleet:needy", "Lints. (needs --what)"))],
)
def test_rows(check: Check, expected: tuple[str, str]) -> None:
    assert row(check) == expected


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (None, "passed"),
        (SlipwayError("1 of 2 checks failed: api lint; could not run: web lint"), "failed"),
        (SlipwayError("could not run: web lint\n\n…"), "could not run"),
        (SlipwayError("FunctionError: could not run: web lint"), "could not run"),
        (SlipwayError("the module could not run: x"), "failed"),
    ],
)
def test_what_could_not_run_is_told_apart(error: SlipwayError | None, word: str) -> None:
    assert Outcome(EVERY[0], 1.0, error).word == word


def test_the_last_line_names_both() -> None:
    outcomes = [
        Outcome(EVERY[0], 1.0, SlipwayError("found")),
        Outcome(EVERY[1], 1.0, SlipwayError("could not run: x")),
        Outcome(EVERY[2], 1.0),
        Outcome(EVERY[3], 0.0, skipped=True),
    ]
    assert summary_of(outcomes) == "1 of 4 checks failed: fleet:lint; could not run: fleet:suite:api"
    assert summary_of(outcomes[2:]) == ""
