"""Trivy's command lines, and what it reports; pure.

The image is pinned by digest: in March 2026 the tags of a release, its images in three registries
included, were replaced by a stealer of credentials (GHSA-69fq-xp46-6x23). For the same reason its
container is given the image's archive and nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slipway.checks.in_toolbox.ignores import verdict
from slipway.checks.results import Finding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from slipway.checks.in_toolbox.ignores import Ignored

IMAGE = (
    "ghcr.io/aquasecurity/trivy:0.70.0"
    "@sha256:be1190afcb28352bfddc4ddeb71470835d16462af68d310f9f4bca710961a41e"
)
CACHE = "/var/cache/trivy"
ARCHIVE = "/image.tar"
REPORT = "/reports/trivy.json"
SEVERITIES = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")

_SCHEMA = 2


def database(mirror: str) -> list[str]:
    """Fetch the database; any exit code but 0 means that there is none to ask."""
    command = ["trivy", "image", "--download-db-only", "--no-progress", f"--cache-dir={CACHE}"]
    return [*command, f"--db-repository={mirror}"] if mirror else command


def scan() -> list[str]:
    """Scan the archive with the database that is there.

    Findings do not change the exit code, so that any but 0 is a failure of Trivy itself.
    """
    return [
        "trivy",
        "image",
        f"--input={ARCHIVE}",
        "--scanners=vuln",
        "--format=json",
        f"--output={REPORT}",
        "--exit-code=0",
        "--skip-db-update",
        "--skip-java-db-update",
        "--offline-scan",
        "--skip-version-check",
        "--no-progress",
        f"--cache-dir={CACHE}",
    ]


def severe(least: str) -> tuple[str, ...]:
    """The severities from one up.

    >>> severe("HIGH")
    ('HIGH', 'CRITICAL')
    """
    return SEVERITIES[SEVERITIES.index(least) :]


def findings(
    report: str,
    place: tuple[str, int],
    gate: tuple[Collection[str], bool],
    ignored: tuple[Collection[Ignored], dt.date],
) -> list[Finding]:
    """The vulnerabilities that are not accepted: severe enough, and with a fix where that is asked.

    `place` is the path and line that stand for the image; `gate` the severities, and whether
    those without a fixed version are left out; `ignored` the accepted ones, and the day.

    Raises:
        ValueError: the report is none of Trivy's, or of a version that is not known.

    """
    severities, only_fixed = gate
    path, line = place
    found = []
    for target, each in _vulnerabilities(report):
        if each["Severity"] not in severities or (only_fixed and not each.get("FixedVersion")):
            continue
        ids = (each["VulnerabilityID"], *each.get("VendorIDs", ()))
        accepted, note = verdict(ignored[0], ids, each["PkgName"], ignored[1])
        if not accepted:
            message = f"{_said(target, each)}{note}"
            found.append(Finding(path, line, 1, each["VulnerabilityID"], message))
    return sorted(set(found))


def _vulnerabilities(report: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        data = json.loads(report)
    except json.JSONDecodeError as error:
        raise ValueError(f"Trivy's report is not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("SchemaVersion") != _SCHEMA:
        raise ValueError(f"Trivy's report should have SchemaVersion {_SCHEMA}")
    # Without any package of a kind there is no Results at all.
    for result in data.get("Results") or []:
        for each in result.get("Vulnerabilities") or []:
            yield result["Target"], each


def _said(target: str, each: dict[str, Any]) -> str:
    fixed = each.get("FixedVersion")
    remedy = f"fixed in {fixed}" if fixed else "no fixed version"
    title = each.get("Title") or "no title"
    package = f"{each['PkgName']} {each['InstalledVersion']}"
    return f"{each['Severity'].lower()}: {package}: {title}; {remedy} (in {target})"
