"""The images of the stack: those that `slipway call build` makes, loaded into Docker once for each digest."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.stack.docker import REPOSITORY, STATE, Docker
from tools.stack.errors import BuildError

SERVICES = ("db", "api", "bot", "web")

# Each unpacks one image and packs it again; more do not make it faster.
_AT_ONCE = 2

_LAST = STATE / "stack" / "images.json"
_SLIPWAY = REPOSITORY / ".venv" / "bin" / "slipway"


def loaded(docker: Docker, say: Callable[[str], None]) -> dict[str, str]:
    """Build what has changed and load what is new; gives the reference of each service.

    Raises:
        BuildError: a build, an export or a load failed; the builder's own output is on the terminal.
    """
    checkout = _checkout()
    digests = _build(checkout)
    references = {service: reference(service, digests[service]) for service in SERVICES}
    missing = {
        service: name
        for service, name in references.items()
        if docker.run("image", "inspect", name, check=False).returncode != 0
    }

    def load(service: str) -> None:
        _load(docker, service, missing[service], checkout)
        say(f"{service:<8} loaded  {digests[service][:19]}")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(load, missing))
    for name in references.values():
        _forget_others(docker, name)
    _LAST.parent.mkdir(parents=True, exist_ok=True)
    _LAST.write_text(json.dumps(references))
    return references


def last() -> dict[str, str]:
    """The references that were loaded last, whatever the sources are now.

    Raises:
        BuildError: nothing was loaded yet.
    """
    try:
        found: dict[str, str] = json.loads(_LAST.read_text())
    except (OSError, ValueError) as error:
        raise BuildError(f"{_LAST}: no images were loaded yet; leave --no-build out") from error
    return found


def reference(service: str, digest: str) -> str:
    """The local name of an image; its tag is the digest, so one that is there need not be loaded again."""
    return f"slipway.local/{service}:{digest.removeprefix('sha256:')}"


def _checkout() -> list[str]:
    """The options for commit and time, as `make build` gives them: with others the digest would be another."""
    commit = _git("rev-parse", "--verify", "--quiet", "HEAD")
    time = _git("show", "--no-patch", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd", "HEAD")
    return ["--commit", commit, "--commit-time", time]


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ("git", *words), cwd=REPOSITORY, capture_output=True, text=True, check=False,
            env={**os.environ, "TZ": "UTC"},
        )  # fmt: skip
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def _build(checkout: list[str]) -> dict[str, str]:
    table = json.loads(_slipway("call", "--json", *checkout, "build"))
    found = dict(re.findall(r"^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\b", table, re.MULTILINE))
    if missing := [service for service in SERVICES if service not in found]:
        raise BuildError(f"slipway call build: no digest for {', '.join(missing)} in its table:\n{table}")
    return found


def _load(docker: Docker, service: str, name: str, checkout: list[str]) -> None:
    STATE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-", dir=STATE) as folder:
        made, loadable = Path(folder) / "oci.tar", Path(folder) / "docker.tar"
        _slipway("--silent", "call", "--output", str(made), *checkout, "image", "--service", service)
        # Docker before 25 does not load an OCI archive.
        done = subprocess.run(
            ("skopeo", "copy", "--quiet", f"oci-archive:{made}", f"docker-archive:{loadable}:{name}"),
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            raise BuildError(f"skopeo copy of {service}: exit code {done.returncode}\n{done.stderr.strip()}")
        made.unlink()
        docker.run("load", "--quiet", "--input", str(loadable))


def _forget_others(docker: Docker, name: str) -> None:
    """Remove older images of the same service, those in use excepted: each build would leave its own."""
    repository = name.partition(":")[0]
    listed = docker.run("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository).stdout.split()
    for other in listed:
        if other != name:
            docker.run("image", "rm", other, check=False)


def _slipway(*words: str) -> str:
    process = subprocess.Popen(
        (str(_SLIPWAY), *words), cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        out, _ = process.communicate()
    except BaseException:
        process.terminate()  # it removes its containers
        process.wait()
        raise
    if process.returncode != 0:
        raise BuildError(f"slipway {' '.join(words)}: exit code {process.returncode}; its output is above")
    return out
