"""Trivy's command lines, and its reports: documents written by hand, no recordings; Trivy itself is not run here."""

import datetime as dt
import json
from typing import Any

import pytest

from slipway.checks.in_toolbox.ignores import Ignored
from slipway.checks.scan import trivy

TODAY = dt.date(2026, 6, 30)
PLACE = ("slipway.toml", 20)


def _one(**changes: Any) -> dict[str, Any]:
    return {
        "VulnerabilityID": "CVE-2026-0001", "PkgName": "libssl3t64", "InstalledVersion": "3.5.1-1",
        "FixedVersion": "3.5.1-2", "Severity": "HIGH", "Title": "openssl: overflow", **changes,
    }  # fmt: skip


def _report(*vulnerabilities: dict[str, Any]) -> str:
    result = {
        "Target": "api (debian 13.1)",
        "Class": "os-pkgs",
        "Type": "debian",
        "Vulnerabilities": list(vulnerabilities),
    }
    return json.dumps({"SchemaVersion": 2, "ArtifactName": "/image.tar", "Results": [{"Target": "python"}, result]})


def _found(report: str, least: str = "HIGH", only_fixed: bool = False, *ignored: Ignored) -> list[str]:
    found = trivy.findings(report, PLACE, (trivy.severe(least), only_fixed), (ignored, TODAY))
    return [str(each) for each in found]


def test_a_vulnerability_is_told_with_its_package_and_remedy() -> None:
    assert _found(_report(_one())) == [
        (
            "slipway.toml:20:1: CVE-2026-0001 high: libssl3t64 3.5.1-1: openssl: overflow; "
            "fixed in 3.5.1-2 (in api (debian 13.1))"
        )
    ]


@pytest.mark.parametrize(
    ("changes", "least", "only_fixed", "count"),
    [
        ({"Severity": "MEDIUM"}, "HIGH", False, 0),
        ({"Severity": "MEDIUM"}, "LOW", False, 1),
        ({"Severity": "CRITICAL"}, "CRITICAL", False, 1),
        ({"FixedVersion": ""}, "HIGH", True, 0),
        ({"FixedVersion": ""}, "HIGH", False, 1),
    ],
)
def test_the_gate(changes: dict[str, Any], least: str, only_fixed: bool, count: int) -> None:
    assert len(_found(_report(_one(**changes)), least, only_fixed)) == count


def test_an_accepted_one_comes_back_after_its_day() -> None:
    assert _found(_report(_one()), "HIGH", False, Ignored("CVE-2026-0001", TODAY, "r")) == []
    (told,) = _found(_report(_one()), "HIGH", False, Ignored("CVE-2026-0001", TODAY - dt.timedelta(1), "r"))
    assert told.endswith("(was accepted until 2026-06-29: decide anew in security-ignore.toml)")


def test_an_image_without_vulnerabilities_passes() -> None:
    assert _found('{"SchemaVersion": 2}') == []


@pytest.mark.parametrize("report", ["", "[]", '{"SchemaVersion": 3}', "FATAL\tno database"])
def test_a_report_that_is_none_is_no_pass(report: str) -> None:
    with pytest.raises(ValueError, match="Trivy's report"):
        _found(report)


def test_the_command_lines() -> None:
    assert " ".join(trivy.database("")) == "trivy image --download-db-only --no-progress --cache-dir=/var/cache/trivy"
    assert trivy.database("mirror/db")[-1] == "--db-repository=mirror/db"
    assert " ".join(trivy.scan()) == (
        "trivy image --input=/image.tar --scanners=vuln --format=json --output=/reports/trivy.json --exit-code=0 "
        "--skip-db-update --skip-java-db-update --offline-scan --skip-version-check --no-progress "
        "--cache-dir=/var/cache/trivy"
    )


def test_the_scanner_is_pinned_by_digest() -> None:
    assert "@sha256:" in trivy.IMAGE
