"""Dockerfiles: hadolint, which also lints the shell in them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .report import call, end, finding
from .tree import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(
    r"(^|/)((Docker|Container)file(\.[\w.-]+)?|[\w.-]+\.([Dd]ocker|[Cc]ontainer)file)$"
)


def check(root: Path) -> Iterator[dict[str, Any]]:
    """What hadolint says, from warnings up."""
    names = [
        name for name in files(root) if _NAME.search(name) and not name.endswith(".dockerignore")
    ]
    if not names:
        return
    command = ["hadolint", "--format=json", "--failure-threshold=warning", *names]
    for item in json.loads(call(command, root)):
        if item["level"] in {"error", "warning"}:
            place = item["file"], item["line"]
            yield finding(*place, item["code"], item["message"], item["column"])


if __name__ == "__main__":
    end(check(Path(sys.argv[1])))
