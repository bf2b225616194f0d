"""Asking git what is checked out, in a container: the answer is the same wherever it runs."""

from __future__ import annotations

from importlib.resources import files

import dagger
from dagger import dag

from slipway.config import FILE
from slipway.errors import InputError
from slipway.images import bases
from slipway.release.checkout import Checkout, parse

_SCRIPT = "/opt/slipway/checkout.sh"
_REPOSITORY = "/repository"
_INSTALL = 'apt-get update && apt-get install --yes --no-install-recommends "$@"'


async def read_checkout(source: dagger.Directory, repository: dagger.Directory) -> Checkout:
    """What is checked out in a directory with `.git`, which has to be that of the source.

    Raises:
        InputError: it is another repository, no clone, or one without a commit; the message says
            what to pass.

    """
    if await _described(source) != await _described(repository):
        raise InputError(
            "--repository: is another repository than --source; pass the folder of your clone for "
            "both, as in --source . … --repository ."
        )
    if ".git" not in [entry.rstrip("/") for entry in await repository.entries()]:
        raise InputError(
            "--commit: there is no .git to read it from; pass --commit, --commit-time, --ref and "
            "--default-branch"
        )
    script = files("slipway.release.in_container").joinpath("checkout.sh").read_text()
    asked = (
        tools("git")
        .with_new_file(_SCRIPT, script)
        .with_mounted_directory(_REPOSITORY, repository)
        .with_workdir(_REPOSITORY)
        .with_exec(["sh", _SCRIPT])
    )
    try:
        return parse(await asked.stdout())
    except dagger.ExecError as error:
        raise InputError(
            "--commit: git cannot read the repository; pass --commit, --commit-time, --ref and "
            f"--default-branch. It said: {error.stderr.strip() or error.stdout.strip()}"
        ) from None


async def _described(directory: dagger.Directory) -> str:
    try:
        return await directory.file(FILE).contents()
    except dagger.QueryError:
        return ""


def tools(*packages: str) -> dagger.Container:
    """A small Debian with a few of its packages."""
    # One execution: a list of packages that is older than the packages would name versions gone.
    return (
        dag.container()
        .from_(bases.TOOLS)
        .with_env_variable("DEBIAN_FRONTEND", "noninteractive")
        .with_exec(["sh", "-c", _INSTALL, "install", *packages])
    )
