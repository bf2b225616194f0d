"""Which commands a check consists of; a service without the tool has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipway.images.manifests import NodeManifest, PythonManifest

_NODE_SCRIPTS = {
    "lint": ("lint", "format:check"),
    "types": ("types", "typecheck"),
    "test": ("test",),
}


def python_commands(check: str, manifest: PythonManifest) -> list[tuple[str, ...]]:
    """The commands of a Python project whose dependency groups name the tool."""
    mypy = ("mypy",) if manifest.mypy_targets else ("mypy", ".")
    commands: dict[str, list[tuple[str, ...]]] = {
        "lint": [("ruff", "check", "."), ("ruff", "format", "--check", ".")],
        "types": [mypy],
        "test": [("pytest",)],
    }
    return [command for command in commands[check] if command[0] in manifest.tools]


def node_commands(check: str, manager: str, manifest: NodeManifest) -> list[tuple[str, ...]]:
    """The scripts of a Node.js project that go by the usual names."""
    present = [script for script in _NODE_SCRIPTS[check] if script in manifest.scripts]
    return [(manager, "run", script) for script in present]
