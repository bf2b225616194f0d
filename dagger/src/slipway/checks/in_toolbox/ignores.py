"""Advisories that are known and accepted until a day: `security-ignore.toml`.

[[ignore]]
id = "CVE-2026-1234"
package = "jinja2"          # optional: only of this package
until = 2026-12-31          # that day included
reason = "templates are our own"
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

FILE = "security-ignore.toml"
_KEYS = {"id", "package", "until", "reason"}
_REQUIRED = ("id", "until", "reason")


@dataclass(frozen=True)
class Ignored:
    """One accepted advisory."""

    id: str
    until: dt.date
    reason: str
    package: str = ""

    def covers(self, ids: Collection[str], package: str) -> bool:
        """Whether it means an advisory, by any of its names."""
        return self.id in ids and self.package in {"", package}


def parse(text: str) -> tuple[Ignored, ...]:
    """Read the file.

    Raises:
        ValueError: one line for every entry that has not all of its keys, or others.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{FILE}: is not TOML: {error}") from None
    problems = [f"{FILE}: {key}: unknown key; write [[ignore]]" for key in data if key != "ignore"]
    entries = []
    for number, entry in enumerate(data.get("ignore", []), 1):
        if problem := _problem(entry):
            problems.append(f"{FILE}: ignore {number}: {problem}")
        else:
            entries.append(Ignored(**entry))
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(entries)


def _problem(entry: Any) -> str:  # noqa: ANN401  # TOML
    if missing := [key for key in _REQUIRED if not entry.get(key)]:
        return f"{', '.join(missing)}: is required"
    if unknown := sorted(entry.keys() - _KEYS):
        return f"{', '.join(unknown)}: unknown key"
    if type(entry["until"]) is not dt.date:
        return "until: should be a day without quotes, as in 2026-12-31"
    return ""


def verdict(
    ignored: Collection[Ignored], ids: Collection[str], package: str, today: dt.date
) -> tuple[bool, str]:
    """Whether an advisory is accepted today, and what is to be said where it no longer is."""
    meant = [entry for entry in ignored if entry.covers(ids, package)]
    if any(today <= entry.until for entry in meant):
        return True, ""
    if meant:
        last = max(entry.until for entry in meant)
        return False, f" (was accepted until {last}: decide anew in {FILE})"
    return False, ""
