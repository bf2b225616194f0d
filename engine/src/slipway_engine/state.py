"""The values behind the API's object types. All are immutable; a change makes a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from slipway_engine.store.layers import Chain
from slipway_engine.store.tree import Entry
from slipway_engine.values import Ref, digest_of


@dataclass(frozen=True, slots=True)
class Health:
    """A health check as Docker has it; durations as Go writes them (`10s`)."""

    args: tuple[str, ...]
    shell: bool = False
    interval: str = ""
    timeout: str = ""
    start_period: str = ""
    start_interval: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Port:
    """An exposed port."""

    port: int
    protocol: str = "TCP"
    description: str | None = None
    experimental_skip_healthcheck: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """What an image says about running it."""

    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    user: str = ""
    workdir: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    ports: tuple[Port, ...] = ()
    volumes: tuple[str, ...] = ()
    stop_signal: str = ""
    health: Health | None = None

    def variable(self, name: str) -> str | None:
        """An environment variable's value."""
        return dict(self.env).get(name)


@dataclass(frozen=True, slots=True)
class File:
    """A file: its base name and its entry. `key` names the content."""

    name: str
    entry: Entry
    recipe: str = ""

    @property
    def key(self) -> str:
        """Names the file: its name and content, or its recipe where the content is not known."""
        identity = self.entry.identity()
        return digest_of(["file", self.name, identity or self.recipe])


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret without its value: the engine keeps that in memory under `key` (a keyed hash), or reads it from `uri`."""

    name: str
    uri: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """A cache volume: `key` is the name the pipeline gave it."""

    key: str
    sharing: str = "SHARED"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """Something mounted while commands run, and not part of the image."""

    kind: Literal["directory", "file", "cache", "secret", "temp", "socket"]
    path: str
    chain: Chain = ()
    file: File | None = None
    volume: Volume | None = None
    secret: Secret | None = None
    socket: str = ""
    owner: str = ""
    mode: int = 0o400
    size: int = 0
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last command left behind; `folder` holds stdout and stderr."""

    folder: str
    exit_code: int
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Auth:
    """Credentials for a registry."""

    address: str
    username: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Container:
    """A file system as a chain of layers, what an image says, and what is only there while commands run."""

    platform: str
    chain: Chain = ()
    config: Config = field(default_factory=Config)
    mounts: tuple[Mount, ...] = ()
    secret_env: tuple[tuple[str, Secret], ...] = ()
    volatile_env: tuple[tuple[str, str], ...] = ()
    bindings: tuple[tuple[str, Ref], ...] = ()
    auth: tuple[Auth, ...] = ()
    outcome: Outcome | None = None
    image_ref: str = ""
    bootstrapped: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A container that stays up while something uses it; `key` names what was made into a service."""

    key: str

    container: Container
    args: tuple[str, ...]
    hostname: str
    privileged: bool = False
