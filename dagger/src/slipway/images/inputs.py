"""Which files a build or a check may see, as include and exclude patterns of the repository.

A build gets an allow-list: what its kind needs and what `include` adds. So a changed README, a
test or another service never rebuilds an image, and no key, `.env` or `.git` can end up in one.
A check sees the whole folder of its service, because a linter's settings can be anywhere in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway.config import Config, Dockerfile, Node, Postgres, PythonUv, Service

# Kept out of everything. id_* would also hide sources such as id_card.py. Wherever both lists are
# used, this one goes first: behind its exception a walk may not skip the folders of the other.
SECRETS = (
    "**/.env",
    "**/.env.*",
    "**/.netrc",
    "**/.pypirc",
    "**/id_rsa*",
    "**/id_dsa*",
    "**/id_ecdsa*",
    "**/id_ed25519*",
    "**/*.pem",
    "**/*.key",
    "**/*.p12",
    "**/*.pfx",
    "!**/.env.example",
)

# Made on this machine, and made again by the build.
MADE_HERE = (
    "**/.venv",
    "**/.slipway",
    "**/node_modules",
    "**/.next",
    "**/__pycache__",
    "**/*.pyc",
    "**/*.egg-info",
    "**/*.tsbuildinfo",
    "**/.*_cache",
    "**/.coverage",
)
LEFTOVERS = ("**/.git", *MADE_HERE)

_TESTS = (
    "**/tests",
    "**/__tests__",
    "**/test_*.py",
    "**/*_test.py",
    "**/conftest.py",
    "**/*.test.*",
    "**/*.spec.*",
)

_NODE_SOURCES = (
    "package.json",
    "*.config.*",
    "tsconfig*.json",
    "src/**",
    "app/**",
    "pages/**",
    "components/**",
    "lib/**",
    "styles/**",
    "public/**",
    "*.js",
    "*.mjs",
    "*.cjs",
    "*.ts",
)

LOCKS = {"node-pnpm": "pnpm-lock.yaml", "node-npm": "package-lock.json", "python-uv": "uv.lock"}


@dataclass(frozen=True)
class Inputs:
    """Patterns in the words of `Directory.filter`; an empty include means everything."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = (*SECRETS, *LEFTOVERS)


def is_left_out(path: str, patterns: Iterable[str]) -> bool:
    """Whether `**/name` patterns leave out a path, by itself or with a folder above; the last wins.

    >>> is_left_out("api/.env", SECRETS), is_left_out(".env.example", SECRETS)
    (True, False)
    """
    parts = PurePosixPath(path).parts
    left_out = False
    for pattern in patterns:
        name = pattern.removeprefix("!").removeprefix("**/")
        if any(fnmatchcase(part, name) for part in parts):
            left_out = not pattern.startswith("!")
    return left_out


def below(path: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns of a folder as patterns of the repository."""
    return tuple(patterns) if path == "." else tuple(f"{path}/{pattern}" for pattern in patterns)


def python_lock(path: str) -> Inputs:
    """What `uv sync` needs to install the dependencies."""
    return Inputs(below(path, ("pyproject.toml", "uv.lock")))


def python_sources(service: PythonUv, modules: tuple[str, ...]) -> Inputs:
    """The lock, the package, and the packages it depends on by path."""
    flat = tuple(f"{module}/**" for module in modules)
    own = ("pyproject.toml", "uv.lock", "LICENSE*", "*.py", "src/**", *flat, *service.include)
    paths = below(service.path, own)
    for package in service.packages:
        paths += below(package, ("pyproject.toml", "LICENSE*", "src/**"))
    return Inputs(paths, (*SECRETS, *LEFTOVERS, *_TESTS))


def node_lock(kind: str) -> Inputs:
    """What the package manager needs to install; relative to the service's own folder."""
    return Inputs(
        (
            "package.json",
            LOCKS[kind],
            "pnpm-workspace.yaml",
            ".npmrc",
            ".pnpmfile.cjs",
            "patches/**",
        )
    )


def node_sources(service: Node) -> Inputs:
    """What the build script needs; relative to the service's own folder."""
    return Inputs((*_NODE_SOURCES, *service.include), (*SECRETS, *LEFTOVERS, *_TESTS))


def postgres_sources(service: Postgres) -> Inputs:
    """The init scripts; relative to the service's own folder."""
    return Inputs(("init/**", *service.include))


def dockerfile_sources(service: Dockerfile) -> Inputs:
    """The build context, for which the Dockerfile's own .dockerignore is the finer sieve."""
    return Inputs(service.include, (*SECRETS, *LEFTOVERS))


def check_sources(config: Config, service: Service, packages: Iterable[str]) -> Inputs:
    """The whole folder of a service and of its packages, without the other services."""
    if service.path == ".":
        others = {other.path for other in config.services.values()} - {".", *packages}
        return Inputs((), (*SECRETS, *LEFTOVERS, *sorted(others)))
    return Inputs(below(service.path, ("**",)) + tuple(f"{p}/**" for p in packages))
