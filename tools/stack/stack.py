"""One stack: its settings and secrets below .slipway/stack/, its containers, and the wait until all are healthy."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.stack import ports
from tools.stack.docker import REPOSITORY, STATE, Docker
from tools.stack.errors import DockerError, StackError, UnhealthyError

COMPOSE = REPOSITORY / "compose"
PATIENCE_SECONDS = 180

# Run to their end; everything else stays and has a health check.
ONE_OFFS = frozenset({"migrate", "seed"})

_END_SECONDS = 3
_LOG_LINES = "40"


@dataclass(frozen=True, slots=True)
class State:
    """How a container stands: `running`, `exited`…, its health, the exit code of one that ended, why none started."""

    service: str
    container: str
    status: str
    health: str
    exit_code: int
    error: str

    @property
    def fine(self) -> bool:
        """Whether it is where it should be in the end."""
        if self.service in ONE_OFFS:
            return self.status == "exited" and self.exit_code == 0
        return self.status == "running" and self.health == "healthy"

    @property
    def failed(self) -> bool:
        """Whether waiting is in vain."""
        ended = self.status in {"exited", "dead"}
        return (
            bool(self.error)
            or self.health == "unhealthy"
            or (ended and (self.service not in ONE_OFFS or self.exit_code != 0))
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack by its name, which is its Compose project and its folder; `files` are laid over each other."""

    name: str
    docker: Docker
    files: tuple[Path, ...] = (COMPOSE / "compose.yaml", COMPOSE / "compose.dev.yaml")

    @property
    def folder(self) -> Path:
        """Its settings and secrets, for their owner alone."""
        return folder(self.name)

    def prepare(self, images: dict[str, str], wanted: dict[str, int], **more: str) -> None:
        """Write its settings and secrets anew: passwords of a stack open nothing but that stack."""
        shutil.rmtree(self.folder, ignore_errors=True)
        kept = self.folder / "secrets"
        kept.mkdir(parents=True)
        self.folder.chmod(0o700)
        # Chosen here because new-secrets leaves what is there: a password to type, and what the stand-ins accept.
        _write(kept / "telegram_bot_token", f"1:{secrets.token_hex(16)}")
        _write(kept / "llm_api_key", secrets.token_hex(16))
        _write(kept / "dashboard_password", f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}")
        subprocess.run((str(COMPOSE / "new-secrets"), str(kept)), check=True)
        values = {
            "SECRETS_DIR": str(kept),
            # compose.dev.yaml says the same of the bot; the base wants them said.
            "LLM_BASE_URL": "http://fakes:8200/v1",
            "LLM_MODEL": "demo",
            **{f"{service.upper()}_IMAGE": image for service, image in images.items()},
            **{name: str(port) for name, port in ports.choose(wanted).items()},
            **more,
        }
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        _write(self.folder / "env", lines.rstrip(), 0o600)

    def start(self, say: Callable[[str], None]) -> None:
        """Start everything and wait until all of it is healthy; `say` hears of each that is.

        Raises:
            UnhealthyError: a container failed, or time is over; its log is in the message.
            DockerError: Compose refused.
        """
        began, heard = time.monotonic(), set[str]()
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(
                (*self.docker.compose_command, *self._options(), "up", "--detach", "--pull", "never"),
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            try:
                while True:
                    code = process.poll()  # before the look: what it started is then seen
                    states = self.states()
                    for state in sorted(states, key=lambda each: each.service):
                        if state.fine and state.service not in heard:
                            heard.add(state.service)
                            how = "done" if state.service in ONE_OFFS else "healthy"
                            say(f"{state.service:<8} {how:<8} {time.monotonic() - began:4.1f} s")
                    self._judge(states, time.monotonic() - began)
                    if code == 0 and states and all(state.fine for state in states):
                        return
                    if code:
                        log.seek(0)
                        raise DockerError(f"docker compose up: exit code {code}\n{log.read().strip()[-2000:]}")
                    time.sleep(0.3)
            finally:
                _end(process)

    def _judge(self, states: list[State], seconds: float) -> None:
        if failed := [state for state in states if state.failed]:
            raise UnhealthyError("\n".join(f"{s.service}: {_how(s)}\n{self.logs(s.service)}" for s in failed))
        if seconds > PATIENCE_SECONDS:
            late = [state for state in states if not state.fine]
            text = "\n".join(f"{s.service}: {_how(s)}\n{self.logs(s.service)}" for s in late)
            raise UnhealthyError(f"not all healthy after {PATIENCE_SECONDS} s\n{text}")

    def states(self) -> list[State]:
        """How each container stands; empty when there is none."""
        done = self.docker.run(
            "ps", "--all", "--filter", f"label=com.docker.compose.project={self.name}", "--format", "{{.ID}}"
        )
        identities = done.stdout.split()
        if not identities:
            return []
        # One that is removed at this moment makes the command fail, and is not in its answer.
        seen = self.docker.run("inspect", *identities, check=False).stdout
        return [_state(each) for each in json.loads(seen or "[]")]

    def healthy(self) -> bool:
        """Whether everything runs and is healthy."""
        states = self.states()
        return bool(states) and all(state.fine for state in states)

    def logs(self, *services: str) -> str:
        """The end of what containers printed; of all of them, unless some are named."""
        parts = []
        for state in sorted(self.states(), key=lambda each: each.service):
            if not services or state.service in services:
                done = self.docker.run("logs", "--tail", _LOG_LINES, state.container, check=False)
                parts.append(f"--- {state.service}\n{done.stdout}{done.stderr}")
        return "".join(parts)

    def execute(self, service: str, *words: str) -> str:
        """Run a command in a container of the stack; gives its output.

        Raises:
            DockerError: it failed.
        """
        container = next(state.container for state in self.states() if state.service == service)
        return self.docker.run("exec", container, *words).stdout

    def remove(self) -> None:
        """Remove containers, networks, volumes, settings and secrets; nothing there is fine too."""
        mine = f"label=com.docker.compose.project={self.name}"
        if self.docker.run("ps", "--all", "--quiet", "--filter", mine).stdout.strip():
            # Its data goes with it, so nobody is waited for long: a database that is being made is deaf to signals.
            self.docker.compose("--project-name", self.name, "down", "--volumes", "--remove-orphans", "--timeout", "3")
        # What is left when a start was interrupted before the first container.
        for kind in ("network", "volume"):
            for left in self.docker.run(kind, "ls", "--quiet", "--filter", mine).stdout.split():
                self.docker.run(kind, "rm", left)
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_ended(self) -> None:
        """Wait until every container has ended, as `down` from elsewhere does."""
        staying = [state.container for state in self.states() if state.service not in ONE_OFFS]
        self.docker.run("wait", *staying, check=False)

    def urls(self) -> dict[str, str]:
        """The addresses of a stack that was prepared."""
        values = settings(self.name)
        return {name: f"http://127.0.0.1:{values[f'{name.upper()}_PORT']}" for name in ("web", "chat", "api")}

    def secret(self, name: str) -> str:
        """One of its secrets."""
        return (self.folder / "secrets" / name).read_text().strip()

    def _options(self) -> list[str]:
        files = [word for file in self.files for word in ("--file", str(file))]
        return ["--project-name", self.name, *files, "--env-file", str(self.folder / "env")]

    def _environment(self) -> dict[str, str]:
        # A variable of the shell would win over the settings of the stack.
        mine = settings(self.name)
        return {name: value for name, value in self.docker.environment().items() if name not in mine}


def folder(name: str) -> Path:
    """Where a stack keeps its settings and secrets."""
    return STATE / "stack" / name


def settings(name: str) -> dict[str, str]:
    """The settings of a stack; raises StackError when it was not prepared."""
    try:
        lines = (folder(name) / "env").read_text().splitlines()
    except OSError as error:
        raise StackError(f"{folder(name)}: no stack was made there") from error
    return dict(line.split("=", 1) for line in lines)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command of Compose; it may wait for what will not come, deaf to being asked."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as stream:
        os.fchmod(stream.fileno(), mode)  # whatever the umask is
        stream.write(text + "\n")


def _state(container: dict[str, dict[str, dict[str, str]]]) -> State:
    now, labels = container["State"], container["Config"]["Labels"]
    health = now.get("Health", {"Status": ""})["Status"]
    service, identity = labels["com.docker.compose.service"], str(container["Id"])[:12]
    return State(service, identity, str(now["Status"]), str(health), int(str(now["ExitCode"])), str(now["Error"]))


def _how(state: State) -> str:
    if state.error:
        return f"did not start: {state.error}"
    if state.status == "exited":
        return f"ended with exit code {state.exit_code}"
    return f"{state.status}, {state.health or 'no health check'}"
