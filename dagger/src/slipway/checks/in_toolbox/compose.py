"""Compose files: the schema of the specification, and the faults that it lets pass."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .compose_lint import lint
from .documents import Document, by_schema, load
from .report import end, finding
from .tree import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"(docker-)?compose([.-][\w.-]+)?\.ya?ml$")


def check(root: Path) -> Iterator[dict[str, Any]]:
    """The findings of every compose file; those of one folder belong together."""
    folders: dict[str, list[Document]] = {}
    for name in files(root):
        folder, _, file = name.rpartition("/")
        if not _NAME.fullmatch(file):
            continue
        loaded = load(root, root / name)
        if isinstance(loaded, Document):
            folders.setdefault(folder, []).append(loaded)
        else:
            yield loaded
    yield from by_schema(
        root, "vendor.compose-spec", [d for all_ in folders.values() for d in all_]
    )
    for documents in folders.values():
        by_name = {document.name: document for document in documents}
        for fault in lint({name: document.data for name, document in by_name.items()}):
            line = by_name[fault.file].line(fault.key)
            yield finding(fault.file, line, fault.rule, fault.message)


if __name__ == "__main__":
    end(check(Path(sys.argv[1])))
