"""The files that git would take: those that no `.gitignore` names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pathspec import GitIgnoreSpec  # type: ignore[import-not-found,unused-ignore]  # only the toolbox has it


def files(root: Path) -> Iterator[str]:
    """Their names below the root, sorted; symbolic links are left out."""
    yield from _walk(root, "", [])


def _walk(root: Path, folder: str, above: list[tuple[str, GitIgnoreSpec]]) -> Iterator[str]:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  # only the toolbox has it

    ignore = root / folder / ".gitignore"
    rules = above
    if ignore.is_file():
        lines = ignore.read_text(encoding="utf-8", errors="replace").splitlines()
        rules = [*above, (folder, GitIgnoreSpec.from_lines(lines))]
    with os.scandir(root / folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{folder}{entry.name}"
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name == ".git" or _is_ignored(f"{name}/" if is_folder else name, rules):
            continue
        if is_folder:
            yield from _walk(root, f"{name}/", rules)
        elif entry.is_file(follow_symlinks=False):
            yield name


def _is_ignored(name: str, rules: list[tuple[str, GitIgnoreSpec]]) -> bool:
    """The nearest file with a rule about the name decides."""
    for folder, spec in reversed(rules):
        said = spec.check_file(name.removeprefix(folder)).include
        if said is not None:
            return bool(said)
    return False
