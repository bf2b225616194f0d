"""`[tags]` in slipway.toml."""

import pytest

from slipway.config import Tags, parse
from slipway.errors import ConfigError

PROJECT = """
[project]
name = "shop"
image = "ghcr.io/owner/{project}-{service}"
[services.db]
kind = "postgres"
"""


def test_without_a_section_the_defaults_hold() -> None:
    assert parse(PROJECT).tags == Tags()


def test_the_section_is_read() -> None:
    text = """
    [tags]
    branch = "branch-{branch}"
    sha = "git-{sha}"
    sha-length = 40
    versions = ["v{version}", "{major}"]
    pull-request = "pr-{number}"
    latest = ["stable-versions"]
    """
    assert parse(PROJECT + text).tags == Tags.model_validate(
        {
            "branch": "branch-{branch}",
            "sha": "git-{sha}",
            "sha-length": 40,
            "versions": ["v{version}", "{major}"],
            "pull-request": "pr-{number}",
            "latest": ["stable-versions"],
        }
    )


def once(key: str, name: str, example: str) -> str:
    return (
        f'tags/{key}: should hold "{{{name}}}" once, among at most 63 letters, digits, "_", "." and "-", '
        f'as in "{example}"'
    )


BRANCH = once("branch", "branch", "branch-{branch}")
VERSION = (
    'tags/versions/0: should hold "{version}" or "{major}", and otherwise only "{minor}", "{patch}" and '
    'letters, digits, "_", "." and "-", as in "{major}.{minor}"'
)
FAULTS = {
    "no placeholder": ('branch = "develop"', BRANCH),
    "another placeholder": ('branch = "{name}"', BRANCH),
    "a placeholder twice": ('branch = "{branch}-{branch}"', BRANCH),
    "no tag": ('branch = "-{branch}"', BRANCH),
    "a character of no tag": ('branch = "a+{branch}"', BRANCH),
    "a brace too many": ('branch = "{{branch}"', BRANCH),
    "too long": (f'branch = "{"a" * 64}{{branch}}"', BRANCH),
    "a sha without a sha": ('sha = "sha"', once("sha", "sha", "sha-{sha}")),
    "a pull request": ("pull-request = true", "tags/pull-request: should be a string, in quotes"),
    "a pull request without a number": ('pull-request = "pr"', once("pull-request", "number", "pr-{number}")),
    "a version without one": ('versions = ["{minor}"]', VERSION),
    "an unknown part": ('versions = ["{version}-{date}"]', VERSION),
    "another length": ("sha-length = 12", "tags/sha-length: should be 7 or 40"),
    "latest for all": ('latest = ["all"]', "tags/latest/0: should be 'default-branch' or 'stable-versions'"),
    "a word for a list": ('latest = "default-branch"', "tags/latest: should be a list"),
    "a misspelt key": (
        'brnach = "{branch}"',
        (
            'tags/brnach: unknown key; did you mean "branch"? '
            "Known keys: branch, latest, pull-request, sha, sha-length, versions"
        ),
    ),
}


@pytest.mark.parametrize(("line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_section_is_named(line: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"{PROJECT}[tags]\n{line}")
    assert str(caught.value) == f"slipway.toml: {message}"


def test_a_section_that_is_no_table_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^slipway.toml: tags: should be a table$"):
        parse(f"tags = 1\n{PROJECT}")
