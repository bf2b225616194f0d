"""The functions that can be called; what they do is in the other rooms."""

from __future__ import annotations

from typing import Annotated

import dagger
from dagger import DefaultPath, Doc, Ignore, field, function, object_type

from slipway import project
from slipway.checks.scan.gate import Gate
from slipway.checks.words import BillFormat, Severity
from slipway.images.inputs import LEFTOVERS, MADE_HERE, SECRETS
from slipway.objects import NEVER, Release, Report
from slipway.project import Checks

Services = Annotated[
    list[str] | None,
    Doc("Only these services; repeat the flag, or separate names with commas. Default: all"),
]
Repository = Annotated[
    dagger.Directory,
    DefaultPath("/"),
    Ignore([*SECRETS, *MADE_HERE]),
    Doc("The repository with its .git, asked for what is not passed"),
]
Event = Annotated[
    str, Doc("The event as GitHub names it: push, pull_request, workflow_dispatch, …")
]
Ref = Annotated[
    str, Doc("The full ref: refs/heads/<branch>, refs/tags/<tag>, refs/pull/<number>/merge")
]
DefaultBranch = Annotated[str, Doc("The branch that latest belongs to, as in main")]
Tag = Annotated[str | None, Doc("One more tag, to come first; empty means none, as CI writes it")]
Refs = Annotated[
    list[str] | None,
    Doc(
        "The repository's branches, and its tags as refs/tags/…, to refuse two that share a tag "
        "and to leave latest to the newest version"
    ),
]
Username = Annotated[
    str, Doc("Who signs in to the registry; default: the owner in the images' path")
]
Password = Annotated[
    dagger.Secret | None, Doc("The registry's password or token, as in env://REGISTRY_PASSWORD")
]


Tree = Annotated[
    dagger.Directory,
    DefaultPath("/"),
    Ignore([*LEFTOVERS]),
    Doc("The repository with the files that are kept out of everything else, to look for secrets"),
]
Advisories = Annotated[str, Doc("The address of a mirror of OSV, in place of https://api.osv.dev")]

Least = Annotated[Severity, Doc("The least severity that fails")]
OnlyFixed = Annotated[bool, Doc("Leave out what no version fixes yet")]
Database = Annotated[
    str, Doc("The repository of a mirror of Trivy's database, as in registry.example.com/trivy-db")
]

# The advisories of a day; a function would else answer from its cache for a week.
HALF_A_DAY = "12h"


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
        """Lint the sources (ruff; the script lint)."""
        return await project.check(self.source, Checks(["lint"], service))

    @function
    @dagger.check
    async def format(self, service: Services = None) -> str:
        """Check how the sources are formatted (ruff; the script format:check)."""
        return await project.check(self.source, Checks(["format"], service))

    @function
    @dagger.check
    async def types(self, service: Services = None) -> str:
        """Check the types (mypy; the script types)."""
        return await project.check(self.source, Checks(["types"], service))

    @function
    @dagger.check
    async def test(self, service: Services = None) -> str:
        """Run the tests, with the services that they need beside them (pytest; the script test)."""
        return await project.check(self.source, Checks(["test"], service))

    @function
    @dagger.check
    async def locks(self, service: Services = None) -> str:
        """Check that the locks fit what they lock (uv; package.json against pnpm's or npm's)."""
        return await project.check(self.source, Checks(["locks"], service))

    @function(cache=HALF_A_DAY)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    @dagger.check
    async def audit(self, service: Services = None, advisories: Advisories = "") -> str:
        """Ask which locked dependencies have known vulnerabilities (OSV), once a day."""
        return await project.check(self.source, Checks(["audit"], service, None, advisories))

    @function
    @dagger.check
    async def compose(self) -> str:
        """Check the compose files: the schema, and the faults that it lets pass."""
        return await project.check(self.source, Checks(["compose"]))

    @function
    @dagger.check
    async def shell(self) -> str:
        """Lint the shell scripts (shellcheck)."""
        return await project.check(self.source, Checks(["shell"]))

    @function
    @dagger.check
    async def dockerfiles(self) -> str:
        """Lint the Dockerfiles (hadolint)."""
        return await project.check(self.source, Checks(["dockerfiles"]))

    @function
    @dagger.check
    async def workflows(self) -> str:
        """Check the workflows (schema, actionlint, zizmor as auditor, own rules)."""
        return await project.check(self.source, Checks(["workflows"]))

    @function
    @dagger.check
    async def migrations(self) -> str:
        """Check the migrations: one line of descent, nothing that breaks the last release."""
        return await project.check(self.source, Checks(["migrations"]))

    @function
    @dagger.check
    async def secrets(self, tree: Tree) -> str:
        """Look for keys and tokens in the files that git would take."""
        return await project.check(self.source, Checks(["secrets"], None, tree))

    @function(cache=HALF_A_DAY)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def check(self, tree: Tree, service: Services = None, advisories: Advisories = "") -> str:
        """Run all checks at once: those of the services, and those of the repository."""
        return await project.check(self.source, Checks([], service, tree, advisories))

    @function(cache=HALF_A_DAY)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def reports(
        self,
        tree: Tree,
        check: Annotated[
            list[str] | None, Doc("Only these checks; repeat the flag. Default: all")
        ] = None,
        service: Services = None,
        advisories: Advisories = "",
    ) -> dagger.Directory:
        """The checks as files: junit.xml, tests/*.xml, sarif/*.sarif and summary.md.

        Failures are in the files and no error here: `check` is what fails.
        """
        asked = Checks(check or [], service, tree, advisories)
        return await project.reports(self.source, asked)

    @function
    async def sbom(
        self,
        service: Annotated[str, Doc("The service whose image is described")],
        format: Annotated[BillFormat, Doc("How it is written")] = BillFormat.SPDX,  # noqa: A002  # the flag's name
    ) -> dagger.File:
        """The bill of materials of an image: everything that is installed in it.

        Read from the finished image itself: Debian's, Python's and Node.js' packages. The same
        image gives the same bytes.
        """
        return await project.sbom(self.source, service, format.value, self.commit, self.commit_time)

    @function(cache=HALF_A_DAY)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def scan(
        self,
        service: Services = None,
        severity: Least = Severity.HIGH,
        only_fixed: OnlyFixed = False,  # noqa: FBT002  # a flag
        database: Database = "",
    ) -> str:
        """Look for known vulnerabilities in the images (Trivy), and fail from a severity on.

        What security-ignore.toml accepts until a day is left out. A database that cannot be had
        is told apart from findings.
        """
        return await project.scan(self.source, service, Gate(severity.value, only_fixed, database))

    @function(cache=HALF_A_DAY)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def scan_reports(
        self,
        service: Services = None,
        severity: Least = Severity.HIGH,
        only_fixed: OnlyFixed = False,  # noqa: FBT002  # a flag
        database: Database = "",
    ) -> dagger.Directory:
        """The scan as files: junit.xml, sarif/*.sarif and summary.md; findings are no error."""
        gate = Gate(severity.value, only_fixed, database)
        return await project.scan_reports(self.source, service, gate)

    @function
    async def tags(  # noqa: PLR0913, PLR0917  # each is a flag of its own
        self,
        repository: Repository,
        event: Event = "",
        ref: Ref = "",
        sha: Annotated[str, Doc("The full sha of the commit: 40 hex digits")] = "",
        default_branch: DefaultBranch = "",
        tag: Tag = None,
        branches: Refs = None,
    ) -> str:
        """The tags that this commit is published under, one a line.

        Whatever is not passed is read from git; with everything passed, nothing is asked of git,
        and never anything of a registry. Nothing is printed for a pull request, unless
        slipway.toml or --tag asks for tags.
        """
        asked = project.Asked(event, ref, default_branch, tag or "", branches or [])
        commit = project.Given(self.source, repository, sha or self.commit)
        return await project.tags(commit, asked)

    @function(cache=NEVER)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def publish(  # noqa: PLR0913, PLR0917  # each is a flag of its own
        self,
        repository: Repository,
        tag: Tag = None,
        registry: Annotated[
            str, Doc("The registry's host in place of the configured one, as in localhost:5000")
        ] = "",
        username: Username = "",
        password: Password = None,
        event: Event = "",
        ref: Ref = "",
        default_branch: DefaultBranch = "",
        branches: Refs = None,
        dry_run: Annotated[bool, Doc("Print what would be done, and do nothing")] = False,  # noqa: FBT002  # a flag
        report: Annotated[Report, Doc("What to print")] = Report.TABLE,
        signing_key: Annotated[
            dagger.Secret | None, Doc("A private key of cosign, to sign the release with")
        ] = None,
        signing_password: Annotated[
            dagger.Secret | None, Doc("The password of the private key")
        ] = None,
    ) -> str:
        """Push every image under the commit's tags, and the release that lists them.

        First everything is built and the gate passed: if any of it fails, nothing is pushed. Then
        each image goes under its own tag, then under the others, and every tag is read back. What
        is not passed about the commit is read from git; changes that are not committed mark it.
        """
        asked = project.Asked(event, ref, default_branch, tag or "", branches or [])
        access = project.Access(registry, username, password)
        signing = project.Signing(signing_key, signing_password)
        commit = project.Given(self.source, repository, self.commit, self.commit_time)
        if dry_run:
            return await project.plan(commit, asked, access)
        return await project.publish(commit, asked, access, signing, report.value)

    @function
    def release(
        self,
        ref: Annotated[str, Doc("The release, as publish printed it: repository:tag or …@digest")],
        username: Username = "",
        password: Password = None,
    ) -> Release:
        """A release that was published: inspect, verify, manifest."""
        return Release(ref=ref, username=username, password=password)  # type: ignore[call-arg]  # object_type makes it a dataclass
