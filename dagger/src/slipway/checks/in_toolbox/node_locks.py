"""Whether a lock of pnpm or npm fits its package.json, as a frozen install would ask; offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .documents import Document, load
from .report import end, fail, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


def check(root: Path, folder: str) -> Iterator[dict[str, Any]]:
    """The dependencies that manifest and lock do not agree about, at the manifest's line."""
    manifest_path = root / folder / "package.json"
    manifest = _document(root, manifest_path)
    pnpm, npm = root / folder / "pnpm-lock.yaml", root / folder / "package-lock.json"
    if pnpm.is_file():
        lock = _document(root, pnpm)
        importer = (lock.data.get("importers") or {}).get(".") or {}
        locked = {
            group: {name: entry.get("specifier") for name, entry in importer.get(group, {}).items()}
            for group in _GROUPS
        }
        again = "run `pnpm install --lockfile-only`, and commit it"
        yield from _overrides(root, manifest_path.parent, lock, again)
    elif npm.is_file():
        lock = Document(npm.relative_to(root).as_posix(), json.loads(npm.read_text()), {})
        entry = lock.data.get("packages", {}).get("", {})
        locked = {group: entry.get(group, {}) for group in _GROUPS}
        again = "run `npm install --package-lock-only`, and commit it"
    else:
        fail(f"{folder}: there is neither pnpm-lock.yaml nor package-lock.json")
    for group in _GROUPS:
        wanted = manifest.data.get(group) or {}
        for name in sorted({*wanted, *locked[group]}):
            asked, held = wanted.get(name), locked[group].get(name)
            if str(asked) == str(held):
                continue
            line = manifest.line((group, name))
            said = f"{name}: asks for {asked or 'nothing'}, {lock.name} has {held or 'nothing'}"
            yield finding(manifest.name, line, "stale-lock", f"{said}: {again}")


def _overrides(root: Path, folder: Path, lock: Document, again: str) -> Iterator[dict[str, Any]]:
    settings = folder / "pnpm-workspace.yaml"
    if not settings.is_file():
        return
    workspace = _document(root, settings)
    wanted = (workspace.data or {}).get("overrides") or {}
    held = lock.data.get("overrides") or {}
    for name in sorted({*wanted, *held}):
        if str(wanted.get(name)) != str(held.get(name)):
            message = f"overrides/{name} is not what {lock.name} has: {again}"
            line = workspace.line(("overrides", name))
            yield finding(workspace.name, line, "stale-lock", message)


def _document(root: Path, path: Path) -> Document:
    loaded = load(root, path)
    if not isinstance(loaded, Document):
        fail(f"{loaded['path']}:{loaded['line']}: {loaded['message']}")
    return loaded


if __name__ == "__main__":
    end(check(Path(sys.argv[1]), sys.argv[2]))
