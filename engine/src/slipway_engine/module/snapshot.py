"""The module's files: their digest, and a copy in the cache that its processes run from.

Running from a copy keeps bytecode out of the user's tree, and what runs is what the digest names even while
the tree is being edited.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from slipway_engine import API_VERSION, __version__
from slipway_engine.module.errors import ModuleError
from slipway_engine.module.source import ModuleSource
from slipway_engine.store.store import Store

# Never part of a module: environments, caches, and the bindings that `dagger develop` writes for its own engine.
_SKIPPED = frozenset(
    {
        ".git",
        ".venv",
        "__pycache__",
        "node_modules",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "dagger_gen.py",
        ".env",
        ".DS_Store",
    }
)

_MOST = 20_000


def digest(module: ModuleSource) -> str:
    """The content of everything that is part of the module, and the version of what runs it."""
    total = hashlib.sha256(f"{API_VERSION} {__version__} {module.name}\n".encode())
    for relative, path in listing(module):
        info = path.lstat()
        kind = os.readlink(path).encode() if stat.S_ISLNK(info.st_mode) else path.read_bytes()
        total.update(f"{relative}\0{info.st_mode & 0o111:o}\0{hashlib.sha256(kind).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"


def place(store: Store, module: ModuleSource, key: str) -> Path:
    """The copy's source folder, made when it is not there."""
    target = store.path / "modules" / key.removeprefix("sha256:")
    if not target.is_dir():
        made = store.scratch("module")
        for relative, path in listing(module):
            to = made / relative
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, to, follow_symlinks=False)
        store.commit(made, target)
    return target / module.source.relative_to(module.root) if _inside(module) else target


def listing(module: ModuleSource) -> list[tuple[str, Path]]:
    """Relative path and path of every file, sorted."""
    ignored = _ignore_rules(module.source)
    files = {str(path.relative_to(module.root)): path for path in _walk(module.source, module.source, ignored)}
    config = module.root / "dagger.json"
    files["dagger.json"] = config
    for pattern in module.include:
        if pattern.startswith("!"):
            files = {name: path for name, path in files.items() if not fnmatch(name, pattern[1:])}
        else:
            files.update(
                {str(path.relative_to(module.root)): path for path in module.root.glob(pattern) if path.is_file()}
            )
    if len(files) > _MOST:
        msg = f"{module.source}: more than {_MOST} files belong to the module; keep big folders out of it (.gitignore)"
        raise ModuleError(msg)
    return sorted(files.items())


def _walk(root: Path, folder: Path, ignored: list[str]) -> Iterator[Path]:
    with os.scandir(folder) as items:
        listed = sorted(items, key=lambda item: item.name)
    for item in listed:
        path = Path(item.path)
        relative = path.relative_to(root).as_posix()
        if item.name in _SKIPPED or any(fnmatch(relative, rule) or fnmatch(item.name, rule) for rule in ignored):
            continue
        if item.is_dir(follow_symlinks=False):
            yield from _walk(root, path, ignored)
        elif item.is_file(follow_symlinks=False) or item.is_symlink():
            yield path


def _ignore_rules(source: Path) -> list[str]:
    """The plain rules of the source folder's own .gitignore; exceptions (`!`) are not read."""
    try:
        lines = (source / ".gitignore").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    rules = [line.strip() for line in lines]
    return [rule.strip("/").removeprefix("**/") for rule in rules if rule and not rule.startswith(("#", "!"))]


def _inside(module: ModuleSource) -> bool:
    return module.source.is_relative_to(module.root)
