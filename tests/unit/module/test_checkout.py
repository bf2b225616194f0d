"""What follows from a working copy: the answers of the real script, run on real repositories, and whole values."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from slipway.errors import InputError
from slipway.release.checkout import Checkout, origin, parse, told

SCRIPT = files("slipway.release.in_container").joinpath("checkout.sh").read_text()
SHA = "860c1904a1ce19322e91ac35af1ab07466440c37"
HERE = Checkout(SHA, "2026-01-31T12:00:00Z", head="refs/heads/main", default="main")


class Repository:
    """A throwaway repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("app.py", "one")
        self.commit("first")

    def git(self, *words: str) -> str:
        me = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        for role in ("AUTHOR", "COMMITTER"):
            me |= {f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@example.org"}
            me[f"GIT_{role}_DATE"] = "2026-01-31T13:00:00+01:00"
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=os.environ | me, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def read(self) -> Checkout:
        done = subprocess.run(["sh", "-c", SCRIPT], cwd=self.folder, capture_output=True, text=True, check=True)
        return parse(done.stdout)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_branch_is_read(repository: Repository) -> None:
    sha = repository.git("rev-parse", "HEAD")
    found = repository.read()
    assert found == Checkout(sha, "2026-01-31T12:00:00Z", head="refs/heads/main", refs=("refs/heads/main",))
    assert origin(found, "", "", "", "") == origin(found, "push", "refs/heads/main", sha, "main")


def test_a_clone_knows_its_default_branch_and_the_branches_of_its_origin(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.git("branch", "feature/x")
    repository.git("checkout", "--quiet", "-b", "trunk")
    folder = tmp_path_factory.mktemp("clone")
    subprocess.run(["git", "clone", "--quiet", str(repository.folder), str(folder)], check=True)
    clone = object.__new__(Repository)
    clone.folder = folder
    found = clone.read()
    assert found.default_branch == "trunk"
    assert set(found.refs) == {"refs/heads/trunk", "refs/heads/main", "refs/heads/feature/x"}


def test_a_detached_head_is_its_one_version_tag(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--detach")
    assert repository.read().ref == "HEAD"
    repository.git("tag", "nightly")
    repository.git("tag", "v1.2.3")
    assert repository.read().ref == "refs/tags/v1.2.3"
    repository.git("tag", "--annotate", "--message", "again", "v1.2.4")
    assert repository.read().ref == "HEAD"


def test_a_checked_out_branch_goes_before_a_tag(repository: Repository) -> None:
    repository.git("tag", "v1.2.3")
    assert repository.read().ref == "refs/heads/main"


def test_changed_new_and_deleted_files_are_changes_and_ignored_ones_are_not(repository: Repository) -> None:
    repository.write(".gitignore", "*.log\n")
    repository.write("gone.py", "x")
    repository.commit("second")
    repository.write("app.py", "two")
    repository.write("neu/größe.py", "x")
    repository.write("noise.log", "x")
    (repository.folder / "gone.py").unlink()
    found = repository.read()
    assert set(found.changes) == {"app.py", "gone.py", "neu/"}
    assert origin(found, "", "", "", "").dirty


def test_a_committed_secret_that_no_build_may_see_is_no_change(repository: Repository) -> None:
    repository.write("services/api/.env", "TOKEN=x")
    repository.commit("a mistake")
    (repository.folder / "services/api/.env").unlink()  # as the engine leaves it out
    assert repository.read().changes == ()


def test_a_repository_without_a_commit_fails(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert subprocess.run(["sh", "-c", SCRIPT], cwd=tmp_path, capture_output=True, check=False).returncode != 0


DEFAULTS = {
    "origin says so": (replace(HERE, default="trunk", refs=("refs/heads/main",)), "trunk"),
    "main without an origin": (replace(HERE, default="", refs=("refs/heads/main", "refs/heads/x")), "main"),
    "master without an origin": (replace(HERE, default="", refs=("refs/heads/master",)), "master"),
}


@pytest.mark.parametrize(("checkout", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_the_default_branch(checkout: Checkout, expected: str) -> None:
    assert checkout.default_branch == expected


@pytest.mark.parametrize("refs", [("refs/heads/main", "refs/heads/master"), ("refs/heads/dev",)])
def test_a_default_branch_is_not_guessed(refs: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as caught:
        _ = replace(HERE, default="", refs=refs).default_branch
    assert str(caught.value) == (
        "--default-branch: git does not tell which branch it is (there is no origin/HEAD); pass it, or write "
        "default-branch under [project] in slipway.toml"
    )


def test_another_commit_than_the_one_checked_out_is_refused() -> None:
    with pytest.raises(InputError, match=r"^--commit: 1111.* is not what is checked out"):
        origin(HERE, "", "", "1" * 40, "")


def test_what_is_passed_goes_before_git() -> None:
    made = origin(HERE, "workflow_dispatch", "refs/heads/dev", SHA, "trunk")
    assert (made.event, made.ref, made.default_branch) == ("workflow_dispatch", "refs/heads/dev", "trunk")


def test_many_changes_are_cut() -> None:
    assert told(tuple("abcdefg")) == "a, b, c, d, e and 2 more"
