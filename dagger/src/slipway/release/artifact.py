"""A release as an image of one small layer, so that whatever pulls images can fetch it.

Dagger pushes nothing but images; and a server with nothing but Docker pulls nothing but images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.errors import ReleaseError
from slipway.images.finishing import with_labels, with_layer
from slipway.images.image import Image
from slipway.release.manifest import FILE, MEDIA_TYPE, Release, decode
from slipway.release.signing import SIGNATURE, Signer

if TYPE_CHECKING:
    from slipway.release.registry import Registry


Bills = dict[str, dict[str, str]]
"""Bills of materials by service and format."""


async def wrapped(release: Release, signer: Signer | None, bills: Bills) -> Image:
    """The image: the release, its bills of materials below /sbom, and a signer's signature."""
    text = release.encode().decode()
    files = dag.directory().with_new_file(FILE, text)
    for service, texts in bills.items():
        for kind, bill in texts.items():
            files = files.with_new_file(f"sbom/{service}.{kind}.json", bill)
    if signer is not None:
        files = files.with_new_file(SIGNATURE, await signer.sign(text))
    # Once: every tag that is pushed would send all these texts again.
    files = await files.sync()
    made = with_layer(dag.container(), ("/", files))
    labelled = with_labels(
        made,
        {
            "org.opencontainers.image.title": f"{release.project} {release.version}",
            "org.opencontainers.image.revision": release.commit,
            "org.slipway.media-type": MEDIA_TYPE,
            "org.slipway.release": release.digest,
        },
    )
    return Image((labelled,))


async def fetch(registry: Registry, reference: str) -> tuple[str, Release, str]:
    """A release by reference: the reference with its digest, the release, its signature or "".

    Raises:
        ReleaseError: there is no such image, or no release in it.

    """
    holder = registry.fetch(reference)
    try:
        found = await holder.image_ref()
    except dagger.QueryError as error:
        raise ReleaseError(f"--ref: {reference} cannot be fetched: {error}") from None
    files = holder.rootfs()
    names = await files.entries()
    if FILE not in names:
        raise ReleaseError(f"--ref: {reference} is an image without {FILE}: it is no release")
    release = decode(await files.file(FILE).contents(), reference)
    signature = await files.file(SIGNATURE).contents() if SIGNATURE in names else ""
    return found, release, signature
