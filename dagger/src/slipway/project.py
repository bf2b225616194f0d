"""From the arguments of a function to the rooms that do the work.

Everything is imported when it is needed: an engine starts a process for each function, and
reading the configuration costs more than all else that has to be loaded.
"""

# ruff: noqa: PLC0415  # the reason is above

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config
    from slipway.release.refs import Origin


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


async def check(source: dagger.Directory, checks: list[str], names: list[str] | None) -> str:
    """Run the named checks of the named services."""
    from slipway.checks import run

    config = await _config(source)
    return await run.run(source, config, config.select(names), checks)


async def tags(
    source: dagger.Directory, origin: Origin, asked: str | None, branches: list[str] | None
) -> str:
    """The tags of a commit, one a line."""
    from slipway.release import tags as release

    config = await _config(source)
    found = release.tags(origin, config.tags, asked or "", branches or [])
    return "".join(f"{tag}\n" for tag in found)


async def _config(source: dagger.Directory) -> Config:
    import dagger

    from slipway.config import FILE, parse
    from slipway.errors import ConfigError

    try:
        text = await source.file(FILE).contents()
    except dagger.QueryError:
        raise ConfigError([f"{FILE}: is missing at the root of the repository"]) from None
    return parse(text)
