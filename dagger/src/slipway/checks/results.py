"""What a check comes to: a verdict, and the places that it points at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REPOSITORY = "repository"
_SHOWN = 50


class Verdict(Enum):
    """How a command ended, in the word that tables have for it."""

    PASSED = "passed"
    FOUND = "failed"
    COULD_NOT_RUN = "could not run"
    NONE = "has none"


@dataclass(frozen=True, order=True)
class Finding:
    """A fault at a place: path from the root of the repository, line and column from 1."""

    path: str
    line: int
    column: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.rule} {self.message}"


@dataclass(frozen=True)
class Result:
    """What one command of a check gave.

    `scope` is a service's name or `REPOSITORY`; `output` is for people, where the findings do not
    say everything; `junit` is the document that a test run wrote.
    """

    scope: str
    check: str
    command: str
    verdict: Verdict
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    output: str = ""
    junit: str = ""

    @property
    def name(self) -> str:
        """The check in one word or two: `api lint`, `secrets`."""
        return self.check if self.scope == REPOSITORY else f"{self.scope} {self.check}"

    def told(self) -> str:
        """A failure as text, with the places first."""
        if self.verdict is Verdict.COULD_NOT_RUN:
            return f"{self.name} could not run: {_indented(self.output.splitlines())}"
        lines = [str(finding) for finding in self.findings[:_SHOWN]]
        if (more := len(self.findings) - _SHOWN) > 0:
            lines.append(f"… and {more} more")
        lines += self.output.splitlines()
        return f"{self.name}: `{self.command}` found{_indented(['', *lines])}"


def summarised(results: Sequence[Result]) -> str:
    """One line on what failed and what could not run; empty where neither did.

    It begins with "could not run" where nothing else went wrong: `slipway check` shows that word.
    """
    run = [result for result in results if result.verdict is not Verdict.NONE]
    parts = []
    failed = _names(result for result in run if result.verdict is Verdict.FOUND)
    if failed:
        parts.append(f"{len(failed)} of {len(_names(run))} checks failed: {', '.join(failed)}")
    lame = _names(result for result in run if result.verdict is Verdict.COULD_NOT_RUN)
    if lame:
        parts.append(f"could not run: {', '.join(lame)}")
    return "; ".join(parts)


def _names(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(result.name for result in results))


def _indented(lines: list[str]) -> str:
    return "\n  ".join(lines)
