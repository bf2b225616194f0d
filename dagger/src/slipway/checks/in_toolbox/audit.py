"""Known vulnerabilities of locked packages, asked of OSV: one question for all of them.

uv, pnpm and npm are asked about in the same way, so that one mirror serves them all. An answer
that does not come, or not in OSV's shape, is no finding: the check says that it could not run.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .ignores import FILE, parse, verdict
from .locked import Package, packages
from .report import end, fail, finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .ignores import Ignored

_BATCH = 500
_TIMEOUT = 20
_ATTEMPTS = 2
_PAGES = 20


def check(root: Path, service: str, today: dt.date, paths: list[str]) -> Iterator[dict[str, Any]]:
    """The advisories about the packages of the locks, without those that are accepted."""
    ignored: tuple[Ignored, ...] = ()
    try:
        if (root / FILE).is_file():
            ignored = parse((root / FILE).read_text())
        held = [p for path in paths for p in packages(path, (root / path).read_text())]
    except ValueError as error:
        fail(str(error))
    known: dict[str, Any] = {}
    for package, names in _asked(service, held):
        for name in names:
            if name not in known:
                known[name] = _fetch(f"{service}/v1/vulns/{name}")
            yield from told(package, known[name], ignored, today)


def told(
    package: Package, advisory: dict[str, Any], ignored: Collection[Ignored], today: dt.date
) -> Iterator[dict[str, Any]]:
    """The finding about a package, unless its advisory is accepted or withdrawn."""
    ids = [advisory["id"], *advisory.get("aliases", [])]
    accepted, note = verdict(ignored, ids, package.name, today)
    if accepted or "withdrawn" in advisory:
        return
    fixed = sorted(set(_fixes(package, advisory)))
    remedy = f"fixed in {', '.join(fixed)}" if fixed else "no fixed version is known"
    said = advisory.get("summary") or advisory.get("details", "").partition("\n")[0] or ids[-1]
    message = f"{package.name} {package.version}: {said} ({', '.join(ids)}); {remedy}{note}"
    yield finding(package.path, package.line, advisory["id"], message)


def _fixes(package: Package, advisory: dict[str, Any]) -> Iterator[str]:
    for affected in advisory.get("affected", []):
        if affected.get("package", {}).get("name", "").lower() != package.name.lower():
            continue
        for span in affected.get("ranges", []):
            if span.get("type") != "GIT":
                yield from (event["fixed"] for event in span["events"] if "fixed" in event)


def _asked(service: str, held: list[Package]) -> Iterator[tuple[Package, list[str]]]:
    for start in range(0, len(held), _BATCH):
        batch = held[start : start + _BATCH]
        queries = [
            {"package": {"name": p.name, "ecosystem": p.ecosystem}, "version": p.version}
            for p in batch
        ]
        names: list[list[str]] = [[] for _ in batch]
        asking = list(range(len(batch)))
        for _ in range(_PAGES):
            answer = _fetch(f"{service}/v1/querybatch", {"queries": [queries[i] for i in asking]})
            results = answer.get("results")
            if not isinstance(results, list) or len(results) != len(asking):
                fail(f"{service}: answered {len(results or [])} of {len(asking)} questions")
            more = []
            for index, result in zip(asking, results, strict=True):
                names[index] += [vulnerability["id"] for vulnerability in result.get("vulns", [])]
                if token := result.get("next_page_token"):
                    queries[index] = {**queries[index], "page_token": token}
                    more.append(index)
            asking = more
            if not asking:
                break
        yield from zip(batch, names, strict=True)


def _fetch(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: RET503  # fail ends the program
    """The answer as JSON; asked twice before giving up."""
    data = json.dumps(body).encode() if body is not None else None
    said = ""
    for _ in range(_ATTEMPTS):
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310  # checked below
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # same
                found = json.load(answer)
                if isinstance(found, dict):
                    return found
                said = "no JSON object"
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            said = str(getattr(error, "reason", error) or error)
            if isinstance(error, urllib.error.HTTPError):
                said = f"{error.code} {error.reason}"
    fail(f"the advisories cannot be asked: {url}: {said}")


if __name__ == "__main__":
    _, folder, address, day, *locks = sys.argv
    if not address.startswith(("https://", "http://")):
        fail(f"--advisories: {address!r} should be an address, as in https://api.osv.dev")
    end(check(Path(folder), address.rstrip("/"), dt.date.fromisoformat(day), locks))
