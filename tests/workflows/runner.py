"""The shell steps of a job, run as GitHub's runner runs them: bash -e, its variables, an event; nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.commands import Result

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Run:
    """A run of a workflow: the checkout, what started it, and what expressions may name."""

    checkout: Path
    event: str
    ref: str
    payload: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=dict)

    def environment(self, job: dict[str, Any], step: dict[str, Any]) -> dict[str, str]:
        """All that the step's shell has, and no more: no secret is there unless the file asks for it."""
        runner = self.checkout.parent
        (runner / "event.json").write_text(json.dumps(self.payload))
        (runner / "summary.md").touch()
        own = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(runner / "event.json"),
            "GITHUB_REF": self.ref,
            "GITHUB_REPOSITORY": "example/slipway",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
            "GITHUB_WORKSPACE": str(self.checkout),
            "HOME": str(runner / "home"),
            "PATH": _PATH,
            "RUNNER_TEMP": str(runner / "temp"),
        }
        asked = {**job.get("env", {}), **step.get("env", {})}
        return {**own, **self.machine, **{name: self.evaluate(value) for name, value in asked.items()}}

    def evaluate(self, text: str) -> str:
        """A text with its expressions replaced; one that is not known is an error of the test."""
        return _EXPRESSION.sub(lambda match: self.values[match[1]], text)

    def shell(self, job: dict[str, Any]) -> Iterator[tuple[str, Result]]:
        """Run the job's shell steps one after the other, up to the first that fails."""
        for number, step in enumerate(job["steps"]):
            if "run" not in step:
                continue
            script = self.checkout.parent / f"step-{number}.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "-e", script], cwd=self.checkout, env=self.environment(job, step), capture_output=True,
                text=True, timeout=900, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            yield step["name"], Result(done.returncode, done.stdout, done.stderr)
            if done.returncode:
                return

    @property
    def summary(self) -> str:
        """What the steps wrote into the job's summary."""
        return (self.checkout.parent / "summary.md").read_text()
