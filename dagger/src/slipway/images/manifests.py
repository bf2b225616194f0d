"""What `pyproject.toml` and `package.json` say that decides how a service is built and checked."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MANAGER = re.compile(r"(npm|pnpm)@(\d+\.\d+\.\d+[^+\s]*)(\+\S+)?")


@dataclass(frozen=True)
class PythonManifest:
    """A `pyproject.toml`.

    `packaged` tells whether uv installs the project itself; otherwise its files are run where
    they lie. `readme` is a file that the build of the package insists on. `tools` are the packages
    of all dependency groups; `mypy_targets` whether mypy knows by itself what to check.
    """

    name: str
    readme: str
    packaged: bool
    tools: frozenset[str]
    mypy_targets: bool

    @property
    def module(self) -> str:
        """The import package that the name stands for."""
        return re.sub(r"[-_.]+", "_", self.name).lower()


def python_manifest(path: str, text: str) -> PythonManifest:
    """Read a `pyproject.toml`.

    Raises:
        ConfigError: it is not TOML, or its project has no name.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not TOML: {error}"]) from None
    project: dict[str, Any] = data.get("project", {})
    if not isinstance(project.get("name"), str):
        raise ConfigError([f"{path}: project/name: is required"])
    readme = project.get("readme", "")
    if isinstance(readme, dict):
        readme = readme.get("file", "")
    uv: dict[str, Any] = data.get("tool", {}).get("uv", {})
    packaged = bool(uv.get("package", "build-system" in data))
    groups = data.get("dependency-groups", {}).values()
    named = (
        _REQUIREMENT.match(item) for group in groups for item in group if isinstance(item, str)
    )
    tools = frozenset(match[0].lower() for match in named if match)
    mypy: dict[str, Any] = data.get("tool", {}).get("mypy", {})
    targets = bool({"files", "packages", "modules"} & set(mypy))
    return PythonManifest(project["name"], readme, packaged, tools, targets)


@dataclass(frozen=True)
class NodeManifest:
    """A `package.json`: scripts by name, and the version of the package manager ("" for any)."""

    manager_version: str
    scripts: Mapping[str, str]


def node_manifest(path: str, text: str, manager: str) -> NodeManifest:
    """Read a `package.json`.

    Raises:
        ConfigError: it is not JSON; or it pins no version of pnpm, or another package manager.

    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError([f"{path}: is not JSON: {error}"]) from None
    pinned = _MANAGER.fullmatch(data.get("packageManager", ""))
    where = f"{path}: packageManager"
    # npm comes with Node; pnpm has to be installed, and then in one exact version.
    if pinned is None and manager != "npm":
        raise ConfigError([f'{where}: should be exact, as in "{manager}@10.34.8"'])
    if pinned is not None and pinned[1] != manager:
        raise ConfigError([f"{where}: should be {manager}, or the kind node-{pinned[1]}"])
    return NodeManifest(pinned[2] if pinned else "", data.get("scripts", {}))
