"""Reads a revision's SQL and tells what the release before it could not live with.

The old release still runs while the new one's migrations are applied, and again after a
roll-back: what it reads and writes has to stay. Nothing but what expands passes, unless the
revision says since when nobody needs what it takes away:

    contracts = "users.nickname: not read since 0.4, not written since 0.5"
"""

import io
import re
from collections.abc import Sequence

from alembic import command
from alembic.script import Script

from migrate.runner import alembic_config

_BODY = re.compile(r"(\$\$.*?\$\$)", re.DOTALL)
_TEXT_OR_COMMENT = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
# What is dropped without harm: an index is no promise, only speed.
_RULES = (
    (r"\bDROP\s+(?!INDEX\b|NOT\s+NULL\b|DEFAULT\b)", "drops"),
    (r"\bTRUNCATE\b|\bDELETE\s+FROM\b(?!\s+alembic_version\b)", "deletes rows"),
    (r"\bALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+DATA\s+)?TYPE\b", "changes a type"),
    (r"\bRENAME\b", "renames"),
    (r"\bSET\s+NOT\s+NULL\b", "forbids NULL in a column that the release before may leave empty"),
    (r"\bDROP\s+DEFAULT\b", "takes a default away"),
    (r"\bREVOKE\b", "takes a right away"),
)
_ADD_COLUMN = re.compile(r"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b)([^,;]+)", re.IGNORECASE)
_CONSTRAINT = re.compile(r"\bADD\s+CONSTRAINT\b(?![^;]*\bNOT\s+VALID\b)", re.IGNORECASE)
_GENERATED = re.compile(r"\bDEFAULT\b|\bGENERATED\b", re.IGNORECASE)


def upgrade_sql(revision: Script) -> str:
    """Return the statements of one revision, as Alembic writes them without a database."""
    config = alembic_config()
    config.output_buffer = io.StringIO()
    command.upgrade(config, f"{revision.down_revision or 'base'}:{revision.revision}", sql=True)
    return config.output_buffer.getvalue()


def complaints(statements: str) -> Sequence[str]:
    """Return what does not only expand, one line each; none is as it should be.

    Example:
        >>> complaints("ALTER TABLE users DROP COLUMN nickname;")
        ['drops: ALTER TABLE users DROP COLUMN nickname']

    """
    found = []
    for statement in (" ".join(part.split()) for part in _bare(statements).split(";")):
        found += [
            f"{what}: {statement}"
            for pattern, what in _RULES
            if re.search(pattern, statement, re.IGNORECASE)
        ]
        if not re.match(r"ALTER TABLE\b", statement, re.IGNORECASE):
            continue
        if any(
            re.search(r"\bNOT NULL\b", column, re.IGNORECASE) and not _GENERATED.search(column)
            for column in _ADD_COLUMN.findall(statement)
        ):
            found.append(f"adds a column that the release before does not fill: {statement}")
        if _CONSTRAINT.search(statement):
            found.append(f"demands what the release before may not keep: {statement}")
    return found


def _bare(statements: str) -> str:
    """Without comments and texts; those inside a body stay, since it may execute them."""
    return "".join(
        part if part.startswith("$$") else _TEXT_OR_COMMENT.sub(_emptied, part)
        for part in _BODY.split(statements)
    )


def _emptied(found: re.Match[str]) -> str:
    return "''" if found[1] else ""
