"""The bill of materials of a service's image, read from its finished files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dagger import dag

from slipway.checks.sbom import cyclonedx, spdx
from slipway.checks.sbom.inventory import Image, packages
from slipway.checks.toolbox_container import toolbox
from slipway.images.build import measure
from slipway.images.facts import read_facts
from slipway.images.image import Image as Built
from slipway.images.image import image as planned

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
    made = planned(source, config.project, service, facts[service.name], commit)
    built = await measure(Built((made,)))
    about = described(config.project.reference(service.name), built.digest, commit)
    texts = await bills(made, about, toolbox())
    name = f"{service.name}.{wanted}.json"
    return dag.directory().with_new_file(name, texts[wanted]).file(name)


async def bills(made: dagger.Container, image: Image, tools: dagger.Container) -> dict[str, str]:
    """The document in every format, by its name; `tools` is the toolbox."""
    inventory = tools.with_mounted_directory("/rootfs", made.rootfs()).with_exec(
        ["python", "-m", "in_toolbox.inventory", "/rootfs"]
    )
    found = packages(await inventory.stdout())
    return {wanted: document(image, found) for wanted, document in _FORMATS.items()}


async def bills_of(made: Built, image: Image, tools: dagger.Container) -> dict[str, str]:
    """Those of an image; of several platforms, those of the first."""
    first = made.variants[0]
    if len(made.variants) > 1:
        image = replace(image, digest=(await measure(Built((first,)))).digest)
    return await bills(first, image, tools)


def described(reference: str, digest: str, commit: Commit) -> Image:
    """What a bill says of the image itself."""
    # Without a commit there is no time that another run would give too.
    return Image(reference, digest, commit.time or "1970-01-01T00:00:00Z")
