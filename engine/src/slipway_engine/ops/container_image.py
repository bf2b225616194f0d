"""Container: where it comes from and where it goes — base images, archives, registries."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from slipway_engine.api.registry import Context, op
from slipway_engine.bases.bootstrap import LABEL
from slipway_engine.bases.resolve import Reference, canonical, resolve, skopeo
from slipway_engine.errors import ImageError, InputError
from slipway_engine.ops.host import host_path
from slipway_engine.platforms import options
from slipway_engine.state import Container, File
from slipway_engine.store.image import Image, archive, assemble, assemble_index, read_layout
from slipway_engine.store.pack import blob
from slipway_engine.store.tree import Entry
from slipway_engine.values import Ref, digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine


@op("Container.from")
async def from_(ctx: Context, self: Container, *, address: str, registry_service: Ref | None = None) -> Container:
    """Start from a base image."""
    if registry_service is not None:
        msg = "Container.from(registryService:) is not served by the embedded engine"
        raise InputError(msg)
    return await resolve(ctx.engine, self, address, ctx.ref)


@op("Container.imageRef", by_handle=True)
async def image_ref(ctx: Context, self: None) -> str:
    """The base image's reference with its digest, right after `from`; nothing is pulled for it."""
    assert ctx.parent is not None
    recipe = ctx.engine.recipe(ctx.parent)
    if recipe.field == "from" and recipe.parent is not None and not recipe.args.get("registryService"):
        before: Container = await ctx.evaluate(recipe.parent)
        found = await canonical(ctx.engine, before, recipe.args["address"], ctx.parent)
        if found:
            return found
    made: Container = await ctx.evaluate(ctx.parent)
    if recipe.field == "from" and not made.image_ref:
        msg = f"{recipe.args['address']}: its registry cannot be reached, so what it holds now is not known; check the network"
        raise ImageError(msg)
    if not made.image_ref:
        msg = (
            "Image reference can only be retrieved immediately after the 'Container.From' call. "
            "Error in fetching imageRef as the container image is changed"
        )
        raise InputError(msg)
    return made.image_ref


async def _image(ctx: Context, containers: list[Container], compression: str | None, media_types: str) -> Image:
    if compression not in (None, "Gzip", "GZIP"):
        msg = f"forcedCompression: {compression} is not served by the embedded engine; it packs layers with gzip"
        raise InputError(msg)
    docker = media_types in ("DockerMediaTypes", "DOCKER")
    if len(containers) == 1:
        return await asyncio.to_thread(assemble, ctx.engine.store, containers[0], docker=docker)
    return await asyncio.to_thread(assemble_index, ctx.engine.store, containers, docker=docker)


async def _containers(ctx: Context, self: Container, variants: list[Ref] | None) -> list[Container]:
    """The container, and its variants; beside these, one without files is only where they are named."""
    if not variants:
        return [self]
    named = [await ctx.evaluate(ref) for ref in variants]
    containers = [each for each in (self, *named) if each.chain]
    if not containers:
        msg = "platformVariants: none of the containers has any files"
        raise InputError(msg)
    twice = [name for name, count in Counter(each.platform for each in containers).items() if count > 1]
    if twice:
        msg = f"platformVariants: several containers are for {', '.join(twice)}; an image has one for each platform"
        raise InputError(msg)
    return containers


@op("Container.asTarball")
async def as_tarball(
    ctx: Context,
    self: Container,
    *,
    platform_variants: list[Ref] | None = None,
    forced_compression: str | None = None,
    media_types: str = "OCIMediaTypes",
) -> File:
    """The image as an OCI archive."""
    containers = await _containers(ctx, self, platform_variants)
    image = await _image(ctx, containers, forced_compression, media_types)
    place = ctx.engine.store.path / "tarballs" / f"{image.digest.removeprefix('sha256:')}.tar"
    if not place.exists():
        scratch = ctx.engine.store.scratch("tarball") / "image.tar"
        await asyncio.to_thread(archive, ctx.engine.store, image, scratch)
        ctx.engine.store.commit(scratch, place)
    entry = Entry("f", 0o644, size=place.stat().st_size, source=str(place))
    return File("image.tar", entry, digest_of(["archive", image.digest]))


@op("Container.export")
async def export(
    ctx: Context,
    self: Container,
    *,
    path: str,
    platform_variants: list[Ref] | None = None,
    forced_compression: str | None = None,
    media_types: str = "OCIMediaTypes",
    expand: bool = False,
) -> str:
    """Write the image as an OCI archive on the host; gives the path."""
    from slipway_engine.ops.file import write_file

    made = await as_tarball(
        ctx, self, platform_variants=platform_variants, forced_compression=forced_compression, media_types=media_types
    )
    return await write_file(made, host_path(path))


@op("Container.publish")
async def publish(
    ctx: Context,
    self: Container,
    *,
    address: str,
    platform_variants: list[Ref] | None = None,
    forced_compression: str | None = None,
    media_types: str = "OCIMediaTypes",
    registry_service: Ref | None = None,
) -> str:
    """Push the image; gives `registry/repository:tag@digest`."""
    import os

    if registry_service is not None:
        msg = "Container.publish(registryService:) is not served by the embedded engine"
        raise InputError(msg)
    containers = await _containers(ctx, self, platform_variants)
    if any(map(_is_stand_in, containers)) and os.environ.get("SLIPWAY_PUBLISH_STAND_INS") != "1":
        msg = (
            f"{address}: the image stands on a stand-in for its base, made where no registry could be reached, and is "
            "not meant for publishing; set SLIPWAY_PUBLISH_STAND_INS=1 to push it all the same"
        )
        raise ImageError(msg)
    reference = Reference.parse(address)
    if reference.digest:
        msg = f"{address}: an image is published under a tag, and its digest is what comes out; leave the digest away"
        raise InputError(msg)
    image = await _image(ctx, containers, forced_compression, media_types)
    await _push(ctx.engine, self, reference, image)
    named = address if reference.tag != "latest" or address.endswith(":latest") else f"{address}:latest"
    return f"{named}@{image.digest}"


def _is_stand_in(container: Container) -> bool:
    return container.bootstrapped or any(name == LABEL for name, _ in container.config.labels)


async def _push(engine: Engine, container: Container, reference: Reference, image: Image) -> None:
    from slipway_engine.registry.errors import RegistryError
    from slipway_engine.registry.upload import Blob

    places = [(name, blob(engine.store, name)) for name in image.all_blobs()]
    blobs = {name: Blob(name, place, place.stat().st_size) for name, place in places}
    pusher = await engine.registries.pusher(reference.registry, container.auth)
    with engine.progress.task(f"push {reference}"):
        try:
            pushed = await pusher.push(image, blobs, reference.repository, reference.tag)
        except RegistryError as error:
            msg = f"failed to publish {reference}: {error}"
            raise ImageError(msg) from error
        engine.progress.line(f"  {reference}: {pushed}")
    engine.log.write(
        "push", reference=str(reference), digest=image.digest, uploaded=pushed.uploaded, blobs=dict(pushed.blobs)
    )


@op("Container.import")
async def import_(ctx: Context, self: Container, *, source: Ref, tag: str = "") -> Container:
    """The image in an OCI archive."""
    made: File = await ctx.evaluate(source)
    layout = ctx.engine.store.scratch("import")
    wanted = f":{tag}" if tag else ""
    code, err = await skopeo(
        *options(self.platform), "copy", f"oci-archive:{made.entry.source}{wanted}", f"oci:{layout}:image"
    )
    if code != 0:
        msg = f"Container.import: {made.name} is not an OCI archive that can be read: {err.strip()[-300:]}"
        raise ImageError(msg)
    _, config, layers = await asyncio.to_thread(read_layout, ctx.engine.store, layout)
    return replace(self, chain=layers, config=config, image_ref="", outcome=None)
