"""What the containers of a started stack may do, and whom they reach."""

from __future__ import annotations

import json
import stat

import pytest
from tests.e2e.asking import api
from tools.stack import daemon
from tools.stack.docker import REPOSITORY
from tools.stack.errors import DockerError
from tools.stack.stack import ONE_OFFS, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

STAYING = ("api", "bot", "db", "fakes", "web")


def test_fault_03_every_container_is_healthy_by_its_own_check_and_none_was_restarted(stack: Stack) -> None:
    states = {state.service: state for state in stack.states()}
    assert set(states) == {*STAYING, *ONE_OFFS}
    for service in STAYING:
        found = json.loads(stack.docker.run("inspect", states[service].container).stdout)[0]
        assert (found["State"]["Health"]["Status"], found["RestartCount"]) == ("healthy", 0), service


@pytest.mark.parametrize("service", STAYING)
def test_fault_07_no_container_runs_as_root_or_can_write_beside_its_code(stack: Stack, service: str) -> None:
    assert stack.execute(service, "id", "-u").strip() != "0"
    for place in ("/written", "/app/written", "/usr/local/bin/written"):
        with pytest.raises(DockerError, match=r"Read-only file system|No such file|nonexistent"):
            stack.execute(service, "sh", "-c", f"echo x > {place}")
    assert stack.execute(service, "sh", "-c", "echo x > /tmp/written && cat /tmp/written").strip() == "x"
    capabilities = stack.execute(service, "grep", "CapEff", "/proc/1/status").split()[1]
    assert int(capabilities, 16) == 0


@pytest.mark.parametrize(
    ("service", "module"), [("bot", "pytest"), ("bot", "ruff"), ("api", "mypy"), ("api", "pytest")]
)
def test_fault_07_tools_of_development_are_not_in_an_image(stack: Stack, service: str, module: str) -> None:
    with pytest.raises(DockerError, match="No module named"):
        stack.execute(service, "python", "-c", f"import {module}")


def test_fault_07_ports_are_on_loopback_alone(stack: Stack) -> None:
    listing = stack.docker.run("ps", "--filter", f"name={stack.name}", "--format", "{{.Ports}}").stdout
    published = [part.strip() for line in listing.splitlines() for part in line.split(",") if "->" in part]
    assert len(published) == 3
    assert all(part.startswith("127.0.0.1:") for part in published)


def test_fault_07_each_stack_has_passwords_of_its_own_that_only_its_owner_reads(stack: Stack) -> None:
    kept = stack.folder / "secrets"
    assert stat.S_IMODE(stack.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert stat.S_IMODE((stack.folder / "env").stat().st_mode) == 0o600
    passwords = [path.read_text() for path in kept.iterdir() if "url" not in path.name]
    assert len(set(passwords)) == len(passwords) == 11
    # They are in files: no command line, environment or configuration of a container has one.
    seen = stack.docker.run("inspect", *(state.container for state in stack.states())).stdout
    assert not [name for name in passwords if name.strip() in seen]
    assert ".slipway" in (REPOSITORY / ".gitignore").read_text()


@pytest.mark.parametrize(
    ("service", "host", "port", "reached"),
    [
        ("web", "api", 8000, True),
        ("web", "bot", 8081, True),
        ("web", "db", 5432, False),
        ("fakes", "db", 5432, False),
        ("api", "db", 5432, True),
        ("bot", "db", 5432, True),
    ],
)
def test_only_those_who_need_the_database_reach_it(
    stack: Stack, service: str, host: str, port: int, reached: bool
) -> None:
    if service == "web":
        code = f"require('net').connect({port}, '{host}').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"
        command = ("node", "-e", code)
    else:
        command = ("python", "-c", f"import socket; socket.create_connection(('{host}', {port}), 3)")
    if reached:
        stack.execute(service, *command)
    else:
        with pytest.raises(DockerError):
            stack.execute(service, *command)


def test_the_api_wants_a_token_and_dialogs_another(stack: Stack) -> None:
    assert api(stack, "/api/v1/stats", token="").status_code == 401
    newest = api(stack, "/api/v1/dialogs?limit=1").json()["dialogs"][0]["id"]
    without = api(stack, f"/api/v1/dialogs/{newest}").json()
    assert without["text"] is False
    assert all(message["content"] is None for message in without["messages"])
    assert api(stack, f"/api/v1/dialogs/{newest}", token="api_text_token").json()["text"] is True


def test_metrics_are_not_at_a_published_port(stack: Stack) -> None:
    assert api(stack, "/metrics").status_code == 404


def test_a_daemon_that_has_containers_is_not_stopped(stack: Stack) -> None:
    assert daemon.stop_if_idle() is False
    assert stack.healthy()
