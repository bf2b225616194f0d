"""What git says of a working copy, and the origin that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.errors import InputError
from slipway.images.inputs import LEFTOVERS, SECRETS, is_left_out
from slipway.release.refs import DETACHED, Origin
from slipway.release.versions import parse as parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable

_BRANCHES = "refs/heads/"
_USUAL = ("main", "master")
_SHOWN = 5


@dataclass(frozen=True)
class Checkout:
    """A working copy: its commit and time, its branch ("" when detached), and what changed.

    `tagged` are the tags of the commit, `refs` all branches and tags, as full refs; `default` is
    the branch that origin/HEAD names, or "". `changes` are paths that differ from the commit.
    """

    commit: str
    time: str
    head: str = ""
    default: str = ""
    tagged: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """The branch; of a detached HEAD its one version tag, else HEAD itself."""
        if self.head:
            return self.head
        versions = [ref for ref in self.tagged if _is_version(ref.removeprefix("refs/tags/"))]
        return versions[0] if len(versions) == 1 else DETACHED

    @property
    def default_branch(self) -> str:
        """The branch of origin/HEAD; without an origin, the one of main and master that is there.

        Raises:
            InputError: neither tells.

        """
        usual = [name for name in _USUAL if _BRANCHES + name in self.refs]
        if self.default:
            return self.default
        if len(usual) == 1:
            return usual[0]
        raise InputError(
            "--default-branch: git does not tell which branch it is (there is no origin/HEAD); "
            "pass it, or write default-branch under [project] in slipway.toml"
        )


def parse(text: str) -> Checkout:
    """Read what `checkout.sh` printed.

    A file that is kept out of every build, as a committed `.env`, looks deleted; that is no change.
    """
    facts: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        facts.setdefault(name, []).append(value)
    return Checkout(
        commit=facts["commit"][0],
        time=facts["time"][0],
        head=facts.get("head", [""])[0],
        default=facts.get("default", [""])[0],
        tagged=tuple(facts.get("tagged", ())),
        refs=tuple(dict.fromkeys(ref for ref in facts.get("ref", ()) if not _is_head(ref))),
        changes=tuple(_changes(facts.get("change", ()))),
    )


def origin(checkout: Checkout, event: str, ref: str, sha: str, default_branch: str) -> Origin:
    """The origin, from what was passed and, for the rest, from git.

    Raises:
        InputError: the commit that was passed is not the one that is checked out.

    """
    if sha and sha != checkout.commit:
        raise InputError(
            f"--commit: {sha} is not what is checked out ({checkout.commit}); pass --ref and "
            "--default-branch as well, or check it out"
        )
    return Origin(
        event or "push",
        ref or checkout.ref,
        checkout.commit,
        default_branch or checkout.default_branch,
        dirty=bool(checkout.changes),
    )


def told(changes: tuple[str, ...]) -> str:
    """A few of the changes, for a message.

    >>> told(("a", "b"))
    'a, b'
    """
    more = len(changes) - _SHOWN
    return ", ".join(changes[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _changes(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        state, path = line[:2], line[3:]
        if "D" in state and is_left_out(path, (*SECRETS, *LEFTOVERS)):
            continue
        yield path


def _is_version(name: str) -> bool:
    try:
        return parse_version(name) is not None
    except InputError:
        return False


def _is_head(ref: str) -> bool:
    # refs/remotes/origin/HEAD is a link to one of the others.
    return ref == _BRANCHES + "HEAD"
