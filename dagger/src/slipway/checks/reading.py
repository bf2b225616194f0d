"""From what tools print to findings.

Ruff and mypy print JSON, pytest writes JUnit. The scripts of a Node.js project print what they
like: places are looked for in the forms that tsc, biome and vitest use, and the whole output is
shown beside them.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway.checks.junit import failures
from slipway.checks.results import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PLACE = re.compile(
    r"^\s*(?:\u276f\s+)?(?P<path>[\w@./\[\]-]+\.\w+)"
    r"(?:\((?P<l1>\d+),(?P<c1>\d+)\)|:(?P<l2>\d+):(?P<c2>\d+))(?:[:\s]+(?P<rest>.*))?$"
)
_UNFORMATTED = re.compile(r"^(?P<path>[\w@./\[\]-]+\.\w+) (?P<rest>format) ━")
_RULE = re.compile(r"(?:error )?(?P<rule>TS\d+|[\w-]+/[\w/-]+)\b:?\s*")
_KEPT_LINES = 200


@dataclass(frozen=True)
class Output:
    """What a command left: both streams, its JUnit and its coverage; "" where there is none."""

    stdout: str
    stderr: str
    junit: str = ""
    coverage: str = ""


@dataclass(frozen=True)
class Place:
    """A folder of the repository, and where it is `inside` the container."""

    folder: str
    inside: str = "/src"

    def path(self, text: str) -> str:
        """A path that a tool printed as one from the root of the repository.

        >>> Place("services/api", "/src/services/api").path("/src/services/db/x.py")
        'services/db/x.py'
        """
        relative = posixpath.relpath(text, self.inside) if text.startswith("/") else text
        return posixpath.normpath(posixpath.join(self.folder, relative))


def read(reader: str, output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    """The findings, and the text that a person wants beside them.

    Raises:
        ValueError: a tool that should print JSON printed something else.

    """
    return _READERS[reader](output, place)


def text_of(output: Output) -> str:
    """Both streams without colours, the last lines of them."""
    parts = (part.strip("\n") for part in (output.stdout, output.stderr) if part.strip())
    lines = _COLOUR.sub("", "\n".join(parts)).splitlines()
    if (left_out := len(lines) - _KEPT_LINES) > 0:
        lines = [f"({left_out} lines left out)", *lines[-_KEPT_LINES:]]
    return "\n".join(line.rstrip() for line in lines)


def _ruff(output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    found = [
        Finding(
            place.path(item["filename"]),
            item["location"]["row"],
            item["location"]["column"],
            item["code"] or "syntax",
            item["message"],
        )
        for item in _json(output.stdout)
    ]
    return tuple(found), ""


def _mypy(output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    items = [_json(line) for line in output.stdout.splitlines() if line.strip()]
    found = [
        # mypy counts columns from 0 here, and says -1 for none.
        Finding(
            place.path(i["file"]),
            max(i["line"], 1),
            max(i["column"] + 1, 1),
            i["code"] or "mypy",
            i["message"],
        )
        for i in items
        if i["severity"] == "error"
    ]
    return tuple(found), ""


def _pytest(output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    found = [
        Finding(place.path(f.path), f.line, 1, "test", f"{f.name}: {f.message}")
        for f in failures(output.junit)
    ]
    if not found and output.coverage:
        found = _uncovered(_json(output.coverage), place)
    return tuple(found), text_of(output)


def _uncovered(coverage: Any, place: Place) -> list[Finding]:  # noqa: ANN401  # JSON
    """The first missing line of each file: no test failed, so the bar of the coverage did."""
    total = coverage["totals"]["percent_covered_display"]
    return [
        Finding(
            place.path(path),
            lines["missing_lines"][0],
            1,
            "coverage",
            f"{len(lines['missing_lines'])} lines are not covered; {total} % are in all",
        )
        for path, lines in coverage["files"].items()
        if lines["missing_lines"]
    ]


def _script(output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    found: dict[Finding, None] = {}
    text = text_of(output)
    for line in text.splitlines():
        match = _PLACE.match(line) or _UNFORMATTED.match(line)
        if match is None:
            continue
        groups = match.groupdict()
        at = int(groups.get("l1") or groups.get("l2") or 1)
        column = int(groups.get("c1") or groups.get("c2") or 1)
        rest = (groups["rest"] or "").strip(" ━")
        rule = _RULE.match(rest)
        message = rest[rule.end() :].strip(" ━") if rule else rest
        name = rule["rule"] if rule else "script"
        finding = Finding(place.path(match["path"]), at, column, name, message or "see the output")
        found[finding] = None
    if output.junit:
        found |= {
            Finding(place.path(f.path), f.line, 1, "test", f"{f.name}: {f.message}"): None
            for f in failures(output.junit)
        }
    return tuple(found), text


def _uv_lock(output: Output, place: Place) -> tuple[tuple[Finding, ...], str]:
    message = "does not fit pyproject.toml: run `uv lock`, and commit it"
    return (Finding(place.path("uv.lock"), 1, 1, "stale-lock", message),), text_of(output)


def _toolbox(output: Output, _place: Place) -> tuple[tuple[Finding, ...], str]:
    document = _json(output.stdout)
    found = [
        Finding(i["path"], i["line"], i.get("column") or 1, i["rule"], i["message"])
        for i in document["findings"]
    ]
    return tuple(sorted(found)), document.get("note", "")


def _json(text: str) -> Any:  # noqa: ANN401  # JSON
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON, but: {text[:500]!r} ({error})") from None


_READERS: dict[str, Callable[[Output, Place], tuple[tuple[Finding, ...], str]]] = {
    "ruff": _ruff,
    "mypy": _mypy,
    "pytest": _pytest,
    "script": _script,
    "uv-lock": _uv_lock,
    "toolbox": _toolbox,
}
