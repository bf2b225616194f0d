"""The results as Markdown, for a job's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway.checks.results import Result, Verdict, summarised

if TYPE_CHECKING:
    from collections.abc import Sequence

_FENCE = "````"


def markdown(results: Sequence[Result]) -> str:
    """A table of all, and below it what each failure said."""
    head = summarised(results) or "All checks passed"
    lines = [f"## {head[0].upper()}{head[1:]}", "", "| Service | Check | Result | Seconds |"]
    lines.append("|-|-|-|-:|")
    for r in results:
        word = r.verdict.value if r.verdict in {Verdict.PASSED, Verdict.NONE} else _bold(r)
        lines.append(f"| {r.scope} | {r.check} | {word} | {r.seconds:.1f} |")
    for r in results:
        if r.verdict in {Verdict.FOUND, Verdict.COULD_NOT_RUN}:
            text = r.told().replace(_FENCE, "'''")
            lines += ["", f"<details><summary>{r.name}</summary>", "", _FENCE, text, _FENCE]
            lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _bold(result: Result) -> str:
    return f"**{result.verdict.value}**"
