"""The tags of one commit: docs/tags.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway.errors import InputError
from slipway.images.labels import DIRTY
from slipway.release.names import LONGEST, branch_tag, is_tag
from slipway.release.refs import (
    Branch,
    Detached,
    GitTag,
    MergeQueue,
    PullRequest,
    branch_names,
    git_tags,
)
from slipway.release.reserved import LATEST, VERSIONS, kept_for
from slipway.release.versions import is_newest, parse, version_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway.config import Tags
    from slipway.release.refs import Origin


def tags(origin: Origin, rules: Tags, asked: str = "", refs: Sequence[str] = ()) -> tuple[str, ...]:
    """The tags to publish under, the most telling first, each once.

    `asked` is a tag that a person asked for, and comes first; `refs` are the repository's
    branches and tags, as far as they are known: a name without `refs/` is a branch. Pull
    requests have no tags unless they are configured or asked for. What was built with changes
    that nobody can check out again gets no name that others rely on: only its own, marked.

    Raises:
        InputError: a tag would take the place of something else; the message says what to do.

    """
    target = origin.target
    sha = rules.sha.replace("{sha}", origin.sha[: rules.sha_length])
    if origin.dirty:
        return tuple(_with(asked, [sha + DIRTY], rules))
    if isinstance(target, PullRequest) and not (rules.pull_request or asked):
        return ()
    named: list[str]
    stable = False
    match target:
        case Branch(name):
            named = [_of_branch(name, rules, refs)]
        case GitTag(name):
            version = parse(name)
            named = version_tags(version, rules.versions) if version else []
            stable = version is not None and is_newest(name, version, git_tags(refs))
        case PullRequest(number):
            named = _of_pull_request(number, rules)
        case MergeQueue() | Detached():
            named = []
    if origin.is_default_branch and "default-branch" in rules.latest:
        named.append(LATEST)
    named.append(sha)
    if stable and "stable-versions" in rules.latest:
        named.append(LATEST)
    return tuple(dict.fromkeys(_with(asked, named, rules)))


def _of_branch(name: str, rules: Tags, refs: Sequence[str]) -> str:
    tag = branch_tag(rules.branch, name)
    if (kept := kept_for(tag, rules)) is not None:
        raise InputError(
            f"--ref: the branch {name!r} would be published as {tag}, which is kept for {kept}; "
            'rename the branch, or give branches tags of their own: branch = "branch-{branch}" '
            "under [tags] in slipway.toml"
        )
    others = [
        other
        for other in branch_names([*refs])
        if other != name and branch_tag(rules.branch, other) == tag
    ]
    if others:
        raise InputError(
            f"--ref: the branch {name!r} would be published as {tag}, and so would "
            f"{', '.join(map(repr, others))}; rename or delete one of them"
        )
    return tag


def _of_pull_request(number: int | None, rules: Tags) -> list[str]:
    if rules.pull_request is None:
        return []
    if number is None:
        raise InputError(
            "--ref: a pull request is published by its number, and this ref is that of a branch; "
            "write refs/pull/<number>/merge, and the commit that was built as --sha"
        )
    return [rules.pull_request.replace("{number}", str(number))]


def _with(asked: str, named: list[str], rules: Tags) -> list[str]:
    if not asked or asked in named:
        return named
    if not is_tag(asked):
        raise InputError(
            f"--tag: {asked!r} is no tag; write at most {LONGEST} letters, digits, "
            '"_", "." and "-", the first one no "." or "-"'
        )
    # A version is what a person may well ask for by name; nothing else is theirs to give.
    if (kept := kept_for(asked, rules)) not in {None, VERSIONS}:
        raise InputError(
            f"--tag: {asked} is kept for {kept}, and this commit does not come by it; "
            "ask for another tag, or for none"
        )
    return [asked, *named]
