"""How a runner comes by Dagger's CLI: the version of dagger.json, and only the archive that its checksum names."""

from __future__ import annotations

import hashlib
import io
import platform
import shutil
import tarfile
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY, Result, run

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="Dagger has no other CLI")

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
ARCHIVE = f"dagger_v0.21.8_linux_{ARCH}.tar.gz"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the bootstrap, and a mirror with an archive of a program that repeats its words."""
    root = tmp_path / "repository"
    (root / ".github").mkdir(parents=True)
    shutil.copy(REPOSITORY / ".github/slipway", root / ".github")
    shutil.copy(REPOSITORY / "dagger.json", root)
    mirror = tmp_path / "mirror/v0.21.8"
    mirror.mkdir(parents=True)
    program = b'#!/bin/sh\necho "in $PWD: $*"\nexit 7\n'
    with tarfile.open(mirror / ARCHIVE, "w:gz") as archive:
        entry = tarfile.TarInfo("dagger")
        entry.size, entry.mode = len(program), 0o755
        archive.addfile(entry, io.BytesIO(program))
    digest = hashlib.sha256((mirror / ARCHIVE).read_bytes()).hexdigest()
    (root / ".github/dagger.sha256").write_text(f"{digest}  {ARCHIVE}\n")
    return root


def _call(root: Path, *words: str) -> Result:
    mirror = f"file://{root.parent / 'mirror'}"
    return run(
        root / ".github/slipway", *words, cwd=root.parent, env={"SLIPWAY_DAGGER_MIRROR": mirror, "SLIPWAY_ENGINE": ""}
    )


def test_it_is_fetched_once_and_gets_the_words(repository: Path) -> None:
    first = _call(repository, "call", "build", "a b")
    assert (first.code, first.out) == (7, f"in {repository}: --progress=plain call build a b\n"), first
    assert "fetching" in first.err
    shutil.rmtree(repository.parent / "mirror")
    second = _call(repository, "check")
    assert (second.code, second.err) == (7, ""), second


def test_another_archive_is_refused_and_nothing_of_it_runs(repository: Path) -> None:
    with (repository.parent / "mirror/v0.21.8" / ARCHIVE).open("ab") as archive:
        archive.write(b"more")
    done = _call(repository, "check")
    assert done.code == 1
    assert "nothing was run" in done.err
    assert done.out == ""
    assert not (repository / ".slipway").exists()


def test_a_version_without_a_checksum_is_refused(repository: Path) -> None:
    text = (repository / "dagger.json").read_text()
    (repository / "dagger.json").write_text(text.replace("v0.21.8", "v0.21.9"))
    done = _call(repository, "check")
    assert done.code == 1
    assert "has no line for dagger_v0.21.9_linux" in done.err


def test_the_repository_has_the_checksums_of_its_version() -> None:
    names = [line.split()[1] for line in (REPOSITORY / ".github/dagger.sha256").read_text().splitlines()]
    assert names == ["dagger_v0.21.8_linux_amd64.tar.gz", "dagger_v0.21.8_linux_arm64.tar.gz"]
    assert '"engineVersion": "v0.21.8"' in (REPOSITORY / "dagger.json").read_text()
