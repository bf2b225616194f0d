"""YAML with the place of every value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .report import call, finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = tuple[str | int, ...]
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]")


@dataclass(frozen=True)
class Document:
    """A file's content as plain values, and the line of each by its path of keys."""

    name: str
    data: Any
    lines: dict[Key, int]

    def line(self, key: Key) -> int:
        """The line of a value, or of the nearest one around it."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


def load(root: Path, path: Path) -> Document | dict[str, Any]:
    """A document, or the finding that it is not YAML."""
    import yaml  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415  # only the toolbox has it

    name = path.relative_to(root).as_posix()
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        return finding(name, mark.line + 1 if mark else 1, "syntax", f"is not YAML: {said}")
    lines: dict[Key, int] = {}
    return Document(name, _plain(node, (), lines), lines)


def _plain(node: Any, key: Key, lines: dict[Key, int]) -> Any:  # noqa: ANN401  # a node of any kind
    if node is None:
        return None
    lines.setdefault(key, node.start_mark.line + 1)
    if node.id == "mapping":
        values: dict[str, Any] = {}
        for name, value in node.value:
            if name.value == "<<":
                merged = _plain(value, (*key, "<<"), lines)
                for each in merged if isinstance(merged, list) else [merged]:
                    values = {**each, **values}
                continue
            # The key's own line, where a reader looks; and its text as written: `on` is no boolean.
            lines[*key, name.value] = name.start_mark.line + 1
            values[name.value] = _plain(value, (*key, name.value), lines)
        return values
    if node.id == "sequence":
        return [_plain(value, (*key, i), lines) for i, value in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: Any) -> Any:  # noqa: ANN401  # same
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() in {"true", "yes", "on"}
    if kind == "int" and node.value.lstrip("+-").isdigit():
        return int(node.value)
    return node.value


def by_schema(root: Path, schema: str, documents: list[Document]) -> Iterator[dict[str, Any]]:
    """The findings of a schema that check-jsonschema carries."""
    if not documents:
        return
    names = [document.name for document in documents]
    command = ["check-jsonschema", "--builtin-schema", schema, "--output-format", "json"]
    answer = json.loads(call([*command, *names], root))
    by_name = {document.name: document for document in documents}
    for error in answer.get("errors", []):
        document = by_name[error["filename"].removeprefix("./")]
        best = error.get("best_match") or error
        key = _key(best.get("path", "$"))
        where = ".".join(map(str, key)) or "the file"
        yield finding(document.name, document.line(key), "schema", f"{where}: {best['message']}")
    for error in answer.get("parse_errors", []):
        yield finding(error["filename"], 1, "syntax", error["message"])


def _key(path: str) -> Key:
    steps = _STEP.findall(path)
    return tuple(int(index) if index else name or quoted for name, index, quoted in steps)
