"""Proving that a registry still holds what a release says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from slipway.errors import InputError, ReleaseError
from slipway.release import artifact, signing
from slipway.running import run_all
from slipway.table import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import dagger

    from slipway.release.manifest import Image
    from slipway.release.registry import Registry

_HEADER = ("SERVICE", "REFERENCE", "TAGS", "MOVED ON")


async def verify(registry: Registry, ref: str, public_key: dagger.File | None) -> str:
    """Ask the registry for every image and tag of a release; gives the table.

    Raises:
        ReleaseError: an image is gone, or the signature is not by the key.

    """
    reference, release, signature = await artifact.fetch(registry, ref)
    signed = await _signed(release.encode().decode(), signature, public_key)
    asked = [f"{i.repository}:{tag}" for i in release.services.values() for tag in i.tags]
    outcomes = await run_all({each: partial(registry.digest_or_none, each) for each in asked})
    held = {each: outcomes[each].value for each in asked}
    # By tags, for an engine may answer for a digest by itself; the sha's tag stays with its image.
    gone = [
        image.reference
        for image in release.services.values()
        if image.digest not in {held[f"{image.repository}:{tag}"] for tag in image.tags}
    ]
    if gone:
        raise ReleaseError(
            f"{reference}: the registry has no tag of the release left for {', '.join(gone)}; "
            f"publish {release.commit} again"
        )
    rows = [
        (name, image.reference, *_tags(image, held)) for name, image in release.services.items()
    ]
    return table(_HEADER, rows) + f"\n{release.digest} is whole{signed}\n"


def _tags(image: Image, held: Mapping[str, str | None]) -> tuple[str, str]:
    """The tags that still hold the image, and those that something else has by now."""
    still = [tag for tag in image.tags if held[f"{image.repository}:{tag}"] == image.digest]
    moved = [tag for tag in image.tags if tag not in still]
    return " ".join(still) or "-", " ".join(moved) or "-"


async def _signed(text: str, signature: str, public_key: dagger.File | None) -> str:
    if public_key is None:
        return "; it is signed, and --public-key proves by whom" if signature else ""
    if not signature:
        raise ReleaseError("--public-key: the release is not signed")
    key = await public_key.contents()
    if "PUBLIC KEY" not in key:
        raise InputError("--public-key: should be the cosign.pub of `cosign generate-key-pair`")
    await signing.verify(text, signature, key)
    return " and signed by this key"
