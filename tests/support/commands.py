"""Running the project's commands as a person would."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SLIPWAY = REPOSITORY / ".venv" / "bin" / "slipway"


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err[-6000:]}"


def run(*args: str | Path, cwd: Path = REPOSITORY, timeout: float = 900, env: dict[str, str] | None = None) -> Result:
    """Run a command to its end; both streams are kept."""
    done = subprocess.run(
        [str(arg) for arg in args], cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False,
        env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Result(done.returncode, done.stdout, done.stderr)


def slipway(*args: str, cwd: Path = REPOSITORY, timeout: float = 900, env: dict[str, str] | None = None) -> Result:
    """Run `slipway` with these words, on the engine that SLIPWAY_ENGINE names."""
    return run(SLIPWAY, *args, cwd=cwd, timeout=timeout, env=env)


def clone(target: Path) -> Path:
    """A copy of the repository's tracked and new files, as a fresh clone would have them once committed."""
    listing = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listing.out.split("\0")):
        source, place = REPOSITORY / name, target / name
        if source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place, follow_symlinks=False)
    return target
