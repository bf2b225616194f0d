"""Who signs in: what the pipeline passed for a host, else what `docker login` or `podman login` left on this machine."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.run.secrets import plaintext

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.state import Auth

# A helper may ask its user to unlock something.
_HELPER_SECONDS = 60

_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password or token; the latter is shown nowhere."""

    username: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """Both, as HTTP's Basic scheme has them."""
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


async def passed(engine: Engine, auth: tuple[Auth, ...], host: str) -> Login | None:
    """The login that the pipeline passed for a registry."""
    for entry in auth:
        if _host(entry.address) == host:
            value = (await plaintext(engine, entry.secret)).strip()
            return Login(entry.username, value.decode("utf-8", "surrogateescape"))
    return None


async def of_machine(host: str) -> Login | None:
    """The login that this machine's user has for a registry."""
    for path in _files():
        try:
            kept = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(kept, dict) and (found := await _kept(kept, host)) is not None:
            return found
    return None


def _host(address: str) -> str:
    """`https://index.docker.io/v1/` → `docker.io`; others lose scheme and path."""
    host = address.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return "docker.io" if host in _DOCKER_HUB else host


def _files() -> Iterator[Path]:
    """Where skopeo and podman look, in their order, and docker last."""
    if named := os.environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
        return
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    yield Path(runtime, "containers/auth.json") if runtime else Path(f"/run/containers/{os.geteuid()}/auth.json")
    yield Path.home() / ".config/containers/auth.json"
    yield Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


async def _kept(kept: dict[str, Any], host: str) -> Login | None:
    helpers = {_host(key): str(value) for key, value in (kept.get("credHelpers") or {}).items()}
    helper = helpers.get(host) or kept.get("credsStore")
    if helper and (found := await _helped(str(helper), host)) is not None:
        return found
    for address, row in (kept.get("auths") or {}).items():
        if _host(address) == host and isinstance(row, dict) and row.get("auth"):
            try:
                username, _, password = base64.b64decode(row["auth"], validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                continue
            return Login(username, password.strip("\0"))
    return None


async def _helped(helper: str, host: str) -> Login | None:
    """Ask docker's credential helper; what it says stays in memory."""
    server = "https://index.docker.io/v1/" if host == "docker.io" else host
    try:
        process = await asyncio.create_subprocess_exec(
            f"docker-credential-{helper}", "get",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None
    try:
        async with asyncio.timeout(_HELPER_SECONDS):
            out, _ = await process.communicate(server.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    try:
        row = json.loads(out) if process.returncode == 0 else {}
    except ValueError:
        return None
    username, secret = row.get("Username"), row.get("Secret")
    # "<token>" stands for an identity token, which is no password.
    return Login(username, secret) if username and secret and username != "<token>" else None
