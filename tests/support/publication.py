"""Repositories that are published from, and what a publication says of itself."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import REPOSITORY, Result, run, slipway
from tests.support.registry import Registry

GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-31T13:00:00+01:00",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2026-01-31T13:00:00+01:00",
}  # fmt: skip
INDEX = "application/vnd.oci.image.index.v1+json"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Clone:
    """A repository that is published from."""

    folder: Path

    def git(self, *words: str) -> str:
        done = run("git", *words, cwd=self.folder, env=GIT)
        assert done.code == 0, done
        return done.out.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "state")
        return self.sha

    @property
    def sha(self) -> str:
        return self.git("rev-parse", "HEAD")

    def slipway(self, *words: str, env: dict[str, str] | None = None) -> Result:
        return slipway(*words, cwd=self.folder, env=env)


@dataclass(frozen=True)
class Other(Clone):
    """A repository that has no module of its own."""

    def slipway(self, *words: str, env: dict[str, str] | None = None) -> Result:
        options = words[: words.index("call")]
        function, *rest = words[words.index("call") + 1 :]
        of_git = ("--repository", ".") if function in {"publish", "tags"} else ()
        return slipway(
            "-m", str(REPOSITORY), *options, "call", "--source", ".", function, *of_git, *rest, cwd=self.folder, env=env
        )


def other(name: str, folder: Path) -> Other:
    """One of the tests' own repositories, as one commit on main."""
    shutil.copytree(REPOSITORY / "tests/repositories" / name, folder / name)
    made = Other(folder / name)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit()
    return made


def digests(result: Result) -> dict[str, str]:
    """What the table says, by service."""
    rows = [line.split() for line in result.out.splitlines()]
    return {row[0]: row[2] for row in rows if len(row) > 3 and DIGEST.fullmatch(row[2])}


def release_of(result: Result) -> tuple[str, str]:
    """The release's identity and its reference."""
    lines = result.out.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("release "))
    return lines[at].split()[-1], lines[at + 1].strip()


def held(store: Registry, path: str, tag: str) -> str:
    return store.manifest(path, tag)[0]
