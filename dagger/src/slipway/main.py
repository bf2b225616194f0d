"""The functions that can be called; what they do is in the other rooms."""

from __future__ import annotations

from typing import Annotated

import dagger
from dagger import DefaultPath, Doc, Ignore, field, function, object_type

from slipway import project
from slipway.images.inputs import LEFTOVERS, SECRETS
from slipway.release.refs import Origin

Services = Annotated[
    list[str] | None,
    Doc("Only these services; repeat the flag, or separate names with commas. Default: all"),
]


@object_type
class Slipway:
    """The containers of one repository, as its slipway.toml describes them."""

    source: Annotated[
        dagger.Directory,
        DefaultPath("/"),
        Ignore([*SECRETS, *LEFTOVERS]),
        Doc("The repository, with slipway.toml at its root"),
    ] = field()
    commit: Annotated[str, Doc("The full sha of the commit, for the images' labels")] = ""
    commit_time: Annotated[
        str, Doc("The time of the commit in UTC, as in 2026-01-31T12:00:00Z, for the labels")
    ] = ""

    @function
    async def services(self) -> str:
        """List the configured services: name, kind, folder, port and reference."""
        return await project.services(self.source)

    @function
    async def build(self, service: Services = None) -> str:
        """Build the images, all at once and to the end.

        Gives a table: service, reference, digest (the one that publishing would give), packed
        size and seconds. One failure does not hide another: every failing command is shown with
        its output. Where nothing has changed, an engine may answer with the table of the run
        that did the work, seconds included.
        """
        return await project.build(self.source, service, self.commit, self.commit_time)

    @function
    async def image(
        self, service: Annotated[str, Doc("The service whose image is wanted")]
    ) -> dagger.Container:
        """The image of one service, to go on from: terminal, export, with-exec, as-tarball."""
        return await project.image(self.source, service, self.commit, self.commit_time)

    @function
    @dagger.check
    async def lint(self, service: Services = None) -> str:
        """Lint the sources and check their format (ruff; the scripts lint and format:check)."""
        return await project.check(self.source, ["lint"], service)

    @function
    @dagger.check
    async def types(self, service: Services = None) -> str:
        """Check the types (mypy; the script types)."""
        return await project.check(self.source, ["types"], service)

    @function
    @dagger.check
    async def test(self, service: Services = None) -> str:
        """Run the tests, with the services that they need beside them (pytest; the script test)."""
        return await project.check(self.source, ["test"], service)

    @function
    async def check(self, service: Services = None) -> str:
        """Lint, check types and test, all at once; every failure is shown."""
        return await project.check(self.source, ["lint", "types", "test"], service)

    @function
    async def tags(  # noqa: PLR0913, PLR0917  # each is a flag of its own
        self,
        event: Annotated[
            str, Doc("The event as GitHub names it: push, pull_request, workflow_dispatch, …")
        ],
        ref: Annotated[
            str, Doc("The full ref: refs/heads/<branch>, refs/tags/<tag>, refs/pull/<number>/merge")
        ],
        sha: Annotated[str, Doc("The full sha of the commit: 40 hex digits")],
        default_branch: Annotated[str, Doc("The branch that latest belongs to, as in main")],
        tag: Annotated[
            str | None, Doc("One more tag, to come first; empty means none, as CI writes it")
        ] = None,
        branches: Annotated[
            list[str] | None,
            Doc("The repository's branches, to refuse one that shares its tag with another"),
        ] = None,
    ) -> str:
        """The tags that this commit is published under, one a line.

        Nothing is asked of a registry or of git. Nothing is printed for a pull request, unless
        slipway.toml or --tag asks for tags.
        """
        origin = Origin(event, ref, sha, default_branch)
        return await project.tags(self.source, origin, tag, branches)
