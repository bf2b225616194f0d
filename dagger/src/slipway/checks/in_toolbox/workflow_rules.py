"""What neither actionlint nor zizmor looks at: time limits, fixed runners, and logic in YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Fault = tuple[tuple[str | int, ...], str, str]

MAX_STEPS = 3
_EXPRESSION = re.compile(r"\$\{\{")
_LOGIC = re.compile(r"^\s*(if|for|while|case|until)\b|&&|\|\||;\s*(do|then)\b", re.MULTILINE)


def faults(workflow: Any) -> Iterator[Fault]:  # noqa: ANN401  # YAML
    """The faults of a workflow: the path of keys, the rule and what to do."""
    if not isinstance(workflow, dict) or not isinstance(workflow.get("jobs"), dict):
        return
    if workflow.get("permissions") != {}:
        yield ("permissions",), "top-permissions", "should be {}: each job asks for its own"
    for name, job in workflow["jobs"].items():
        if isinstance(job, dict) and "uses" not in job:
            yield from _job(("jobs", name), job)


def _job(key: tuple[str | int, ...], job: dict[str, Any]) -> Iterator[Fault]:
    if "timeout-minutes" not in job:
        yield key, "timeout", "the job has no timeout-minutes: GitHub's own limit is six hours"
    runner = job.get("runs-on")
    if isinstance(runner, str) and runner.endswith("-latest"):
        message = f"{runner} changes by itself: name a version, as in ubuntu-24.04"
        yield (*key, "runs-on"), "moving-runner", message
    steps = job.get("steps") or []
    if len(steps) > MAX_STEPS:
        message = f"{len(steps)} steps, at most {MAX_STEPS}: the rest belongs into a command"
        yield (*key, "steps"), "steps", message
    for index, step in enumerate(steps):
        run = step.get("run") if isinstance(step, dict) else None
        if not isinstance(run, str):
            continue
        where = (*key, "steps", index, "run")
        if _EXPRESSION.search(run):
            message = "an expression is pasted into the script: pass it by env, and quote it"
            yield where, "expression-in-run", message
        if _LOGIC.search(run) or len(run.strip().splitlines()) > 1:
            message = "should be one command, the one that a person types"
            yield where, "logic-in-run", message
