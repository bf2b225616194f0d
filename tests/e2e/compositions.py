"""What `docker compose config` makes of the compose files; no daemon is needed for that."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tools.stack.docker import Docker
from tools.stack.stack import COMPOSE

BASE, DEV, PROD = (COMPOSE / f"compose{name}.yaml" for name in ("", ".dev", ".prod"))

# Every variable that some file requires.
SETTINGS = {
    **{f"{name}_IMAGE": f"registry.example/{name.lower()}@sha256:{'ab' * 32}" for name in ("BOT", "API", "WEB", "DB", "CADDY")},
    "SECRETS_DIR": "./secrets",
    "LLM_BASE_URL": "https://llm.example/v1",
    "LLM_MODEL": "some-model",
    "DOMAIN": "dashboard.example",
    "CHAT_PORT": "8100",
    "API_PORT": "8000",
    "WEB_PORT": "3000",
}  # fmt: skip


def run_config(*files: Path, options: tuple[str, ...] = (), **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `docker compose config` with these variables and no others."""
    words = [word for file in files for word in ("--file", str(file))]
    return subprocess.run(
        (*Docker().compose_command, "--project-directory", str(COMPOSE), *words, "config", *options),
        cwd=COMPOSE, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@functools.cache
def config(*files: Path, raw: bool = False) -> dict[str, Any]:
    """Files laid over each other and resolved; `raw` leaves variables as they are written."""
    options = ("--format", "json", *(("--no-interpolate",) if raw else ()))
    done = run_config(*files, options=options, **SETTINGS)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
