"""Workflows and dependabot's file: their schemas, actionlint, zizmor as auditor, and our rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .documents import Document, by_schema, load
from .report import call, end, finding
from .workflow_rules import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATE = "{{json .}}"


def check(root: Path) -> Iterator[dict[str, Any]]:
    """Everything that is wrong with the files below `.github`."""
    github = root / ".github"
    workflows, dependabot = [], []
    for path in sorted([*github.glob("workflows/*.yml"), *github.glob("workflows/*.yaml")]):
        loaded = load(root, path)
        if isinstance(loaded, Document):
            workflows.append(loaded)
        else:
            yield loaded
    for path in sorted(github.glob("dependabot.y*ml")):
        loaded = load(root, path)
        if isinstance(loaded, Document):
            dependabot.append(loaded)
        else:
            yield loaded
    yield from by_schema(root, "vendor.github-workflows", workflows)
    yield from by_schema(root, "vendor.dependabot", dependabot)
    if workflows:
        names = [document.name for document in workflows]
        yield from _actionlint(root, names)
        for document in workflows:
            for key, rule, message in faults(document.data):
                yield finding(document.name, document.line(key), rule, message)
    if workflows or dependabot:
        yield from _zizmor(root)


def _actionlint(root: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    command = ["actionlint", "-no-color", "-format", _TEMPLATE, *names]
    for item in json.loads(call(command, root) or "[]") or []:
        rule = f"actionlint/{item['kind']}"
        yield finding(item["filepath"], item["line"], rule, item["message"], item["column"])


def _zizmor(root: Path) -> Iterator[dict[str, Any]]:
    command = ["zizmor", "--persona=auditor", "--offline", "--format=json-v1", "--no-exit-codes"]
    for item in json.loads(call([*command, "--no-progress", ".github"], root, (0,))):
        spot = next(place for place in item["locations"] if place["symbolic"]["kind"] == "Primary")
        start = spot["concrete"]["location"]["start_point"]
        path = spot["symbolic"]["key"]["Local"]["verbatim_path"].removeprefix("./")
        said = f"{item['desc']}: {spot['symbolic']['annotation']}"
        rule = f"zizmor/{item['ident']}"
        yield finding(path, start["row"] + 1, rule, said, start["column"] + 1)


if __name__ == "__main__":
    end(check(Path(sys.argv[1])))
