"""The results as text, SARIF, JUnit and Markdown."""

import json
from xml.etree import ElementTree as ET

from slipway.checks import junit, reports, sarif, summary
from slipway.checks.results import REPOSITORY, Finding, Result, Verdict, summarised

FOUND = Result(
    "api", "lint", "ruff check", Verdict.FOUND, 1.25, (Finding("services/api/x.py", 3, 8, "F401", "unused"),)
)
LAME = Result("web", "audit", "osv", Verdict.COULD_NOT_RUN, 0.5, (), "no answer\nfrom it")
PASSED = Result(REPOSITORY, "compose", "schema", Verdict.PASSED, 2.0)
NONE = Result("db", "lint", "", Verdict.NONE)
ALL = [FOUND, LAME, PASSED, NONE]


def test_what_failed_and_what_could_not_run_are_told_apart() -> None:
    assert summarised(ALL) == "1 of 3 checks failed: api lint; could not run: web audit"
    assert summarised([LAME, PASSED]) == "could not run: web audit"
    assert summarised([PASSED, NONE]) == ""


def test_a_failure_is_told_with_its_places() -> None:
    assert FOUND.told() == "api lint: `ruff check` found\n  services/api/x.py:3:8: F401 unused"
    assert LAME.told() == "web audit could not run: no answer\n  from it"


def test_each_service_and_check_is_a_category_of_its_own() -> None:
    documents = {name: json.loads(text) for name, text in sarif.documents(ALL).items()}
    assert sorted(documents) == ["api-lint.sarif", "repository-compose.sarif", "web-audit.sarif"]
    runs = {name: document["runs"][0] for name, document in documents.items()}
    ids = [run["automationDetails"]["id"] for run in runs.values()]
    assert sorted(ids) == ["slipway/audit/web/", "slipway/compose/repository/", "slipway/lint/api/"]
    (result,) = runs["api-lint.sarif"]["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "services/api/x.py"}, "region": {"startLine": 3, "startColumn": 8},
    }  # fmt: skip
    assert [run["invocations"][0]["executionSuccessful"] for run in runs.values()] == [True, False, True]
    assert "no answer" in runs["web-audit.sarif"]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_junit_counts_failures_errors_and_skipped() -> None:
    root = ET.fromstring(junit.document([*ALL, Result("api", "test", "x", Verdict.FOUND, output="a\x00b")]))
    counts = {suite.get("name"): (suite.get("failures"), suite.get("errors"), suite.get("skipped")) for suite in root}
    assert counts == {
        "api": ("2", "0", "0"),
        "web": ("0", "1", "0"),
        "repository": ("0", "0", "0"),
        "db": ("0", "0", "1"),
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "services/api/x.py:3:8: F401 unused"


def test_the_summary_is_a_table_and_the_failures_below_it() -> None:
    text = summary.markdown(ALL)
    assert text.startswith("## 1 of 3 checks failed: api lint; could not run: web audit\n\n| Service | Check |")
    assert "| api | lint | **failed** | 1.2 |" in text
    assert "| web | audit | **could not run** | 0.5 |" in text
    assert "<details><summary>api lint</summary>" in text
    assert summary.markdown([PASSED]).startswith("## All checks passed\n")


def test_the_reports_hold_every_test_run_by_service() -> None:
    tested = Result("api", "test", "pytest", Verdict.PASSED, junit="<testsuites/>")
    assert sorted(reports.files([FOUND, tested])) == [
        "junit.xml", "sarif/api-lint.sarif", "sarif/api-test.sarif", "summary.md", "tests/api.xml",
    ]  # fmt: skip
