"""Building images to completion, all at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dagger import dag

from slipway.errors import BuildError
from slipway.images import bases
from slipway.images.facts import read_facts
from slipway.images.image import Image, image
from slipway.running import run_all
from slipway.table import size, table

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config, Service
    from slipway.images.labels import Commit

_HEADER = ("SERVICE", "REFERENCE", "DIGEST", "SIZE", "SECONDS")


@dataclass(frozen=True)
class Built:
    """An image that was built: the digest that publishing it would give, and its packed size."""

    digest: str
    octets: int


async def build(
    source: dagger.Directory, config: Config, services: list[Service], commit: Commit
) -> str:
    """Build the services in parallel; gives the table.

    Raises:
        BuildError: at least one failed, after all have ended; it holds every failure.

    """
    facts = await read_facts(source, services)
    images = {
        s.name: Image((image(source, config.project, s, facts[s.name], commit),)) for s in services
    }
    outcomes = await run_all({name: partial(measure, made) for name, made in images.items()})
    failures = {name: outcome.failure for name, outcome in outcomes.items() if outcome.failure}
    if failures:
        summary = f"{len(failures)} of {len(outcomes)} images failed: {', '.join(failures)}"
        raise BuildError(summary, [f"{name}: {text}" for name, text in failures.items()])
    rows = [
        (name, config.project.reference(name), built.digest, size(built.octets), f"{o.seconds:.1f}")
        for name, o in outcomes.items()
        if (built := o.value) is not None
    ]
    return table(_HEADER, rows, numbers=("SIZE", "SECONDS"))


async def measure(made: Image) -> Built:
    """Build an image to the end and read the digest of its manifest, or of its index.

    A container does not know it. Its tarball does: `index.json` names the digest that
    `publish` gives afterwards, for every tag.
    """
    tarball = made.as_tarball()
    index = (
        dag.container()
        .from_(bases.TOOLS)
        .with_mounted_file("/image.tar", tarball)
        .with_exec(["tar", "--extract", "--to-stdout", "--file=/image.tar", "index.json"])
    )
    manifests = json.loads(await index.stdout())["manifests"]
    return Built(manifests[0]["digest"], await tarball.size())
