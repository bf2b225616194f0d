"""What publishing does, decided before anything is done: the real run follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.errors import InputError
from slipway.images.labels import DIRTY
from slipway.release.checkout import told
from slipway.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway.config import Config
    from slipway.images.labels import Commit
    from slipway.release.refs import Origin

_REGISTRY = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?")


@dataclass(frozen=True)
class Push:
    """One image: where it goes and under which tags, the first of them the immovable one."""

    service: str
    repository: str
    tags: tuple[str, ...]

    @property
    def references(self) -> list[str]:
        """Each tag as a whole reference."""
        return [f"{self.repository}:{tag}" for tag in self.tags]


@dataclass(frozen=True)
class Plan:
    """A publication: the images, then the release that lists them."""

    project: str
    commit: Commit
    ref: str
    version: str
    gate: tuple[str, ...]
    pushes: tuple[Push, ...]
    release: Push
    changes: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """A line about changes that were not committed, if there are any."""
        return f"not committed: {told(self.changes)}\n" if self.changes else ""

    @property
    def registry(self) -> str:
        """The host of every repository, as in `ghcr.io`."""
        return self.release.repository.partition("/")[0]

    @property
    def account(self) -> str:
        """The first part of the repositories' path: on many registries, the owner."""
        return self.release.repository.split("/")[1]

    def text(self) -> str:
        """The plan for people; the same for the same arguments, to the byte."""
        rows = [
            (step, push.service, push.repository, " ".join(push.tags))
            for step, group in (("push", self.pushes), ("release", (self.release,)))
            for push in group
        ]
        gate = ", ".join(self.gate) or "none"
        names = ", ".join(push.service for push in self.pushes)
        return (
            f"publish {self.project} {self.version} from {self.commit.revision} ({self.ref})\n"
            f"{self.warning}\n"
            f"1. build {names}; check {gate}: if any fails, nothing is pushed\n"
            f"2. push every image as {self.release.tags[0]}; if any fails, no other tag moves\n"
            "3. push the other tags, then read every tag back: it must hold the pushed digest\n"
            "4. push the release, which lists the digests\n\n"
            + table(("STEP", "WHAT", "REPOSITORY", "TAGS"), rows)
        )


def plan(
    config: Config, origin: Origin, commit: Commit, registry: str, named: Sequence[str]
) -> Plan:
    """The plan for a commit and its tags, `named` as `tags` gives them.

    Raises:
        InputError: there is no tag to publish under, or `registry` is no host.

    """
    if registry and not _REGISTRY.fullmatch(registry):
        raise InputError(
            f"--registry: {registry!r} is no host; write it without a scheme and path, as in "
            "ghcr.io or localhost:5000"
        )
    if not named:
        raise InputError(
            f"--ref: {origin.ref} has no tags, so there is nothing to publish; pass --tag, or set "
            'pull-request = "pr-{number}" under [tags] in slipway.toml'
        )
    own = tuple(tag for tag in named if tag in _own(config, origin)) or (named[0],)
    ordered = (*own, *(tag for tag in named if tag not in own))
    pushes = tuple(
        Push(name, config.project.reference(name, registry), ordered) for name in config.services
    )
    release = config.publish.release
    return Plan(
        project=config.project.name,
        commit=commit,
        ref=origin.ref,
        version=named[0],
        gate=config.publish.gate,
        pushes=pushes,
        release=Push(release, config.project.reference(release, registry), ordered),
    )


def _own(config: Config, origin: Origin) -> tuple[str, ...]:
    """The tag that only this commit can have: pushed first, since nobody relies on it yet."""
    sha = config.tags.sha.replace("{sha}", origin.sha[: config.tags.sha_length])
    return (sha, sha + DIRTY)
