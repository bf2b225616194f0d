"""An engine that is killed or interrupted leaves nothing behind, and the next run works."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest
from tests.support.processes import (
    answers,
    cmdlines,
    containers,
    drive,
    finish,
    in_container,
    mounts,
    start_driver,
    unfinished,
    wait_until,
)
from tests.support.session import IMAGE, base, document, shell, step

from slipway_engine.store.store import default_root

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


def left(pid: int) -> list[object]:
    """All that an engine's process could have left."""
    cache = default_root()
    return [
        *containers(pid),
        *(words for _, words in cmdlines() if any(f"/tmp/{pid}-" in word for word in words) and "grep" not in words),
        *(place for place in mounts(cache, 1) if f"/tmp/{pid}-" in place),
        *unfinished(cache, pid),
    ]


def stopped(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """End a driver and wait until nothing of it is there."""
    process.send_signal(how)
    process.communicate(timeout=30)
    wait_until(lambda: not left(process.pid), f"clean after {how.name}: {left(process.pid)}", 15)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_engine_stopped_in_the_middle_of_a_command_leaves_nothing(how: signal.Signals, nonce: str) -> None:
    # Not the first time: a variable that does not count, and another the next time, makes the command end.
    slow = step("withVolatileVariable", name="SECONDS_TO_SLEEP", value="300")
    quick = step("withVolatileVariable", name="SECONDS_TO_SLEEP", value="0")
    script = shell(f'echo half > /made; sleep "$SECONDS_TO_SLEEP"; echo whole > /made; : mark-{nonce}')
    process = start_driver(document(*base(), slow, script, "sync"))
    wait_until(lambda: in_container(f"mark-{nonce}"), "running")
    assert containers(process.pid)
    stopped(process, how)
    request = document(*base(), quick, script, step("file", path="/made"), "contents")
    answer, counts = answers(drive(request))
    assert "whole\\n" in json.dumps(answer)
    assert counts["exec"] == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_engine_stopped_while_a_container_is_being_made_leaves_nothing(how: signal.Signals, nonce: str) -> None:
    process = start_driver(*(document(*base(), shell(f"sleep 300; : mark-{nonce}-{n}"), "sync") for n in range(4)))
    wait_until(
        lambda: any(words[0] == "podman" and f"mark-{nonce}" in " ".join(words) for _, words in cmdlines()), "started"
    )
    stopped(process, how)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_engine_stopped_with_a_service_and_a_secret_leaves_nothing(how: signal.Signals, nonce: str) -> None:
    service = document(*base(), step("asService", args=["sh", "-c", f"sleep 300; : service-{nonce}"]), "start")
    secret = document(step("setSecret", name="s", plaintext=nonce), "id")
    process = start_driver(service, secret, document(*base(), shell(f"sleep 300; : mark-{nonce}"), "sync"))
    wait_until(lambda: in_container(f"service-{nonce}") and in_container(f"mark-{nonce}"), "running")
    stopped(process, how)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_engine_stopped_in_a_dockerfile_leaves_nothing(how: signal.Signals, nonce: str) -> None:
    def request(seconds: int) -> str:
        text = f"FROM {IMAGE}\nRUN sleep {seconds}; : mark-{nonce}\nRUN echo {nonce} > /made\n"
        return document(
            step("directory"),
            step("withNewFile", path="Dockerfile", contents=text),
            "dockerBuild",
            step("file", path="/made"),
            "contents",
        )

    process = start_driver(request(300))
    wait_until(lambda: in_container(f"mark-{nonce}"), "running")
    stopped(process, how)
    wait_until(lambda: not in_container(f"mark-{nonce}"), "ended")
    answer, _ = answers(drive(request(0)))
    assert nonce in json.dumps(answer)
    words = [
        "buildah",
        "--root",
        str(default_root() / "buildah"),
        "--storage-driver",
        "overlay",
        "containers",
        "--quiet",
    ]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == ""


def test_two_engines_with_the_same_recipe_at_once_agree(nonce: str) -> None:
    request = document(
        *base(), shell(f"sleep 0.5; date +%N > /made; : {nonce}"), step("file", path="/made"), "contents"
    )
    pair = [start_driver(request), start_driver(request)]
    for each in pair:
        answer, _ = answers(finish(each))
        assert "errors" not in answer
    _, counts = answers(drive(request))
    assert counts == {"cached": 1}


def test_an_engine_sees_its_containers_while_another_runs_and_so_does_everybody(nonce: str) -> None:
    process = start_driver(document(*base(), shell(f"sleep 300; : mark-{nonce}"), "sync"))
    wait_until(lambda: in_container(f"mark-{nonce}"), "running")
    try:
        # The command's, and the one that holds the run's network.
        assert len(containers(process.pid)) == 2
        answers(drive(document(*base(), shell(f"echo {nonce}"), "stdout")))
    finally:
        stopped(process, signal.SIGINT)


def test_what_a_run_left_that_nobody_could_clean_up_after_goes_with_the_next() -> None:
    cache = default_root()
    stale = cache / "tmp" / "4194999-dead" / "exec1"
    stale.mkdir(parents=True)
    (stale / "half").write_text("half")
    drive(document(step("file", name="f", contents=f"{os.getpid()}"), "digest"))
    assert not stale.parent.exists()
