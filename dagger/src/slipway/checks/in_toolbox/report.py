"""How a check of the toolbox calls tools, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

FOUND, FAILED = 1, 2


def finding(path: str, line: int, rule: str, message: str, column: int = 1) -> dict[str, Any]:
    """A fault at a place; lines and columns from 1."""
    return {"path": path, "line": line, "column": column, "rule": rule, "message": message}


def end(findings: Iterable[dict[str, Any]], note: str = "") -> NoReturn:
    """Print what was found and exit."""
    every = list(findings)
    print(json.dumps({"findings": every, "note": note}))
    sys.exit(FOUND if every else 0)


def fail(message: str) -> NoReturn:
    """Say why nothing can be said, and exit."""
    print(message, file=sys.stderr)
    sys.exit(FAILED)


def call(command: list[str], folder: Path, expected: Collection[int] = (0, 1)) -> str:
    """The standard output of a tool; another exit code than the expected ends the check."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # fixed commands
    except FileNotFoundError:
        fail(f"{command[0]} is not installed")
    if done.returncode not in expected:
        fail(f"{command[0]} ended with exit code {done.returncode}\n{done.stderr or done.stdout}")
    return done.stdout
