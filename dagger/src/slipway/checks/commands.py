"""Which commands a service's check consists of, and what their exit codes mean.

A service without the tool has no command. Every command tells findings and its own failure apart
by its exit code, and writes its findings so that they can be read: `reading.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway.images.manifests import PythonManifest

SERVICE_CHECKS = ("lint", "format", "types", "test", "locks")
JUNIT = "/reports/junit.xml"
COVERAGE = "/reports/coverage.json"

# A shell that finds no program, or cannot start it, and every death by a signal.
_NEVER_RAN = 126
_NODE_SCRIPTS = {
    "lint": ("lint",),
    "format": ("format:check",),
    "types": ("types", "typecheck"),
    "test": ("test",),
}
_VITEST = ("--reporter=default", "--reporter=junit", f"--outputFile.junit={JUNIT}")


@dataclass(frozen=True)
class Command:
    """One command; `found` are the exit codes that mean findings, empty for any below 126."""

    words: tuple[str, ...]
    reader: str
    found: frozenset[int] = frozenset({1})

    def has_found(self, exit_code: int) -> bool:
        """Whether an exit code means findings; otherwise the tool itself failed."""
        return exit_code in self.found if self.found else 0 < exit_code < _NEVER_RAN


# 2 is also what a test file that cannot be imported leads to.
_PYTEST = Command(("pytest", f"--junitxml={JUNIT}"), "pytest", frozenset({1, 2}))


def python_commands(check: str, manifest: PythonManifest) -> list[Command]:
    """The commands of a Python project whose dependency groups name the tool."""
    targets = () if manifest.mypy_targets else (".",)
    ruff = "--output-format=json"
    pytest = _PYTEST
    if "pytest-cov" in manifest.tools:
        words = (*_PYTEST.words, f"--cov-report=json:{COVERAGE}")
        pytest = Command(words, _PYTEST.reader, _PYTEST.found)
    commands = {
        "lint": Command(("ruff", "check", ruff, "."), "ruff"),
        "format": Command(("ruff", "format", "--check", ruff, "."), "ruff"),
        "types": Command(("mypy", "--output=json", *targets), "mypy"),
        "test": pytest,
    }
    command = commands.get(check)
    if check == "locks":
        return [Command(("uv", "lock", "--check"), "uv-lock")]
    return [command] if command and command.words[0] in manifest.tools else []


def node_commands(check: str, manager: str, scripts: Mapping[str, str]) -> list[Command]:
    """The scripts of a Node.js project that go by the usual names; `scripts` is text by name."""
    commands = []
    for script in _NODE_SCRIPTS.get(check, ()):
        if script in scripts:
            extra = _VITEST if scripts[script].startswith("vitest ") else ()
            options = ("--", *extra) if extra and manager == "npm" else extra
            words = (manager, "run", script, *options)
            commands.append(Command(words, "script", frozenset()))
    return commands
