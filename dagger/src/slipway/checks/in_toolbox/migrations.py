"""Alembic revisions, read from their files: one line of descent, and nothing that breaks a release.

The release before runs on the new schema until it is replaced, and again after a rollback. So an
upgrade only adds. A step that takes away says in a comment on its line which release no longer
needs it: `# contract: unused since 1.4`.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .report import end, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAKES_AWAY = {
    "drop_column": "drops a column",
    "drop_table": "drops a table",
    "rename_table": "renames a table",
}
_MARK = "# contract:"
_Parents = tuple[str, ...]


def check(root: Path, folder: str) -> Iterator[dict[str, Any]]:
    """The findings of all revisions in a folder."""
    revisions: dict[str, tuple[str, int, _Parents]] = {}
    paths = sorted((root / folder).glob("*.py"))
    for path in paths:
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            yield finding(name, error.lineno or 1, "syntax", f"is not Python: {error.msg}")
            continue
        revision, parents, line = _identity(tree)
        if not revision:
            continue
        if revision in revisions:
            other = revisions[revision][0]
            yield finding(name, line, "twice", f"revision {revision} is also in {other}")
        revisions[revision] = name, line, parents
        yield from in_revision(name, text, tree)
    yield from _descent(revisions)


def _identity(tree: ast.Module) -> tuple[str, _Parents, int]:
    values: dict[str, Any] = {}
    line = 1
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant | ast.Tuple):
                values[target.id] = ast.literal_eval(value)
                line = node.lineno if target.id == "revision" else line
    parents = values.get("down_revision") or ()
    return values.get("revision", ""), (parents,) if isinstance(parents, str) else parents, line


def _descent(revisions: dict[str, tuple[str, int, _Parents]]) -> Iterator[dict[str, Any]]:
    followed = {parent for _, _, parents in revisions.values() for parent in parents}
    heads = [revision for revision in revisions if revision not in followed]
    roots = [revision for revision, (_, _, parents) in revisions.items() if not parents]
    for revision, (name, line, parents) in revisions.items():
        for parent in parents:
            if parent not in revisions:
                yield finding(name, line, "lost", f"follows {parent}, which is not there")
        if len(heads) > 1 and revision in heads:
            message = f"{revision} is one of {len(heads)} heads: `alembic merge heads`"
            yield finding(name, line, "heads", message)
        if len(roots) > 1 and revision in roots:
            yield finding(name, line, "roots", f"{revision} is one of {len(roots)} beginnings")


def in_revision(name: str, text: str, tree: ast.Module) -> Iterator[dict[str, Any]]:
    """What a revision's upgrade would break, and a downgrade that is not there."""
    lines = text.splitlines()
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "downgrade" not in functions:
        yield finding(name, 1, "no-downgrade", "has no downgrade: a rollback could not undo it")
    upgrade = functions.get("upgrade")
    for node in ast.walk(upgrade) if upgrade else ():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        said = _breaks(node.func.attr, {word.arg: word.value for word in node.keywords})
        last = node.end_lineno or node.lineno
        if said and not any(_MARK in line for line in lines[node.lineno - 1 : last]):
            message = (
                f"{said}, which the running release may still use: expand first, then contract"
            )
            yield finding(name, node.lineno, "contract", message)


def _breaks(operation: str, words: dict[str | None, ast.expr]) -> str:
    if operation in _TAKES_AWAY:
        return _TAKES_AWAY[operation]
    if operation == "alter_column":
        nullable = words.get("nullable")
        if "new_column_name" in words:
            return "renames a column"
        if "type_" in words:
            return "changes the type of a column"
        if isinstance(nullable, ast.Constant) and nullable.value is False:
            return "makes a column required"
    return ""


if __name__ == "__main__":
    end(check(Path(sys.argv[1]), sys.argv[2]))
