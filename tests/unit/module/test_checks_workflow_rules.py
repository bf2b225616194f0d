"""What neither actionlint nor zizmor says about workflows."""

from typing import Any

import pytest

from slipway.checks.in_toolbox.workflow_rules import faults

STEP = {"run": ".github/ci"}
JOB: dict[str, Any] = {"runs-on": "ubuntu-24.04", "timeout-minutes": 5, "steps": [STEP]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"timeout-minutes": ...}, [(("jobs", "a"), "timeout")]),
        ({"runs-on": "ubuntu-latest"}, [(("jobs", "a", "runs-on"), "moving-runner")]),
        ({"steps": [STEP] * 4}, [(("jobs", "a", "steps"), "steps")]),
        (
            {"steps": [{"run": "echo ${{ github.head_ref }}"}]},
            [(("jobs", "a", "steps", 0, "run"), "expression-in-run")],
        ),
        ({"steps": [STEP, {"run": "make\nmake test"}]}, [(("jobs", "a", "steps", 1, "run"), "logic-in-run")]),
        ({"steps": [{"run": "if x; then y; fi"}]}, [(("jobs", "a", "steps", 0, "run"), "logic-in-run")]),
    ],
)
def test_a_job(changes: dict[str, Any], expected: list[Any]) -> None:
    job = {key: value for key, value in {**JOB, **changes}.items() if value is not ...}
    assert [fault[:2] for fault in faults({"permissions": {}, "jobs": {"a": job}})] == expected


def test_permissions_on_top_are_empty() -> None:
    assert [fault[1] for fault in faults({"jobs": {"a": JOB}})] == ["top-permissions"]
    assert list(faults({"permissions": {}, "jobs": {"a": {"uses": "./x.yml"}}})) == []
    assert list(faults("text")) == []
