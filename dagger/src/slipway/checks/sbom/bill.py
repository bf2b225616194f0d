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

# Without a commit there is no time that another run would give too.
_NO_TIME = "1970-01-01T00:00:00Z"
_FORMATS = {"spdx": spdx.document, "cyclonedx": cyclonedx.document}


async def bill(
    source: dagger.Directory, config: Config, service: Service, commit: Commit, wanted: str
) -> dagger.File:
    """The document as a file, in the format `spdx` or `cyclonedx`."""
    facts = await read_facts(source, [service])
    made = image(source, config.project, service, facts[service.name], commit)
    inventory = (
        toolbox(dag.directory())
        .with_mounted_directory("/rootfs", made.rootfs())
        .with_exec(["python", "-m", "in_toolbox.inventory", "/rootfs"])
    )
    found = packages(await inventory.stdout())
    built = await measure(Built((made,)))
    reference = config.project.reference(service.name)
    described = Image(reference, built.digest, commit.time or _NO_TIME)
    name = f"{service.name}.{wanted}.json"
    text = _FORMATS[wanted](described, found)
    return dag.directory().with_new_file(name, text).file(name)
