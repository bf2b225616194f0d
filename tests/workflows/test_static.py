"""The workflows under every tool at its strictest, and that each of the tools would have said something."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import REPOSITORY
from tests.support.toolbox import Toolbox

CI = ".github/workflows/ci.yml"


def test_no_tool_finds_anything(tools: Toolbox) -> None:
    assert tools.findings("workflows", REPOSITORY) == []


def test_zizmor_as_auditor_finds_nothing_by_itself(tools: Toolbox) -> None:
    done = tools.run("zizmor", "--persona=auditor", "--offline", "--format=json-v1", ".github")
    assert (done.code, json.loads(done.out)) == (0, []), done


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("permissions: {}", "permissions: write-all", "zizmor/excessive-permissions"),
        ("run: .github/ci", 'run: echo "${{ github.head_ref }}"', "zizmor/template-injection"),
        ("run: .github/ci", 'run: echo "${{ github.head_ref }}"', "actionlint/expression"),
        (
            "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1",
            "actions/checkout@v6",
            "zizmor/unpinned-uses",
        ),
        ("persist-credentials: false", "persist-credentials: true", "zizmor/artipacked"),
        ("  pull_request:\n", "  pull_request_target:\n", "zizmor/dangerous-triggers"),
        ("    timeout-minutes: 45\n", "", "timeout"),
        ("runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", "moving-runner"),
        ("runs-on: ubuntu-24.04", "runs-in: ubuntu-24.04", "schema"),
        ("needs: check", "needs: chekc", "actionlint/job-needs"),
    ],
)
def test_each_tool_is_really_asked(tools: Toolbox, tmp_path: Path, old: str, new: str, rule: str) -> None:
    shutil.copytree(REPOSITORY / ".github", tmp_path / ".github")
    text = (tmp_path / CI).read_text()
    assert old in text
    (tmp_path / CI).write_text(text.replace(old, new, 1))
    found = tools.findings("workflows", tmp_path)
    assert rule in {each["rule"] for each in found}, found
    assert {each["path"] for each in found} == {CI}


def test_every_action_is_at_a_full_sha_with_its_version_beside_it() -> None:
    for path in (REPOSITORY / ".github/workflows").iterdir():
        for line in path.read_text().splitlines():
            if "uses:" in line:
                assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), f"{path.name}: {line}"


def test_dependabot_waits_before_it_takes_a_release(tools: Toolbox) -> None:
    settings = tools.yaml(REPOSITORY / ".github/dependabot.yml")
    assert all(int(each["cooldown"]["default-days"]) >= 7 for each in settings["updates"])
    folders = {f for each in settings["updates"] for f in [*each.get("directories", []), each.get("directory")]}
    locks = {f"/{path.parent.relative_to(REPOSITORY)}" for path in REPOSITORY.glob("dagger/src/**/uv.lock")}
    assert locks <= folders


def test_a_superseded_pull_request_is_cut_off_and_a_publication_or_deploy_never(workflows: dict[str, Any]) -> None:
    assert workflows["ci"]["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert workflows["publish"]["concurrency"]["cancel-in-progress"] == "false"
    assert workflows["publish"]["jobs"]["dev"]["concurrency"] == {"group": "deploy-dev", "cancel-in-progress": "false"}
    assert workflows["deploy"]["concurrency"] == {"group": "deploy-production", "cancel-in-progress": "false"}


def test_only_the_jobs_that_deploy_have_an_environment_and_each_has_one(workflows: dict[str, Any]) -> None:
    environments = {
        name: job.get("environment") for workflow in workflows.values() for name, job in workflow["jobs"].items()
    }
    assert environments == {
        "check": None, "findings": None, "publish": None, "dev": "dev", "production": "production",
    }  # fmt: skip


def test_what_a_pull_request_runs_can_write_nothing(workflows: dict[str, Any]) -> None:
    ci = workflows["ci"]
    assert {"pull_request", "merge_group", "push"} == set(ci["on"])
    assert ci["jobs"]["check"]["permissions"] == {"contents": "read"}
    assert "github.event_name == 'push'" in ci["jobs"]["findings"]["if"]
    text = (REPOSITORY / CI).read_text()
    assert "secrets." not in text
    assert "github.token" not in text
    assert not {"pull_request", "pull_request_target", "workflow_run"} & set(workflows["publish"]["on"])
