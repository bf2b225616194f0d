"""What a publication did, for people: a table, or, after a failure, what is there and what not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.table import size, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slipway.release.manifest import Release
    from slipway.release.plan import Plan, Push

_HEADER = ("SERVICE", "REFERENCE", "DIGEST", "TAGS", "UPLOADED", "SECONDS")
_DENIED = re.compile(r"\b40[13]\b|unauthorized|denied|forbidden", re.IGNORECASE)
_GHCR = (
    "ghcr.io takes a token with write:packages: in GitHub Actions, give the job `packages: write` "
    "and the repository write access to the package (Package settings, Manage Actions access), for "
    "a package that was first pushed by hand denies the job's token until then; elsewhere, pass a "
    "classic personal access token"
)
_OTHER = "check --username and --password, and that the account may push to this repository"


@dataclass(frozen=True)
class Pushed:
    """A published image; `was_there` where the registry already had it, and took only tags."""

    push: Push
    digest: str
    octets: int
    was_there: bool
    seconds: float

    @property
    def uploaded(self) -> str:
        """An upper bound: layers that the registry knows from elsewhere are not sent again."""
        return "0 B" if self.was_there else f"≤ {size(self.octets)}"


def text(plan: Plan, pushed: Iterable[Pushed], release: str, identity: str) -> str:
    """The table of the images, then the release."""
    rows = [_row(each) for each in pushed]
    return (
        table(_HEADER, rows, numbers=("UPLOADED", "SECONDS"))
        + f"\n{plan.warning}release  {plan.version}  {identity}\n         {release}\n"
    )


def summary(plan: Plan, pushed: Iterable[Pushed], release: str, identity: str) -> str:
    """The same as Markdown, for a job's summary."""
    lines = [
        f"### Published {plan.project} {plan.version}",
        "",
        f"`{plan.commit.revision}` from `{plan.ref}`",
        "",
        "| Service | Reference | Tags | Uploaded | Seconds |",
        "|-|-|-|-:|-:|",
    ]
    for each in pushed:
        service, reference, digest, tags, uploaded, seconds = _row(each)
        lines.append(f"| {service} | `{reference}@{digest}` | {tags} | {uploaded} | {seconds} |")
    lines += ["", f"Release `{identity}`: `{release}`", ""]
    return "\n".join(lines)


def _row(each: Pushed) -> tuple[str, str, str, str, str, str]:
    tags = " ".join(each.push.tags)
    seconds = f"{each.seconds:.1f}"
    return each.push.service, each.push.repository, each.digest, tags, each.uploaded, seconds


def state(wanted: Mapping[str, str], held: Mapping[str, str | None]) -> list[str]:
    """Which references hold what was to be pushed: a line for each.

    `wanted` is digests by reference, `held` what the registry answered (`None`: nothing, or it
    could not be asked).

    >>> state({"r/a:1": "sha256:1", "r/b:1": "sha256:2"}, {"r/a:1": "sha256:1", "r/b:1": None})
    ['  there      r/a:1', '  not there  r/b:1']
    """
    lines = []
    for reference, digest in wanted.items():
        found = held.get(reference)
        if found == digest:
            lines.append(f"  there      {reference}")
        elif found is None:
            lines.append(f"  not there  {reference}")
        else:
            lines.append(f"  older      {reference} still holds {found}")
    return lines


def explained(failure: str, registry: str) -> str:
    """A failure, and what to do where the registry refused the credentials."""
    if not _DENIED.search(failure) or "write:packages" in failure:
        return failure
    return f"{failure}\n{_GHCR if registry == 'ghcr.io' else _OTHER}"


def inspected(release: Release, reference: str) -> str:
    """A release for people."""
    rows = [
        (name, image.repository, image.digest, " ".join(image.tags), size(image.size))
        for name, image in release.services.items()
    ]
    dirty = " with changes that were not committed" if release.dirty else ""
    files = [(path, digest) for path, digest in release.files.items()]
    return (
        f"{release.project} {release.version}\n"
        f"release    {release.digest}\n"
        f"from       {reference}\n"
        f"commit     {release.commit}{dirty} ({release.ref})\n"
        f"created    {release.created or 'unknown'}\n"
        f"migration  {release.migration or 'none'}\n\n"
        + table(("SERVICE", "REPOSITORY", "DIGEST", "TAGS", "SIZE"), rows, numbers=("SIZE",))
        + ("\n" + table(("FILE", "DIGEST"), files) if files else "")
    )
