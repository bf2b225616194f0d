"""User defaults from `.env`: beside dagger.json `PUBLISH_TAG=…`, in a folder above it `MODULE_PUBLISH_TAG=…`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.cli.names import plain
from slipway_engine.module.source import ModuleSource

_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Default:
    """A value, the name it has in the file, and the file's folder (where its relative paths start)."""

    value: str
    name: str
    folder: Path


class UserDefaults:
    """The defaults of one module's main object."""

    def __init__(self, module: ModuleSource) -> None:
        self._found: dict[str, Default] = {}
        prefix = plain(module.name)
        above = next((folder for folder in module.root.parents if (folder / ".env").is_file()), None)
        if above is not None and _may_look(above, module):
            for key, default in _read(above).items():
                if key.startswith(prefix) and key != prefix:
                    self._found[key.removeprefix(prefix)] = default
        for key, default in _read(module.root).items():
            self._found[key] = default
            if key.startswith(prefix) and key != prefix:
                self._found.setdefault(key.removeprefix(prefix), default)

    def get(self, function: str, argument: str) -> Default | None:
        """The default of an argument; an empty `function` is the constructor."""
        return self._found.get(plain(function) + plain(argument))


def parse(text: str) -> dict[str, str]:
    """The variables of a `.env` file: comments, quotes, `export`, and `$NAME` of earlier lines or the environment."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        name, value = match.groups()
        quote = value[:1] if value[:1] in ("'", '"') else ""
        end = value.find(quote, 1) if quote else -1
        value = value[1:end] if end > 0 else re.split(r"\s+#", value, maxsplit=1)[0]
        found[name] = value if quote == "'" else _expand(value, found)
    return found


def _expand(value: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: _lookup(match.group(1) or match.group(2), known), value)


def _lookup(name: str, known: dict[str, str]) -> str:
    return known.get(name, os.environ.get(name, ""))


def _may_look(folder: Path, module: ModuleSource) -> bool:
    """Within the repository, or one folder above the module."""
    return folder.is_relative_to(module.context) or folder == module.root.parent


def _read(folder: Path) -> dict[str, Default]:
    try:
        text = (folder / ".env").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {plain(name): Default(value, name, folder) for name, value in parse(text).items()}
