"""A machine that lacks something, and a cache that cannot be used or is emptied."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.processes import answers, drive, finish, in_container, start_driver, wait_until
from tests.support.session import base, document, shell, step

from slipway_engine.store.store import default_root

pytestmark = pytest.mark.engine


def without(tool: str, folder: Path) -> dict[str, str]:
    """A PATH on which one program is missing."""
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name != tool and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return {"PATH": str(folder)}


@pytest.mark.parametrize("tool", ["podman", "skopeo", "buildah"])
def test_a_missing_program_is_named_with_how_to_get_it(tool: str, tmp_path: Path, nonce: str) -> None:
    dockerfile = step("withNewFile", path="Dockerfile", contents=f"FROM debian:trixie-slim\nRUN : {nonce}\n")
    request = {
        "podman": document(*base(), shell(f": {nonce}"), "sync"),
        "skopeo": document(*base("127.0.0.1:1/nosuch:1"), "sync"),
        "buildah": document(step("directory"), dockerfile, "dockerBuild", "sync"),
    }[tool]
    answer, _ = answers(drive(request, env=without(tool, tmp_path / "bin")))
    message = answer["errors"][0]["message"]
    assert f"{tool} is not installed" in message
    assert f"apt-get install {tool}" in message


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = drive("{ version }", cache=tmp_path / "file" / "cache")
    assert done.code == 1
    assert f"{tmp_path}/file/cache: cannot be used as the cache" in done.err
    assert "set SLIPWAY_CACHE_DIR to a writable folder" in done.err
    assert "Traceback" not in done.err


def test_a_cache_folder_on_a_disk_for_reading_is_named(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tests", str(tmp_path)], check=True)
    try:
        done = drive("{ version }", cache=tmp_path)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert (done.code, "cannot be used as the cache" in done.err) == (1, True), done


def test_only_a_cache_that_nobody_uses_is_emptied(tmp_path: Path, small_root: Path, nonce: str) -> None:
    cache = tmp_path / "cache"
    known, _ = answers(drive(document("host", step("directory", path=str(small_root)), "id"), cache=cache))
    root = ("container", step("withRootfs", directory=known["data"]["host"]["directory"]["id"]))
    process = start_driver(document(*root, shell(f"sleep 4; : mark-{nonce}"), "sync"), cache=cache)
    wait_until(lambda: in_container(f"mark-{nonce}"), "running")
    refused = drive("prune", cache=cache)
    assert (refused.code, "another run is using the cache" in refused.err) == (1, True), refused
    assert "errors" not in answers(finish(process))[0]
    emptied = drive("prune", cache=cache)
    assert (emptied.code, "MB freed" in emptied.out) == (0, True), emptied
    left = [path.name for path in cache.iterdir() if path.is_dir() and any(path.iterdir())]
    assert left in ([], ["log"]), left
    answer, _ = answers(drive(document(*root, "sync"), cache=cache))
    assert "nothing is known of this value; the cache was pruned" in answer["errors"][0]["message"]


def test_opening_an_engine_imports_little_and_makes_no_container() -> None:
    """`slipway call` stands on it: what is slow comes when it is needed."""
    slow = ("graphql", "uvicorn", "rich", "dagger")
    code = f"import sys, slipway_engine.engine; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert default_root().is_absolute()
