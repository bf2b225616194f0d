"""Shell scripts, by their name or their first line: shellcheck.

One without a first line that says which shell is sourced or given to `sh`, and read as such.
"""

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

_SUFFIXES = (".sh", ".bash")
_SHEBANG = re.compile(rb"#! ?(/usr)?/bin/(env +(-S +)?)?(ba|da|k)?sh\b")


def check(root: Path) -> Iterator[dict[str, Any]]:
    """What shellcheck says of every script."""
    named = {name: _says_which(root / name) for name in files(root)}
    for options, names in (
        ([], [name for name, says in named.items() if says]),
        (["--shell=sh"], [n for n, says in named.items() if not says and n.endswith(_SUFFIXES)]),
    ):
        if not names:
            continue
        command = ["shellcheck", "--format=json1", "--external-sources", *options, *names]
        for item in json.loads(call(command, root))["comments"]:
            rule = f"SC{item['code']}"
            yield finding(item["file"], item["line"], rule, item["message"], item["column"])


def _says_which(path: Path) -> bool:
    if path.suffix and path.suffix not in _SUFFIXES:
        return False
    with path.open("rb") as file:
        return _SHEBANG.match(file.readline(80)) is not None


if __name__ == "__main__":
    end(check(Path(sys.argv[1])))
