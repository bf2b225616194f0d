"""SARIF 2.1.0 for code scanning: a file for each service and check, each a category of its own.

GitHub refuses two runs of one tool and category in an upload, and keeps 5,000 results of a run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slipway.checks.results import Finding, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KEPT = 5000


def documents(results: Iterable[Result]) -> dict[str, str]:
    """The documents by file name, as in `api-lint.sarif`; passed ones too, to close old alerts."""
    merged: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.verdict is not Verdict.NONE:
            merged.setdefault((result.scope, result.check), []).append(result)
    return {
        f"{scope}-{check}.sarif": document(scope, check, some)
        for (scope, check), some in merged.items()
    }


def document(scope: str, check: str, results: Sequence[Result]) -> str:
    """One run: its category is `slipway/<check>/<scope>/`."""
    findings = [finding for result in results for finding in result.findings]
    ran = all(result.verdict is not Verdict.COULD_NOT_RUN for result in results)
    invocation: dict[str, Any] = {"executionSuccessful": ran}
    if not ran:
        said = [r.told() for r in results if r.verdict is Verdict.COULD_NOT_RUN]
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": text}} for text in said
        ]
    run = {
        "tool": {"driver": {"name": f"slipway {check}", "rules": _rules(findings)}},
        "automationDetails": {"id": f"slipway/{check}/{scope}/"},
        "invocations": [invocation],
        "results": [_result(finding) for finding in findings[:_KEPT]],
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"id": rule} for rule in sorted({finding.rule for finding in findings})]


def _result(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    place = {"artifactLocation": {"uri": finding.path}, "region": region}
    return {
        "ruleId": finding.rule,
        "level": "error",
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
