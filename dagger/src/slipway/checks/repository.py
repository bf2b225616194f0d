"""The checks of the repository as a whole: their program, and the files that it has to see."""

from __future__ import annotations

from dataclasses import dataclass

from slipway.checks.commands import Command
from slipway.images.inputs import LOCKS

IGNORES = "**/.gitignore"


@dataclass(frozen=True)
class Program:
    """A program of the toolbox: what it is shown as, and the files it looks at; none is all."""

    shown: str
    include: tuple[str, ...] = ()


PROGRAMS = {
    "compose": Program(
        "compose-spec schema, slipway's rules",
        ("**/*compose*.yaml", "**/*compose*.yml", IGNORES),
    ),
    "shell": Program("shellcheck"),
    "dockerfiles": Program(
        "hadolint", ("**/*ockerfile*", "**/*ontainerfile*", ".hadolint.yaml", IGNORES)
    ),
    "workflows": Program("schemas, actionlint, zizmor, slipway's rules", (".github/**",)),
    "secrets": Program("slipway's rules"),
}
REPOSITORY_CHECKS = (*PROGRAMS, "migrations")


def command(check: str, *arguments: str) -> Command:
    """The command of a program, on the files in /src."""
    return Command(("python", "-m", f"in_toolbox.{check}", "/src", *arguments), "toolbox")


def lock_of(kind: str, path: str) -> str:
    """The lock of a service; of a kind without one it is that of its tests."""
    name = LOCKS.get(kind, LOCKS["python-uv"])
    return name if path == "." else f"{path}/{name}"
