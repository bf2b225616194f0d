"""The packages of a lock, each with its line: uv.lock, pnpm-lock.yaml, package-lock.json."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PNPM = re.compile(r"^  '?(?P<name>@?[^@'\s]+)@(?P<version>\d[^('\s:]*)[^:]*'?:")
_UV = re.compile(r'^name = "(?P<name>[^"]+)"$')
_HELD_HERE = ("editable", "virtual", "directory", "path", "workspace")


@dataclass(frozen=True)
class Package:
    """A package from a registry, in the words of OSV; `line` is where the lock names it."""

    ecosystem: str
    name: str
    version: str
    path: str
    line: int


def packages(path: str, text: str) -> Iterator[Package]:
    """Every package of a lock; `path` tells which kind it is.

    Raises:
        ValueError: the file is no lock that is known, or is damaged.

    """
    file = path.rpartition("/")[2]
    if file == "uv.lock":
        yield from _uv(path, text)
    elif file == "pnpm-lock.yaml":
        yield from _pnpm(path, text)
    elif file == "package-lock.json":
        yield from _npm(path, text)
    else:
        raise ValueError(f"{path}: is no lock of uv, pnpm or npm")


def _uv(path: str, text: str) -> Iterator[Package]:
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _UV.match(line):
            lines.setdefault(match["name"], number)
    for package in tomllib.loads(text).get("package", []):
        if "version" in package and not set(_HELD_HERE) & package.get("source", {}).keys():
            name = package["name"]
            yield Package("PyPI", name, package["version"], path, lines.get(name, 1))


def _pnpm(path: str, text: str) -> Iterator[Package]:
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith((" ", "#")):
            inside = line == "packages:"
        elif inside and (match := _PNPM.match(line)):
            yield Package("npm", match["name"], match["version"], path, number)


def _npm(path: str, text: str) -> Iterator[Package]:
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        lines.setdefault(line.strip().removesuffix(": {").strip('"'), number)
    for key, entry in json.loads(text).get("packages", {}).items():
        _, found, name = key.rpartition("node_modules/")
        if found and "version" in entry and not entry.get("link"):
            name = entry.get("name", name)
            yield Package("npm", name, entry["version"], path, lines.get(key, 1))
