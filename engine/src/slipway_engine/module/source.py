"""Finding a module: its dagger.json, and what of the disk belongs to it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_engine.module.errors import ModuleError

_REMOTE = re.compile(r"^(https?|ssh|git)://|^git@|^github\.com/|@v?\d")


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """A module on disk. `root` holds dagger.json, `source` the code; `context` is as far as arguments may reach."""

    name: str
    root: Path
    source: Path
    context: Path
    include: tuple[str, ...] = ()
    caching: bool = True

    @property
    def main(self) -> str:
        """The main object's name: `ship-it` → `ShipIt`."""
        return "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_. ]+", self.name))

    def locate(self, default_path: str) -> Path:
        """Where a `DefaultPath` is: absolute ones start at the Git root, others at dagger.json's folder."""
        base = self.context if default_path.startswith("/") else self.root
        place = (base / default_path.lstrip("/")).resolve()
        if not place.is_relative_to(self.context):
            msg = (
                f"default path {default_path!r} leaves {self.context}; a module reaches nothing outside its repository"
            )
            raise ModuleError(msg)
        return place


def find(named: str | None, start: Path) -> ModuleSource:
    """The module at `named` (a folder or its dagger.json), else the nearest one at or above `start`."""
    if named is None:
        for folder in (start, *start.parents):
            if (folder / "dagger.json").is_file():
                return _read(folder / "dagger.json")
        msg = f"no dagger.json in {start} or above it; go to the module's folder, or name it with -m PATH"
        raise ModuleError(msg)
    path = (start / named).resolve()
    if path.is_file() and path.name == "dagger.json":
        return _read(path)
    if (path / "dagger.json").is_file():
        return _read(path / "dagger.json")
    if not path.exists() and _REMOTE.search(named):
        msg = f"-m {named}: the embedded engine loads modules from disk only; clone it and give the folder"
        raise ModuleError(msg)
    msg = f"-m {named}: no dagger.json there ({path / 'dagger.json'})"
    raise ModuleError(msg)


def _read(path: Path) -> ModuleSource:
    try:
        config: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON: {error}"
        raise ModuleError(msg) from error
    if not isinstance(config, dict) or not isinstance(config.get("name"), str) or not config["name"]:
        msg = f'{path}: name: should be the module\'s name, as in {{"name": "slipway"}}'
        raise ModuleError(msg)
    sdk = config.get("sdk")
    language = sdk.get("source") if isinstance(sdk, dict) else sdk
    if str(language).partition("@")[0] != "python":
        msg = f"{path}: sdk: the embedded engine runs Python modules, found {language!r}; use a Dagger engine for it"
        raise ModuleError(msg)
    for key in ("dependencies", "toolchains", "blueprint"):
        if config.get(key):
            msg = f"{path}: {key}: not served by the embedded engine; use a Dagger engine (SLIPWAY_ENGINE=dagger)"
            raise ModuleError(msg)
    root = path.parent.resolve()
    source = (root / str(config.get("source") or ".")).resolve()
    if not source.is_dir():
        msg = f"{path}: source: {source} is not a folder"
        raise ModuleError(msg)
    return ModuleSource(
        name=config["name"],
        root=root,
        source=source,
        context=_git_root(root),
        include=tuple(str(item) for item in config.get("include") or ()),
        caching=not config.get("disableDefaultFunctionCaching", False),
    )


def _git_root(root: Path) -> Path:
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
