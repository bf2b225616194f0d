"""Every workflow's shell steps, executed as GitHub executes them, against the real commands and a real registry.

The checkout is this repository with one small service in place of its own, so that a job takes a minute.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import REPOSITORY, clone, run
from tests.support.osv import osv, own_address
from tests.support.registry import PASSWORD, registry
from tests.workflows.runner import Run

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]

EMBEDDED = {"vars.SLIPWAY_ENGINE": "embedded"}
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.org")
# What this machine needs besides: its certificates and its cache. None of it is the project's.
MACHINE = {"UV_SYSTEM_CERTS": "1", "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A committed checkout, OSV's stand-in named in its .env, and a registry that its images go to."""
    root = clone(tmp_path_factory.mktemp("runner") / "checkout")
    for name in ("services", "tests", "compose", "infra", "docs"):
        shutil.rmtree(root / name, ignore_errors=True)
    small = REPOSITORY / "tests/repositories/checked"
    for name in ("service", "migrations", "slipway.toml"):
        copy = shutil.copytree if (small / name).is_dir() else shutil.copy
        copy(small / name, root / name)
    with osv(own_address()) as advisories, registry(root.parent, authenticated=True) as pushed_to:
        lines = (f"{function}_ADVISORIES={advisories.address}\n" for function in ("AUDIT", "REPORTS"))
        (root / ".env").write_text("".join(lines))
        text = (root / "slipway.toml").read_text()
        owner = f"{pushed_to.address}/pusher/{{project}}-{{service}}"
        (root / "slipway.toml").write_text(text.replace("ghcr.io/example/{project}-{service}", owner))
        for words in (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all"),
            (*IDENTITY, "commit", "--quiet", "-m", "a"),
        ):
            assert run("git", *words, cwd=root).code == 0
        yield root


def _run(checkout: Path, event: str, ref: str, **values: str) -> Run:
    (checkout.parent / "summary.md").unlink(missing_ok=True)
    machine = {**MACHINE, "SLIPWAY_CACHE_DIR": str(Path.home() / ".cache/slipway")}
    return Run(checkout, event, ref, {"ref": ref}, {**EMBEDDED, **values}, machine)


def test_a_pull_request_is_checked_and_built_without_any_secret(checkout: Path, workflows: dict[str, Any]) -> None:
    # Only what a fork's pull request may name: an expression with a token would be an error here.
    pull = _run(checkout, "pull_request", "refs/pull/7/merge")
    job = workflows["ci"]["jobs"]["check"]
    for step in job["steps"]:
        environment = pull.environment(job, step)
        assert not [name for name in environment if re.search("TOKEN|PASSWORD|SECRET|KEY", name)]
    done = dict(pull.shell(job))
    assert done["Check and build"].code == 0, done["Check and build"]
    assert pull.summary.startswith("## All checks passed\n")
    reports = checkout / ".slipway/reports"
    assert (reports / "junit.xml").is_file()
    assert len(list((reports / "sarif").iterdir())) >= 10
    assert "greeter" in done["Check and build"].out
    assert "publish" not in done["Check and build"].err


def test_a_failed_check_fails_the_job_after_reports_and_images(checkout: Path, workflows: dict[str, Any]) -> None:
    path = checkout / "service/src/greeter/__main__.py"
    good = path.read_text()
    path.write_text(good.replace("from greeter", "import os\n\nfrom greeter", 1))
    try:
        pull = _run(checkout, "pull_request", "refs/pull/7/merge")
        done = dict(pull.shell(workflows["ci"]["jobs"]["check"]))
    finally:
        path.write_text(good)
    assert done["Check and build"].code == 1, done["Check and build"]
    assert pull.summary.startswith("## 1 of ")
    assert "greeter lint" in pull.summary
    assert "sha256:" in done["Check and build"].out


def test_main_is_published_and_dev_and_production_take_the_digest(checkout: Path, workflows: dict[str, Any]) -> None:
    token = {"github.token": PASSWORD}
    push = _run(checkout, "push", "refs/heads/main", **token)
    push.machine["SLIPWAY_PUBLISH_STAND_INS"] = "1"
    done = dict(push.shell(workflows["publish"]["jobs"]["publish"]))
    assert done["Publish"].code == 0, done["Publish"]
    assert "### Published checked" in push.summary
    reference = (checkout / ".slipway/release/reference").read_text().strip()
    assert re.fullmatch(r"127\.0\.0\.1:\d+/pusher/checked-release(:[\w.-]+)?@sha256:[0-9a-f]{64}", reference)
    for output in done["Publish"].out, done["Publish"].err, push.summary:
        assert PASSWORD not in output

    dev = _run(checkout, "push", "refs/heads/main", **token)
    done = dict(dev.shell(workflows["publish"]["jobs"]["dev"]))
    assert done["Deploy"].code == 0, done["Deploy"]
    assert f"Verified `{reference}` for dev. Nothing was deployed" in dev.summary

    button = _run(checkout, "workflow_dispatch", "refs/heads/main", **token, **{"inputs.release": reference})
    done = dict(button.shell(workflows["deploy"]["jobs"]["production"]))
    assert done["Deploy"].code == 0, done["Deploy"]
    assert f"Verified `{reference}` for production" in button.summary


@pytest.mark.parametrize("release", ["ghcr.io/a/b:main", "", "$(touch hacked)@sha256:" + "a" * 64, "x; touch hacked"])
def test_a_tag_and_worse_are_refused(checkout: Path, workflows: dict[str, Any], release: str) -> None:
    values = {"inputs.release": release, "github.token": PASSWORD}
    button = _run(checkout, "workflow_dispatch", "refs/heads/main", **values)
    done = dict(button.shell(workflows["deploy"]["jobs"]["production"]))
    assert done["Deploy"].code == 2, done["Deploy"]
    assert "should be a release by digest" in done["Deploy"].err
    assert not (checkout / "hacked").exists()
    assert button.summary == ""
