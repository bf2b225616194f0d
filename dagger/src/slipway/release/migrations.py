"""The newest migration of an Alembic folder, read from its files; nothing is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from slipway.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


def head(files: Mapping[str, str]) -> str | None:
    r"""The revision that no other one follows; `None` without any. `files` is text by path.

    >>> head({"1.py": 'revision = "0001"\ndown_revision = None'})
    '0001'

    Raises:
        ConfigError: a file is no Python, or there are several heads.

    """
    revisions: dict[str, str] = {}
    followed: set[str] = set()
    for path, text in files.items():
        values = _values(path, text)
        if isinstance(name := values.get("revision"), str):
            revisions[name] = path
            followed |= set(_names(values.get("down_revision")))
    heads = sorted(set(revisions) - followed)
    if len(heads) > 1:
        raise ConfigError(
            f"{revisions[name]}: revision {name} is one of {len(heads)} heads; merge them with "
            "`alembic merge heads`"
            for name in heads
        )
    return heads[0] if heads else None


def _values(path: str, text: str) -> dict[str, object]:
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise ConfigError([f"{path}: line {error.lineno} is not Python"]) from None
    values: dict[str, object] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}:
                try:
                    values[target.id] = ast.literal_eval(value)
                except ValueError:
                    problem = f"{path}: {target.id} should be a plain string"
                    raise ConfigError([problem]) from None
    return values


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [name for name in value if isinstance(name, str)] if isinstance(value, tuple) else []
