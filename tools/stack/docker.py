"""The docker and compose commands of this machine, whichever daemon answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tools.stack.errors import DockerError

REPOSITORY = Path(__file__).resolve().parents[2]
STATE = REPOSITORY / ".slipway"

# Where tools/setup puts Compose when the distribution has none for its docker.
_OWN_COMPOSE = STATE / "docker" / "docker-compose"


def _compose() -> tuple[str, ...]:
    if shutil.which("docker"):
        plugin = subprocess.run(("docker", "compose", "version"), capture_output=True, check=False)
        if plugin.returncode == 0:
            return ("docker", "compose")
    if _OWN_COMPOSE.exists():
        return (str(_OWN_COMPOSE),)
    raise DockerError("docker compose: not installed; run `tools/setup stack`")


@dataclass(frozen=True, slots=True)
class Docker:
    """A daemon that answers: `host` is its address, empty for the one that docker finds by itself."""

    host: str = ""
    compose_command: tuple[str, ...] = field(default_factory=_compose)

    def environment(self) -> dict[str, str]:
        """The variables for a docker or compose command."""
        return {**os.environ, **({"DOCKER_HOST": self.host} if self.host else {})}

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `docker` to its end.

        Raises:
            DockerError: it failed, and `check` is set.
        """
        return self._run(("docker", *words), check=check)

    def compose(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `docker compose` to its end, with the same rules."""
        return self._run((*self.compose_command, *words), check=check)

    def _run(self, command: tuple[str, ...], *, check: bool) -> subprocess.CompletedProcess[str]:
        # A session of its own: Ctrl-C is for us to answer, in order.
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise DockerError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr.strip()[-2000:]}")
        return done


def answers(host: str = "") -> bool:
    """Whether a daemon answers; a client alone is not enough."""
    if shutil.which("docker") is None:
        return False
    environment = {**os.environ, **({"DOCKER_HOST": host} if host else {})}
    done = subprocess.run(
        ("docker", "info", "--format", "{{.ServerVersion}}"), env=environment, capture_output=True, text=True,
        check=False, timeout=30, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    return done.returncode == 0 and bool(done.stdout.strip())
