"""The shape of `slipway.toml`.

A service has a kind, and only what differs from the kind's defaults needs to be written.
"""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from slipway.config.fields import (
    HealthPath,
    Line,
    NumericUser,
    Pattern,
    Platform,
    Port,
    ProjectName,
    RelativePath,
    ServiceName,
    Variables,
    WebAddress,
    Words,
)
from slipway.config.templates import (
    BranchTemplate,
    CommitTemplate,
    PullRequestTemplate,
    VersionTemplate,
)
from slipway.errors import InputError

FILE = "slipway.toml"

_REFERENCE = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Table(BaseModel):
    """A table of the file: frozen, without unknown keys, its keys written with hyphens."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, alias_generator=_kebab
    )

    @classmethod
    def keys(cls) -> list[str]:
        """The keys that may be written in this table."""
        names = (field.alias or name for name, field in cls.model_fields.items())
        return sorted(name for name in names if not (issubclass(cls, Service) and name == "name"))


class Project(Table):
    """What all services have in common."""

    name: ProjectName
    image: str
    source: WebAddress = ""
    url: WebAddress = ""
    documentation: WebAddress = ""
    licenses: Line = ""
    vendor: Line = ""
    authors: Line = ""
    default_branch: Line = ""

    @field_validator("image")
    @classmethod
    def _template(cls, text: str) -> str:
        names = _PLACEHOLDER.findall(text)
        if set(names) - {"project", "service"} or "service" not in names:
            raise ValueError('should hold "{service}", and otherwise only "{project}"')
        if not _REFERENCE.fullmatch(_PLACEHOLDER.sub("x", text)):
            raise ValueError('should be in lower case, as in "ghcr.io/owner/{project}-{service}"')
        return text

    def reference(self, service: str, registry: str = "") -> str:
        """The image of a service, without a tag, as in `ghcr.io/owner/shop-api`.

        A `registry`, as in `localhost:5000`, takes the place of the configured one.
        """
        name = self.image.replace("{project}", self.name).replace("{service}", service)
        return f"{registry}/{name.partition('/')[2]}" if registry else name


class Tags(Table):
    """How images are tagged: docs/tags.md."""

    branch: BranchTemplate = "{branch}"
    sha: CommitTemplate = "sha-{sha}"
    sha_length: Literal[7, 40] = 7
    versions: tuple[VersionTemplate, ...] = ("{version}",)
    pull_request: PullRequestTemplate | None = None
    latest: tuple[Literal["default-branch", "stable-versions"], ...] = ("default-branch",)


class Publish(Table):
    """What publishing does: docs/publishing.md."""

    gate: tuple[Literal["lint", "format", "types", "test", "locks", "audit"], ...] = (
        "lint",
        "format",
        "types",
        "test",
    )
    release: ServiceName = "release"
    files: tuple[Pattern, ...] = (FILE, "compose/*.yaml")
    migrations: RelativePath | None = None
    platforms: tuple[Platform, ...] = ()


class Tests(Table):
    """How the tests of a service are run."""

    with_: tuple[str, ...] = Field((), alias="with")
    env: Variables = {}
    packages: tuple[RelativePath, ...] = ()


class AsService(Table):
    """How a service is started for the tests of another one."""

    env: Variables = {}


class Service(Table):
    """What every kind of service has."""

    name: str
    kind: str
    path: RelativePath
    description: Line = ""
    port: Port | None = None
    env: Variables = {}
    user: NumericUser | None = "1000:1000"
    platform: Platform = ""
    include: tuple[Pattern, ...] = ()
    test: Tests = Tests()
    as_service: AsService = AsService()

    @property
    def module(self) -> str:
        """The name as Python would write it."""
        return self.name.replace("-", "_")


class _Probed(Service):
    """A service whose health is one HTTP request away."""

    health: HealthPath = "/healthz"
    health_port: Port | None = None
    entrypoint: Words = ()
    command: Words = ()

    @model_validator(mode="after")
    def _health_has_a_port(self) -> Self:
        if self.health != "none" and not (self.health_port or self.port):
            raise ValueError(
                'a health check needs a port: set port, health-port or health = "none"'
            )
        return self


class PythonUv(_Probed):
    """A Python project that is locked by uv."""

    kind: Literal["python-uv"]
    base: Line = ""
    packages: tuple[RelativePath, ...] = ()


class Node(_Probed):
    """A Node.js project that is locked by pnpm or npm."""

    kind: Literal["node-pnpm", "node-npm"]
    base: Line = ""
    output: Literal["standalone", "app"] = "standalone"


class Postgres(Service):
    """PostgreSQL with scripts that run when a database is first made."""

    kind: Literal["postgres"]
    base: Line = ""
    port: Port | None = 5432
    user: NumericUser | None = "999:999"


class Dockerfile(Service):
    """Whatever a Dockerfile makes; its own user, entry point and health check are kept."""

    kind: Literal["dockerfile"]
    user: NumericUser | None = None
    dockerfile: RelativePath = "Dockerfile"
    target: Line = ""
    build_args: Variables = {}


KINDS: dict[str, type[Service]] = {
    "dockerfile": Dockerfile,
    "node-npm": Node,
    "node-pnpm": Node,
    "postgres": Postgres,
    "python-uv": PythonUv,
}


class Config(Table):
    """A whole `slipway.toml`."""

    project: Project
    services: dict[str, Service]
    tags: Tags = Tags()
    publish: Publish = Publish()

    def select(self, names: list[str] | None) -> list[Service]:
        """The named services, or all; in the order of the file.

        Raises:
            InputError: a name that is not there; the message lists those that are.

        """
        wanted = list(self.services) if names is None else names
        unknown = sorted(set(wanted) - set(self.services))
        if unknown:
            there = ", ".join(sorted(self.services))
            word = "service" if len(unknown) == 1 else "services"
            raise InputError(f"unknown {word}: {', '.join(unknown)}; slipway.toml has: {there}")
        return [service for name, service in self.services.items() if name in wanted]
