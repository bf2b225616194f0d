"""The bill of materials of a service's image, read from its finished files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagger import dag

from slipway.checks.sbom import cyclonedx, spdx
from slipway.checks.sbom.inventory import Image, packages
from slipway.checks.toolbox_container import toolbox
from slipway.images.build import measure
from slipway.images.facts import read_facts
from slipway.images.image import Image as Built
from slipway.images.image import image

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config, Service
    from slipway.images.labels import Commit

_FORMATS = {"spdx": spdx.document, "cyclonedx": cyclonedx.document}


async def bill(
    source: dagger.Directory, config: Config, service: Service, commit: Commit, wanted: str
) -> dagger.File:
    """The document as a file, in the format `spdx` or `cyclonedx`."""
    facts = await read_facts(source, [service])
    made = image(source, config.project, service, facts[service.name], commit)
    built = await measure(Built((made,)))
    described = Image(config.project.reference(service.name), built.digest, _time(commit))
    texts = await bills(made, described)
    name = f"{service.name}.{wanted}.json"
    return dag.directory().with_new_file(name, texts[wanted]).file(name)


async def bills(made: dagger.Container, described: Image) -> dict[str, str]:
    """The document in every format, by its name."""
    inventory = (
        toolbox(dag.directory())
        .with_mounted_directory("/rootfs", made.rootfs())
        .with_exec(["python", "-m", "in_toolbox.inventory", "/rootfs"])
    )
    found = packages(await inventory.stdout())
    return {wanted: document(described, found) for wanted, document in _FORMATS.items()}


async def bills_of(made: Built, digest: str, reference: str, commit: Commit) -> dict[str, str]:
    """Those of an image of that digest; of several platforms, those of the first."""
    first = made.variants[0]
    if len(made.variants) > 1:
        digest = (await measure(Built((first,)))).digest
    return await bills(first, Image(reference, digest, _time(commit)))


def _time(commit: Commit) -> str:
    # Without a commit there is none that another run would give too.
    return commit.time or "1970-01-01T00:00:00Z"
