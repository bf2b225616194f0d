"""The services' own checks, in containers made from their locks, with a real PostgreSQL beside them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from tests.support.commands import clone, slipway
from tests.support.osv import osv, own_address

CHECKS = (
    "audit", "compose", "dockerfiles", "format", "lint", "locks", "migrations", "secrets", "shell", "test", "types",
    "workflows",
)  # fmt: skip

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def test_every_check_of_every_service_passes_and_a_second_run_executes_nothing(tmp_path: Path) -> None:
    repository = clone(tmp_path / "clone")
    with osv(own_address()) as advisories:
        (repository / ".env").write_text(f"AUDIT_ADVISORIES={advisories.address}\n")
        done = slipway("check", cwd=repository, timeout=1200)
        began = time.monotonic()
        again = slipway("check", cwd=repository)
        took = time.monotonic() - began
    assert done.code == 0, done
    assert again.code == 0, again
    for name in CHECKS:
        assert re.search(rf"slipway:{name}\s+passed", done.out + done.err), done
        assert re.search(rf"slipway:{name}\s+passed", again.out + again.err), again
    assert "engine: 0 executed" in again.err, again
    assert took < 5, again


def test_the_checks_are_listed() -> None:
    done = slipway("check", "-l")
    assert done.code == 0, done
    assert re.findall(r"^slipway:(\w+)", done.out, re.MULTILINE) == list(CHECKS)


def test_an_unknown_check_is_an_error_that_names_those_there_are() -> None:
    done = slipway("check", "lnit")
    assert done.code == 1
    assert f"Checks: {', '.join(CHECKS)}" in done.err


def test_faults_in_two_services_are_both_found(tmp_path: Path) -> None:
    repository = clone(tmp_path / "clone")
    with (repository / "services/api/src/api/errors.py").open("a") as file:
        file.write("import os\n")
    with (repository / "services/bot/src/bot/errors.py").open("a") as file:
        file.write("x = {  'a':1 }\n")
    done = slipway("call", "lint", cwd=repository)
    assert done.code != 0
    for text in ("src/api/errors.py", "F401", "src/bot/errors.py"):
        assert text in done.err, done
