"""`make up` as a person meets it: twice, interrupted, beside other programs, with something broken."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import new_name, start_up, up
from tools.stack import daemon, docker, images, ports
from tools.stack.docker import STATE, Docker
from tools.stack.errors import UnhealthyError
from tools.stack.stack import COMPOSE, Stack, folder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def _leftovers(host: Docker, name: str) -> list[str]:
    """What is left of a stack: containers, networks, volumes, settings."""
    mine = f"label=com.docker.compose.project={name}"
    found = host.run("ps", "--all", "--quiet", "--filter", mine).stdout.split()
    for kind in ("network", "volume"):
        found += host.run(kind, "ls", "--quiet", "--filter", mine).stdout.split()
    return found + ([str(folder(name))] if folder(name).exists() else [])


def test_up_again_says_that_it_is_up_and_where(stack: Stack) -> None:
    again = up(stack.name)
    assert again.code == 0, again
    assert again.out.startswith("It is up already.")
    assert stack.urls()["web"] in again.out
    assert stack.secret("dashboard_password") in again.out


def test_the_second_stack_of_a_machine_takes_other_ports_and_ctrl_c_removes_all_of_it(stack: Stack) -> None:
    name = new_name()
    process = start_up(name)
    assert process.stdout is not None
    said = ""
    try:
        # In the middle: some of it is there and some is not.
        for line in process.stdout:
            said += line
            if line.startswith("db "):
                break
        assert _leftovers(stack.docker, name), said
        values = dict(line.split("=", 1) for line in (folder(name) / "env").read_text().splitlines())
        mine = {url.rsplit(":", 1)[1] for url in stack.urls().values()}
        assert not mine & {values[port] for port in ports.PREFERRED}
        # A third that asks for the same stack is refused.
        busy = up(name, "--no-build")
        assert busy.code == 1, busy
        assert "another `make up` is at work" in busy.err
        os.killpg(process.pid, signal.SIGINT)
        os.killpg(process.pid, signal.SIGINT)  # impatience changes nothing
        rest, _ = process.communicate(timeout=90)
        assert process.returncode == 130, said + rest
        assert "Removing it" in rest
        assert "Traceback" not in rest
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert _leftovers(stack.docker, name) == []
    assert stack.healthy()  # the first is as it was


def test_down_ends_an_up_that_is_at_work(stack: Stack) -> None:
    name = new_name()
    process = start_up(name)
    try:
        deadline = time.monotonic() + 60
        while not folder(name).exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        down = up(name, "down")
        assert (down.code, down.out) == (0, "The `make up` that was at work has removed it.\n"), down
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 130, out
    finally:
        process.kill()
        process.wait()
    assert _leftovers(stack.docker, name) == []


def test_down_without_anything_up_says_so_twice(stack: Stack) -> None:
    name = new_name()
    for _ in range(2):
        done = up(name, "down")
        assert (done.code, done.out) == (0, "Nothing is up.\n"), done
    assert stack.healthy()


def test_what_does_not_become_healthy_is_named_with_its_log_and_removed(stack: Stack, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("services:\n  fakes: {command: [--nonsense]}\n")
    files = (*stack.files, broken)
    bad = Stack(new_name(), stack.docker, files)
    try:
        bad.prepare(images.last(), dict.fromkeys(ports.PREFERRED, 0))
        with pytest.raises(UnhealthyError, match=r"(?s)fakes: ended with exit code 2.*arguments: --nonsense"):
            bad.start(lambda _: None)
        # A port that was free when it was chosen is taken when it is needed.
        bad.remove()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            bad.prepare(images.last(), dict.fromkeys(ports.PREFERRED, 0))
            settings = (folder(bad.name) / "env").read_text()
            wanted = next(line for line in settings.splitlines() if line.startswith("CHAT_PORT="))
            (folder(bad.name) / "env").write_text(settings.replace(wanted, f"CHAT_PORT={taken.getsockname()[1]}"))
            ours = Stack(bad.name, stack.docker)
            with pytest.raises(UnhealthyError, match=rf"fakes: did not start: .*:{taken.getsockname()[1]}\b"):
                ours.start(lambda _: None)
    finally:
        bad.remove()
    assert _leftovers(stack.docker, bad.name) == []


def test_a_taken_port_is_replaced_and_none_is_given_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen = ports.choose({"a": port, "b": 0, "c": 0})
    assert port not in chosen.values()
    assert len(set(chosen.values())) == 3


def test_new_secrets_keeps_what_is_there_and_its_files_are_behind_a_closed_door(tmp_path: Path) -> None:
    from tests.support.commands import run

    (tmp_path / "s").mkdir(mode=0o755)
    (tmp_path / "s" / "postgres_app_password").write_text("chosen\n")
    first = run(COMPOSE / "new-secrets", tmp_path / "s")
    assert first.code == 0, first
    assert [line.rsplit("/", 1)[1] for line in first.err.splitlines()] == ["telegram_bot_token", "llm_api_key"]
    made = {path.name: path.read_text() for path in (tmp_path / "s").iterdir()}
    assert made["app_database_url"] == "postgresql://app:chosen@db:5432/slipway\n"
    assert len(made["session_secret"]) == 65
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    again = run(COMPOSE / "new-secrets", tmp_path / "s")
    assert again.code == 0, again
    assert {path.name: path.read_text() for path in (tmp_path / "s").iterdir()} == made


def test_a_daemon_of_our_own_starts_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("only root starts a daemon, and this machine has its own")
    monkeypatch.setattr(daemon, "FOLDER", tmp_path / "docker")
    monkeypatch.setattr(docker, "answers", _only(str(tmp_path)))
    before = _firewall()
    found = daemon.find_or_start()
    assert found.run("info", "--format", "{{.DockerRootDir}}").stdout.strip() == str(tmp_path / "docker" / "data")
    assert daemon.stop_if_idle()
    assert not daemon.stop_if_idle()
    # Those of another daemon that has ended meanwhile may go with ours.
    assert set(_firewall()) <= set(before)
    assert STATE not in (tmp_path / "docker").parents


def _only(part: str) -> Callable[..., bool]:
    """Whether a daemon answers, those of this machine left out."""
    really = docker.answers

    def answers(host: str = "") -> bool:
        # A folder below a long name is reached at another address: /run/slipway-….
        return bool(host) and (part in host or "/run/slipway-" in host) and really(host)

    return answers


def _firewall() -> list[str]:
    return sorted(daemon._chains("filter") + daemon._chains("nat"))
