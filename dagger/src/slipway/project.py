"""From the arguments of a function to the rooms that do the work.

Everything is imported when it is needed: an engine starts a process for each function, and
reading the configuration costs more than all else that has to be loaded.
"""

# ruff: noqa: PLC0415  # the reason is above

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagger

    from slipway.checks.jobs import Wanted
    from slipway.checks.scan.gate import Gate
    from slipway.config import Config
    from slipway.release.plan import Plan
    from slipway.release.refs import Origin
    from slipway.release.registry import Registry


async def services(source: dagger.Directory) -> str:
    """The table of the configured services."""
    from slipway.table import table

    config = await _config(source)
    rows = [
        (s.name, s.kind, s.path, str(s.port or "-"), config.project.reference(s.name))
        for s in config.services.values()
    ]
    return table(("SERVICE", "KIND", "PATH", "PORT", "REFERENCE"), rows)


async def build(
    source: dagger.Directory, names: list[str] | None, commit: str, commit_time: str
) -> str:
    """Build the named services."""
    from slipway.images import build as images
    from slipway.images.labels import Commit

    at = Commit(commit, commit_time)
    config = await _config(source)
    return await images.build(source, config, config.select(names), at)


async def image(
    source: dagger.Directory, name: str, commit: str, commit_time: str
) -> dagger.Container:
    """The image of the named service."""
    from slipway.images import image as images
    from slipway.images.facts import read_facts
    from slipway.images.labels import Commit

    at = Commit(commit, commit_time)
    config = await _config(source)
    (service,) = config.select([name])
    facts = await read_facts(source, [service])
    return images.image(source, config.project, service, facts[name], at)


@dataclass(frozen=True)
class Checks:
    """Which checks: of which services, and what single ones need beside the files.

    `tree` is the repository with all that git would take, `advisories` the address of OSV.
    """

    names: list[str]
    services: list[str] | None = None
    tree: dagger.Directory | None = None
    advisories: str = ""


async def check(source: dagger.Directory, asked: Checks) -> str:
    """Run checks; gives the table, or raises with every failure."""
    from slipway.checks import run

    config = await _config(source)
    return run.judged(await run.results(source, config, _wanted(config, asked)))


async def reports(source: dagger.Directory, asked: Checks) -> dagger.Directory:
    """Run checks; gives their reports, whatever was found."""
    from slipway.checks import reports, run

    config = await _config(source)
    return reports.directory(await run.results(source, config, _wanted(config, asked), again=False))


async def sbom(
    source: dagger.Directory, name: str, wanted: str, commit: str, commit_time: str
) -> dagger.File:
    """The bill of materials of the named service's image."""
    from slipway.checks.sbom.bill import bill
    from slipway.images.labels import Commit

    at = Commit(commit, commit_time)
    config = await _config(source)
    (service,) = config.select([name])
    return await bill(source, config, service, at, wanted)


async def scan(source: dagger.Directory, names: list[str] | None, gate: Gate) -> str:
    """Scan images; gives the table, or raises with every finding."""
    from slipway.checks.run import judged
    from slipway.checks.scan.scan import scan

    config = await _config(source)
    return judged(await scan(source, config, config.select(names), gate))


async def scan_reports(
    source: dagger.Directory, names: list[str] | None, gate: Gate
) -> dagger.Directory:
    """Scan images; gives the reports, whatever was found."""
    from slipway.checks import reports
    from slipway.checks.scan.scan import scan

    config = await _config(source)
    return reports.directory(await scan(source, config, config.select(names), gate))


def _wanted(config: Config, asked: Checks) -> Wanted:
    from slipway.checks.commands import SERVICE_CHECKS
    from slipway.checks.jobs import OSV, Wanted
    from slipway.checks.repository import REPOSITORY_CHECKS

    names = asked.names or [*SERVICE_CHECKS, "audit", *REPOSITORY_CHECKS]
    services = config.select(asked.services)
    return Wanted(services, names, asked.tree, advisories=asked.advisories or OSV)


@dataclass(frozen=True)
class Given:
    """The files, the same with `.git`, and the commit and its time as far as they were passed."""

    source: dagger.Directory
    repository: dagger.Directory
    sha: str = ""
    time: str = ""


@dataclass(frozen=True)
class Asked:
    """Where a commit comes from, as far as it was passed, and a tag that was asked for."""

    event: str
    ref: str
    default_branch: str
    tag: str
    refs: list[str]


@dataclass(frozen=True)
class Access:
    """A registry in place of the configured one, and who signs in."""

    registry: str
    username: str
    password: dagger.Secret | None


@dataclass(frozen=True)
class Signing:
    """A private key and its password."""

    key: dagger.Secret | None
    password: dagger.Secret | None


async def tags(given: Given, asked: Asked) -> str:
    """The tags of a commit, one a line."""
    config = await _config(given.source)
    found = await _tagged(config, given, asked)
    return "".join(f"{tag}\n" for tag in found.tags)


async def plan(given: Given, asked: Asked, access: Access) -> str:
    """What `publish` would do."""
    _, planned = await _plan(given, asked, access)
    return planned.text()


async def publish(given: Given, asked: Asked, access: Access, signing: Signing, report: str) -> str:
    """Publish; gives the table, the manifest or the summary."""
    from slipway.release import publish as release
    from slipway.release.registry import Registry
    from slipway.release.signing import Signer

    config, planned = await _plan(given, asked, access)
    registry = Registry(planned.registry, access.username or planned.account, access.password)
    signer = Signer(signing.key, signing.password) if signing.key else None
    done = await release.publish(given.source, config, planned, registry, signer)
    match report:
        case "manifest":
            return done.release.encode().decode()
        case "summary":
            return done.summary()
    return done.text()


async def inspect_release(ref: str, username: str, password: dagger.Secret | None) -> str:
    """A release for people."""
    from slipway.release import artifact, report

    reference, release, _ = await artifact.fetch(_registry(ref, username, password), ref)
    return report.inspected(release, reference)


async def release_manifest(ref: str, username: str, password: dagger.Secret | None) -> str:
    """A release's own bytes."""
    from slipway.release import artifact

    _, release, _ = await artifact.fetch(_registry(ref, username, password), ref)
    return release.encode().decode()


async def verify_release(
    ref: str, username: str, password: dagger.Secret | None, public_key: dagger.File | None
) -> str:
    """The proof that a registry holds a release."""
    from slipway.release import verify

    return await verify.verify(_registry(ref, username, password), ref, public_key)


def _registry(ref: str, username: str, password: dagger.Secret | None) -> Registry:
    from slipway.errors import InputError
    from slipway.release.registry import Registry

    host, _, path = ref.partition("/")
    if not path or not ("." in host or ":" in host or host == "localhost"):
        raise InputError(
            f"--ref: {ref!r} is no reference with a registry; write it as publish printed it, as "
            "in ghcr.io/you/shop-release:main"
        )
    return Registry(host, username or path.partition("/")[0], password)


async def _plan(given: Given, asked: Asked, access: Access) -> tuple[Config, Plan]:
    from slipway.images.labels import Commit
    from slipway.release.plan import plan

    config = await _config(given.source)
    found = await _tagged(config, given, asked)
    commit = Commit(found.origin.sha, found.time, dirty=found.origin.dirty)
    made = plan(config, found.origin, commit, access.registry, found.tags)
    return config, replace(made, changes=found.changes)


@dataclass(frozen=True)
class _Tagged:
    """The tags, what they follow from, the commit's time, and what changed since."""

    tags: tuple[str, ...]
    origin: Origin
    time: str
    changes: tuple[str, ...] = ()


async def _tagged(config: Config, given: Given, asked: Asked) -> _Tagged:
    """The tags of a commit; git is asked for what was not passed."""
    from slipway.release import checkout
    from slipway.release.refs import Origin
    from slipway.release.repository import read_checkout
    from slipway.release.tags import tags

    default_branch = asked.default_branch or config.project.default_branch
    if asked.ref and given.sha and default_branch:
        origin = Origin(asked.event or "push", asked.ref, given.sha, default_branch)
        return _Tagged(tags(origin, config.tags, asked.tag, asked.refs), origin, given.time)
    found = await read_checkout(given.source, given.repository)
    origin = checkout.origin(found, asked.event, asked.ref, given.sha, default_branch)
    named = tags(origin, config.tags, asked.tag, [*asked.refs, *found.refs])
    return _Tagged(named, origin, given.time or found.time, found.changes)


async def _config(source: dagger.Directory) -> Config:
    import dagger

    from slipway.config import FILE, parse
    from slipway.errors import ConfigError

    try:
        text = await source.file(FILE).contents()
    except dagger.QueryError:
        problem = "is missing at the root of the repository; describe its services there"
        raise ConfigError([f"{FILE}: {problem}, as docs/configuration.md shows"]) from None
    return parse(text)
