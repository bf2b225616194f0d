"""The types of tag templates, as in `branch-{branch}`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Half of what a tag may have, so that what is filled in has room.
_AROUND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")


def _once(text: str, name: str, example: str) -> str:
    if _PLACEHOLDER.findall(text) != [name] or not _is_tag_around(text):
        raise ValueError(
            f'should hold "{{{name}}}" once, among at most 63 letters, digits, "_", "." and "-", '
            f'as in "{example}"'
        )
    return text


def _is_tag_around(text: str) -> bool:
    return _AROUND.fullmatch(_PLACEHOLDER.sub("x", text)) is not None


def _branch(text: str) -> str:
    return _once(text, "branch", "branch-{branch}")


def _commit(text: str) -> str:
    return _once(text, "sha", "sha-{sha}")


def _pull_request(text: str) -> str:
    return _once(text, "number", "pr-{number}")


def _version(text: str) -> str:
    names = set(_PLACEHOLDER.findall(text))
    known = {"version", "major", "minor", "patch"}
    if names - known or not names & {"version", "major"} or not _is_tag_around(text):
        raise ValueError(
            'should hold "{version}" or "{major}", and otherwise only "{minor}", "{patch}" and '
            'letters, digits, "_", "." and "-", as in "{major}.{minor}"'
        )
    return text


BranchTemplate = Annotated[str, AfterValidator(_branch)]
CommitTemplate = Annotated[str, AfterValidator(_commit)]
PullRequestTemplate = Annotated[str, AfterValidator(_pull_request)]
VersionTemplate = Annotated[str, AfterValidator(_version)]
