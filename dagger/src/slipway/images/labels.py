"""The OCI labels of an image: what it is, and from which commit; never when it was built.

https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.errors import InputError
from slipway.images.bases import base_of

if TYPE_CHECKING:
    from slipway.config import Project, Service

_SHA = re.compile(r"[0-9a-f]{40}")
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


DIRTY = "-dirty"
"""Behind the sha of a commit: what was built has changes that were not committed."""


@dataclass(frozen=True)
class Commit:
    """The commit that is built: its full sha and its time; each may be unknown ("")."""

    sha: str = ""
    time: str = ""
    dirty: bool = False

    @property
    def revision(self) -> str:
        """The sha, marked where the files are not those of the commit."""
        return self.sha + DIRTY if self.dirty else self.sha

    def __post_init__(self) -> None:
        """Refuse what is no sha or no UTC time."""
        if self.sha and not _SHA.fullmatch(self.sha):
            raise InputError("--commit: should be a full commit sha of 40 lower-case hex digits")
        if self.time and not _TIME.fullmatch(self.time):
            raise InputError("--commit-time: should be RFC 3339 in UTC, as in 2026-01-31T12:00:00Z")


def labels(project: Project, service: Service, commit: Commit) -> dict[str, str]:
    """The labels of a service's image, those without a value left out.

    What changes with every commit comes last, so that all before it can stay cached.
    """
    values = {
        "title": service.name,
        "description": service.description,
        "url": project.url,
        "source": project.source,
        "documentation": project.documentation,
        "licenses": project.licenses,
        "vendor": project.vendor,
        "authors": project.authors,
        **_base(service),
        "revision": commit.revision,
        "created": commit.time,
    }
    return {f"org.opencontainers.image.{name}": text for name, text in values.items() if text}


def _base(service: Service) -> dict[str, str]:
    if (base := base_of(service)) is None:
        return {}
    name, _, digest = base.partition("@")
    return {"base.name": name, "base.digest": digest}
