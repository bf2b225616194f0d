"""The tree that is built: a copy of the repository, and the changes that the cases make to it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from contenders import REPOSITORY
from processes import BenchError, run

_LINE = "services/api/src/api/app.py"
_TITLE = re.compile(r'FastAPI\(title="[^"]*"')
_PROJECT = "services/bot/pyproject.toml"
# Small, without dependencies of their own, and used by no service: each run adds another one.
_ADDED = ("humanize", "tomlkit", "tabulate", "sortedcontainers", "wcwidth", "colorama", "toolz", "xxhash")


def copy(target: Path) -> None:
    """Copy what git knows and what it does not ignore."""
    shutil.rmtree(target, ignore_errors=True)
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], folder=REPOSITORY)
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)
    # The module's sources end here, whatever lies above.
    (target / ".git").mkdir()


def change_line(tree: Path, number: int) -> None:
    """Change one line of api's source."""
    path = tree / _LINE
    before = path.read_text(encoding="utf-8")
    after, count = _TITLE.subn(f'FastAPI(title="Statistics {number}"', before)
    if count != 1 or after == before:
        msg = f"{_LINE}: the line to change is not there any more; adapt tests/bench/workspace.py"
        raise BenchError(msg)
    path.write_text(after, encoding="utf-8")


def add_dependency(tree: Path, number: int) -> None:
    """Add one dependency to bot and lock it; takes the network, so not while anything is measured."""
    name = _ADDED[number % len(_ADDED)]
    uv = REPOSITORY / ".slipway" / "uv" / "bin" / "uv"
    found = str(uv) if uv.exists() else shutil.which("uv")
    if found is None:
        msg = "uv is not installed: run `make setup`"
        raise BenchError(msg)
    env = {"UV_SYSTEM_CERTS": "1", "UV_CACHE_DIR": str(tree.parent / "uv-cache"), "VIRTUAL_ENV": ""}
    run([found, "add", "--quiet", "--no-sync", name], folder=tree / Path(_PROJECT).parent, env=env)
    shutil.rmtree(tree / Path(_PROJECT).parent / ".venv", ignore_errors=True)


def check_bases(references: set[str]) -> None:
    """Refuse to compare images that stand on different bases."""
    folder = Path(__file__).parent
    for path in sorted(folder.glob("*.Dockerfile")):
        named = set(re.findall(r"^FROM (\S*/\S+)|--from=(\S*/\S+:\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        other = {a or b for a, b in named} - references
        if other:
            msg = f"{os.path.relpath(path, REPOSITORY)}: {', '.join(sorted(other))}: the module has another base"
            raise BenchError(msg)
