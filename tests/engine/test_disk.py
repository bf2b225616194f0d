"""A disk that fills up: a clear message, nothing half-made, and the next run works once there is space."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.processes import answers, drive
from tests.support.session import Step, document, shell, step

pytestmark = pytest.mark.engine

MEGABYTE = 1_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A cache folder on a disk of 40 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tests", str(place)], check=True)
    yield place / "cache"
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def grow(disk: Path) -> None:
    """Give it space."""
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk.parent)], check=True)


def errors(disk: Path, *steps: Step | str) -> list[str]:
    """The messages of one request."""
    answer, _ = answers(drive(document(*steps), cache=disk))
    return [error["message"] for error in answer.get("errors", [])]


def root_id(disk: Path, small_root: Path) -> str:
    """The small file system's ID in that cache."""
    answer, _ = answers(drive(document("host", step("directory", path=str(small_root)), "id"), cache=disk))
    return str(answer["data"]["host"]["directory"]["id"])


def half_made(disk: Path) -> list[Path]:
    """What a failed run may not leave."""
    return [*(disk / "tmp").glob("*"), *(disk / "execs").glob("*")]


def test_a_file_that_does_not_fit_is_refused_with_what_to_do(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "large").write_bytes(b"x" * 60 * MEGABYTE)
    steps = ("host", step("directory", path=str(tmp_path / "in")), "id")
    (message,) = errors(disk, *steps)
    assert message.startswith(f"{disk}: no space left on the cache's disk; free some space, run `slipway prune`")
    assert half_made(disk) == []
    assert list((disk / "files").glob("*/*")) == []
    grow(disk)
    assert errors(disk, *steps) == []


def test_a_command_that_fills_the_disk_fails_and_leaves_no_layer(disk: Path, small_root: Path) -> None:
    root = ("container", step("withRootfs", directory=root_id(disk, small_root)))
    # The command itself looks away: it is podman and the engine that cannot write down how it went.
    steps = (*root, shell("head -c 100000000 /dev/zero > /big; true"), "exitCode")
    messages = errors(disk, *steps)
    assert len(messages) == 1, messages
    assert "no space left on the cache's disk" in messages[0], messages
    assert half_made(disk) == []
    grow(disk)
    assert errors(disk, *steps) == []


def test_a_run_on_a_full_disk_is_told_so_and_not_that_its_command_failed(disk: Path, small_root: Path) -> None:
    root = ("container", step("withRootfs", directory=root_id(disk, small_root)))
    assert errors(disk, *root, shell("true"), "sync") == []
    filling = disk.parent / "filling"
    with filling.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    done = drive(document(*root, shell("true; : 2"), "sync"), cache=disk)
    assert "no space left on the cache's disk" in done.out + done.err, done
    filling.unlink()
    assert errors(disk, *root, shell("true; : 2"), "sync") == []


def test_an_image_that_does_not_fit_is_no_archive(disk: Path, small_root: Path) -> None:
    root = ("container", step("withRootfs", directory=root_id(disk, small_root)))
    script = "head -c 9000000 /dev/urandom > /a"
    steps = (*root, shell(script), shell(script.replace("/a", "/b")), "asTarball", "size")
    messages = errors(disk, *steps)
    assert len(messages) == 1, messages
    assert list((disk / "tmp").glob("*")) == []
    assert list((disk / "tarballs").glob("*")) == []
    grow(disk)
    assert errors(disk, *steps) == []
