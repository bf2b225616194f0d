"""The toolbox of the repository's checks on this machine: its programs and tools, from its own lock."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.commands import REPOSITORY, Result, run

CHECKS = REPOSITORY / "dagger/src/slipway/checks"
UV = REPOSITORY / ".slipway/uv/bin/uv"


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools, installed in a folder of the test's own."""

    environment: Path

    def run(self, *words: str, cwd: Path = REPOSITORY) -> Result:
        """A tool by its name."""
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        return run("env", *words, cwd=cwd, env={"PATH": path, "PYTHONPATH": str(CHECKS)})

    def findings(self, check: str, root: Path) -> list[dict[str, Any]]:
        """What a check of the repository finds below a folder."""
        done = self.run("python", "-m", f"in_toolbox.{check}", str(root))
        assert done.code in (0, 1), done
        findings: list[dict[str, Any]] = json.loads(done.out)["findings"]
        return findings

    def yaml(self, path: Path) -> Any:
        """A YAML file as GitHub reads it: `on` is a word."""
        program = "import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))"
        done = self.run("python", "-c", program, str(path))
        assert done.code == 0, done
        return json.loads(done.out)


def toolbox(folder: Path) -> Toolbox:
    """Install it; takes about a second where uv has the packages."""
    env = {"UV_PROJECT_ENVIRONMENT": str(folder / "venv"), "UV_SYSTEM_CERTS": "1"}
    done = run(UV, "sync", "--frozen", "--quiet", "--project", CHECKS / "toolbox", env=env)
    assert done.code == 0, done
    return Toolbox(folder / "venv")
