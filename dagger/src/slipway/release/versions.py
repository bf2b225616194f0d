"""Tags from versions: git tags that are strict semantic versions, with or without a `v`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.errors import InputError
from slipway.release.names import LONGEST, is_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = "(?:0|[1-9][0-9]*)"
_PART = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
# https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string
_VERSION = re.compile(
    rf"v?(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})"
    rf"(?:-(?P<pre>{_PART}(?:\.{_PART})*))?(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)


@dataclass(frozen=True)
class Version:
    """A version: its text without `v` and build metadata, and the parts of it."""

    text: str
    major: str
    minor: str
    patch: str
    is_stable: bool

    @property
    def core(self) -> tuple[int, int, int]:
        """What versions are ordered by, pre-releases apart."""
        return int(self.major), int(self.minor), int(self.patch)


def parse(name: str) -> Version | None:
    """The version that a git tag names, or `None` where it names none.

    Raises:
        InputError: a version with build metadata, which no tag can hold: without it, it would
            take the place of the version itself.

    """
    if not (found := _VERSION.fullmatch(name)):
        return None
    major, minor, patch, pre, build = found.groups()
    core = f"{major}.{minor}.{patch}"
    text = f"{core}-{pre}" if pre else core
    if build:
        raise InputError(
            f"--ref: the version {name!r} has build metadata, which a tag cannot hold: it would "
            f'be published as {text}; give the commit a version without "+{build}"'
        )
    return Version(text, major, minor, patch, is_stable=not pre)


def is_newest(name: str, version: Version, git_tags: Iterable[str]) -> bool:
    """Whether a stable version is not older than any other of the repository.

    Raises:
        InputError: another git tag names the same version (v1.2.3 and 1.2.3).

    """
    newest = version.is_stable
    for other_name in git_tags:
        if other_name == name or not (found := _VERSION.fullmatch(other_name)) or found["build"]:
            continue
        other = parse(other_name)
        if other is not None and other.text == version.text:
            raise InputError(
                f"--ref: the tags {name!r} and {other_name!r} are the same version, and would be "
                f"published as {version.text}; delete one of them"
            )
        if other is not None and other.is_stable and other.core > version.core:
            newest = False
    return newest


def version_tags(version: Version, templates: Iterable[str]) -> list[str]:
    """The tags of a version; a pre-release is only ever published under its full version.

    >>> version_tags(Version("1.2.3", "1", "2", "3", True), ["{version}", "{major}.{minor}"])
    ['1.2.3', '1.2']
    """
    templates = list(templates)
    if templates and not version.is_stable:
        templates = [text for text in templates if "{version}" in text] or ["{version}"]
    tags = [
        text.replace("{version}", version.text)
        .replace("{major}", version.major)
        .replace("{minor}", version.minor)
        .replace("{patch}", version.patch)
        for text in templates
    ]
    if not all(map(is_tag, tags)):
        raise InputError(
            f"--ref: the version {version.text!r} gives a tag of more than {LONGEST} characters; "
            "give the commit a shorter one"
        )
    return tags
