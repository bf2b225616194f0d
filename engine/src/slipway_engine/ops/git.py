"""GitRepository and GitRef: what a local repository says of itself, asked of git."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.store.layers import lay_out
from slipway_engine.store.tree import Tree


@dataclass(frozen=True, slots=True)
class Repository:
    """A directory with a `.git` folder."""

    tree: Tree


@dataclass(frozen=True, slots=True)
class GitRef:
    """A commit, by the name it was asked for and the ref it stands for."""

    commit: str
    ref: str


@op("Directory.asGit")
async def as_git(_ctx: Context, self: Tree) -> Repository:
    """The directory as a repository."""
    if ".git" not in self.entries:
        msg = "Directory.asGit: the directory has no .git folder; is it excluded, or not a clone?"
        raise InputError(msg)
    return Repository(self)


@op("GitRepository.head")
async def head(ctx: Context, self: Repository) -> GitRef:
    """What is checked out."""
    return await _resolve(ctx, self, "HEAD")


@op("GitRepository.branch")
async def branch(ctx: Context, self: Repository, *, name: str) -> GitRef:
    """A branch."""
    return await _resolve(ctx, self, f"refs/heads/{name}")


@op("GitRepository.tag")
async def tag(ctx: Context, self: Repository, *, name: str) -> GitRef:
    """A tag."""
    return await _resolve(ctx, self, f"refs/tags/{name}")


@op("GitRef.commit")
async def commit(_ctx: Context, self: GitRef) -> str:
    """The full commit."""
    return self.commit


@op("GitRef.ref")
async def ref(_ctx: Context, self: GitRef) -> str:
    """The ref's full name."""
    return self.ref


async def _resolve(ctx: Context, self: Repository, name: str) -> GitRef:
    git = self.tree.sub(".git")
    folder = ctx.engine.store.scratch("git")
    await asyncio.to_thread(lay_out, git, folder, preserve=False)
    # git takes a folder for a repository only if objects/ and refs/ are there, also when they are empty.
    for needed in ("objects", "refs"):
        (folder / needed).mkdir(exist_ok=True)
    found = await _git(str(folder), "rev-parse", "--verify", f"{name}^{{commit}}")
    symbolic = await _git(str(folder), "rev-parse", "--symbolic-full-name", name) if name == "HEAD" else name
    return GitRef(found, symbolic)


async def _git(folder: str, *args: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "git", "--git-dir", folder, "-c", f"safe.directory={folder}", *args,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode != 0:
        msg = f"git {args[0]}: {err.decode(errors='replace').strip()}"
        raise InputError(msg)
    return out.decode().strip()
