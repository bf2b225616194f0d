"""Where a run comes from: the event, the ref and the commit, checked once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slipway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVENT = re.compile(r"[a-z][a-z0-9_]*")
_SHA = re.compile(r"[0-9a-f]{40}")
_PULL = re.compile(r"refs/pull/([1-9][0-9]{0,17})/(?:head|merge)")
# What git allows in no ref (git help check-ref-format) and a pasted value may carry.
_NEVER_IN_A_REF = re.compile(r"[\x00-\x20\x7f]")
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"
# GitHub makes these branches, one for each group that waits; pushes to them are events too.
_QUEUE = "gh-readonly-queue/"


@dataclass(frozen=True)
class Branch:
    """A branch, without `refs/heads/`."""

    name: str


@dataclass(frozen=True)
class GitTag:
    """A tag of the repository, without `refs/tags/`."""

    name: str


@dataclass(frozen=True)
class PullRequest:
    """A pull request; the number is `None` where the ref is that of the base branch."""

    number: int | None


@dataclass(frozen=True)
class MergeQueue:
    """A commit that waits in a merge queue."""


@dataclass(frozen=True)
class Detached:
    """A commit that was checked out by itself, without a branch or tag."""


Target = Branch | GitTag | PullRequest | MergeQueue | Detached
DETACHED = "HEAD"


@dataclass(frozen=True)
class Origin:
    """What is published, as CI or git tells it.

    `event` is a word as GitHub has it, `ref` a full ref (or HEAD, where none is checked out),
    `sha` 40 lower-case hex digits, `default_branch` a branch without `refs/heads/`; `dirty`
    where files are not those of the commit.

    Raises:
        InputError: a value is none of that; the message starts with the flag.

    """

    event: str
    ref: str
    sha: str
    default_branch: str
    dirty: bool = False
    target: Target = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what does not fit; nothing is guessed."""
        if not _EVENT.fullmatch(self.event):
            raise InputError(
                f"--event: {self.event!r} is no event; write it as GitHub does, as in push, "
                "pull_request or workflow_dispatch"
            )
        if not _SHA.fullmatch(self.sha):
            raise InputError("--sha: should be a full commit sha of 40 lower-case hex digits")
        if not self.default_branch or self.default_branch.startswith("refs/"):
            raise InputError(
                f"--default-branch: {self.default_branch!r} is no branch; write its name, as in "
                "main, also where the event does not carry it"
            )
        object.__setattr__(self, "target", _target(self.event, self.ref))

    @property
    def is_default_branch(self) -> bool:
        """Whether the ref itself is the default branch, whatever the event is called."""
        return self.target == Branch(self.default_branch)


def branch_names(refs: list[str]) -> list[str]:
    """The branches of a list of names or refs, those of merge queues left out; sorted, once."""
    names = {ref.removeprefix(_HEADS) for ref in refs if not ref.startswith(_TAGS)}
    return sorted(name for name in names if not name.startswith(_QUEUE))


def git_tags(refs: Iterable[str]) -> list[str]:
    """The tags among full refs, without `refs/tags/`; sorted, once."""
    return sorted({ref.removeprefix(_TAGS) for ref in refs if ref.startswith(_TAGS)})


def _target(event: str, ref: str) -> Target:
    if ref == DETACHED:
        return Detached()
    if pull := _PULL.fullmatch(ref):
        return PullRequest(int(pull[1]))
    branch = ref.removeprefix(_HEADS) if ref.startswith(_HEADS) else ""
    tag = ref.removeprefix(_TAGS) if ref.startswith(_TAGS) else ""
    if not (branch or tag) or _NEVER_IN_A_REF.search(ref):
        raise InputError(
            f"--ref: {ref!r} is no full ref; write refs/heads/<branch>, refs/tags/<tag> or "
            "refs/pull/<number>/merge, as in refs/heads/main"
        )
    # pull_request_target and its like run with the ref of the base branch, often the default
    # one: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
    if event.startswith("pull_request"):
        return PullRequest(None)
    if event == "merge_group" or branch.startswith(_QUEUE):
        return MergeQueue()
    return Branch(branch) if branch else GitTag(tag)
