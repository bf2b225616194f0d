"""Everything that can go wrong, as one tree.

SlipwayError
├── ConfigError        slipway.toml, or a file it points to, is wrong
├── InputError         an argument of a function is wrong
├── ReleaseError       a release is not what it says
└── RunError           work was run, and some of it failed
    ├── BuildError     images could not be built
    ├── CheckError     checks failed
    └── PublishError   something was pushed, and not all of it is there

Only the text of an error crosses the engine, so every message says where, what and what next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SlipwayError(Exception):
    """The base of every error that is raised on purpose."""


class ConfigError(SlipwayError):
    """Raised when `slipway.toml`, `pyproject.toml` or `package.json` cannot be used as it is.

    A problem is `file: key/path: expectation`; all that were found are told at once.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class InputError(SlipwayError):
    """Raised when an argument does not fit; the message names the argument."""


class ReleaseError(SlipwayError):
    """Raised when a release manifest cannot be read, or the registry holds something else."""


class RunError(SlipwayError):
    """Raised after all work ended, when some of it failed; the message holds every failure."""

    def __init__(self, summary: str, failures: list[str]) -> None:
        self.failures = tuple(failures)
        super().__init__("\n\n".join([summary, *failures]))


class BuildError(RunError):
    """Raised when at least one image could not be built."""


class CheckError(RunError):
    """Raised when at least one check failed."""


class PublishError(RunError):
    """Raised when a push failed or a tag does not hold its digest; it names what is there."""
