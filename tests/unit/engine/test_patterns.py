"""Include and exclude patterns, as the real engine reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway_engine.errors import InputError
from slipway_engine.store.patterns import Patterns, enters, selector

ALLOW_LIST = ["*", "!slipway.toml", "!services", "**/node_modules", "**/.venv", "**/.env", "**/id_*"]


@pytest.mark.parametrize(
    ("patterns", "path", "matched"),
    [
        (["*.md"], "README.md", True),
        (["*.md"], "docs/README.md", False),
        (["**/*.md"], "docs/README.md", True),
        (["**/*.md"], "README.md", True),
        (["docs"], "docs/a/b.txt", True),
        (["docs/"], "docs/a", True),
        (["/docs"], "docs/a", True),
        (["./docs"], "docs/a", True),
        (["a?c"], "abc", True),
        (["a?c"], "a/c", False),
        (["[ab].txt"], "b.txt", True),
        (["[!ab].txt"], "b.txt", False),
        (["*", "!keep"], "keep/x", False),
        (["*", "!keep", "keep/x"], "keep/x", True),
        (["a.b"], "aXb", False),
        ([], "anything", False),
        (ALLOW_LIST, "slipway.toml", False),
        (ALLOW_LIST, "services/api/src/main.py", False),
        (ALLOW_LIST, "services/web/node_modules/x/index.js", True),
        (ALLOW_LIST, "services/api/.env", True),
        (ALLOW_LIST, "services/api/id_ed25519", True),
        (ALLOW_LIST, "README.md", True),
    ],
)
def test_a_path_is_matched_after_all_exceptions(patterns: list[str], path: str, matched: bool) -> None:
    assert Patterns(patterns).matches(path) is matched


def test_an_open_bracket_is_named() -> None:
    with pytest.raises(InputError, match=r"pattern 'a\[b': '\[' is not closed"):
        Patterns(["a[b"])


@pytest.mark.parametrize(
    ("include", "exclude", "folder", "entered"),
    [
        (None, ["*", "!services"], "services", True),
        (None, ["*", "!services"], "docs", False),
        (None, ["*", "!services/api/**"], "services", True),
        (None, ["**", "!services/api"], "services/web", False),
        (None, ["node_modules"], "node_modules", False),
        (["services/api/**"], None, "services", True),
        (["services/api/**"], None, "docs", False),
        (["**/*.py"], None, "anything/below", True),
    ],
)
def test_a_folder_that_can_hold_nothing_is_not_read(
    include: list[str] | None, exclude: list[str] | None, folder: str, entered: bool
) -> None:
    assert enters(include, exclude)(folder) is entered


def test_include_and_exclude_work_together() -> None:
    keep = selector(["src/**"], ["**/*.pyc"])
    assert keep is not None
    assert keep("src/a.py", False)
    assert not keep("src/a.pyc", False)
    assert not keep("tests/a.py", False)


@given(
    st.lists(st.text("ab*?/", min_size=1, max_size=6), max_size=4),
    st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=3).map("/".join),
)
def test_without_exceptions_one_expression_says_what_the_rules_say_one_by_one(rules: list[str], path: str) -> None:
    one_by_one = any(Patterns([rule, "!never"]).matches(path) for rule in rules)
    assert Patterns(rules).matches(path) is one_by_one
