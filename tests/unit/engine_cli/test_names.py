"""Names are spelled as the original spells them."""

import pytest

from slipway_engine.cli.names import camel, kebab, plain, suggestion


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("build", "build"),
        ("with_exec", "with-exec"),
        ("withExec", "with-exec"),
        ("e2e", "e-2-e"),
        ("ls_dstar", "ls-dstar"),
        ("asJSON", "as-json"),
        ("experimentalWithAllGPUs", "experimental-with-all-gp-us"),
        ("HTTPState", "http-state"),
        ("sha256", "sha-256"),
    ],
)
def test_command_line_names(name: str, expected: str) -> None:
    assert kebab(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("with_exec", "withExec"), ("name", "name"), ("sub-path", "subPath"), ("", "")]
)
def test_api_names(name: str, expected: str) -> None:
    assert camel(name) == expected


def test_spellings_of_one_name_compare_equal() -> None:
    assert {plain(name) for name in ("PUBLISH_TAG", "publishTag", "publish-tag")} == {"publishtag"}


@pytest.mark.parametrize(("word", "expected"), [("biuld", "; did you mean 'build'?"), ("xyz", "")])
def test_a_near_miss_is_suggested(word: str, expected: str) -> None:
    assert suggestion(word, ["build", "lint"]) == expected
