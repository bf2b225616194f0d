"""Starting built images with podman, in a network of the run's own, and stopping all of them."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.commands import Result, run

from slipway_engine.run.machine import inspect


@dataclass(slots=True)
class Host:
    """Where containers of one test run live. Everything started is removed at its end."""

    name: str = field(default_factory=lambda: f"slipway-test-{secrets.token_hex(4)}")
    images: dict[str, str] = field(default_factory=dict)
    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)

    def load(self, service: str, tarball: Path) -> None:
        """Take an image from an OCI archive."""
        pulled = run("podman", "pull", "--quiet", f"oci-archive:{tarball}")
        assert pulled.code == 0, pulled
        self.images[service] = pulled.out.strip().splitlines()[-1]
        # podman leaves out what the OCI configuration has beyond its specification: the health check.
        config = run("skopeo", "inspect", "--config", "--raw", f"oci-archive:{tarball}")
        self.configs[service] = json.loads(config.out)["config"]
        self.digests[service] = json.loads(run("skopeo", "inspect", f"oci-archive:{tarball}").out)["Digest"]

    def options(self) -> list[str]:
        """What every container here needs on a machine with low limits."""
        machine = inspect()
        limits = [part for limit in machine.limits for part in ("--ulimit", limit)]
        return ["--runtime", machine.runtime, *limits, "--log-driver", "k8s-file"]

    def start(self, service: str, *options: str) -> str:
        """Start a service in the background; gives its address."""
        name = f"{self.name}-{service}"
        started = run("podman", "run", "--detach", "--name", name, *self.options(), *options, self.images[service])
        assert started.code == 0, started
        self.running.append(name)
        return run("podman", "inspect", "--format", "{{.NetworkSettings.IPAddress}}", name).out.strip()

    def once(self, service: str, *args: str, options: tuple[str, ...] = ()) -> Result:
        """Run a command of an image to its end."""
        return run("podman", "run", "--rm", *self.options(), *options, self.images[service], *args)

    def execute(self, service: str, *args: str) -> Result:
        """Run a command in a running container."""
        return run("podman", "exec", f"{self.name}-{service}", *args)

    def logs(self, service: str) -> str:
        """What a container printed."""
        done = run("podman", "logs", f"{self.name}-{service}")
        return done.out + done.err

    def health(self, service: str) -> list[str]:
        """The image's own health check, as a command."""
        test: list[str] = self.configs[service]["Healthcheck"]["Test"]
        return ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]

    def wait_healthy(self, service: str, seconds: float = 60) -> None:
        """Wait until the image's own health check passes."""
        command, deadline = self.health(service), time.monotonic() + seconds
        while True:
            done = self.execute(service, *command)
            if done.code == 0:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{service} is not healthy: {done}\n{self.logs(service)}")
            time.sleep(0.3)

    def close(self) -> None:
        """Remove containers and images of this run."""
        for name in reversed(self.running):
            run("podman", "rm", "--force", "--time", "2", "--volumes", name)
        for image in set(self.images.values()):
            run("podman", "rmi", "--force", image)


@contextlib.contextmanager
def host() -> Iterator[Host]:
    """A host for the body."""
    made = Host()
    try:
        yield made
    finally:
        made.close()


def get(url: str, seconds: float = 5) -> tuple[int, str]:
    """The status and body of a page, errors of the server included."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_status(url: str, status: int, seconds: float = 60) -> str:
    """Wait until a page answers with `status`; gives its body."""
    deadline, seen = time.monotonic() + seconds, "nothing"
    while time.monotonic() < deadline:
        try:
            code, body = get(url)
            if code == status:
                return body
            seen = f"{code} {body[:300]}"
        except OSError as error:
            seen = str(error)
        time.sleep(0.3)
    raise AssertionError(f"{url}: wanted {status}, last saw {seen}")
