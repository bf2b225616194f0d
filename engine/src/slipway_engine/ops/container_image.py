"""Container: where it comes from and where it goes — base images, archives, registries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from slipway_engine.api.registry import Context, op
from slipway_engine.bases.bootstrap import LABEL
from slipway_engine.bases.resolve import Reference, credentials, resolve, skopeo
from slipway_engine.errors import ImageError, InputError
from slipway_engine.ops.host import host_path
from slipway_engine.state import Container, File
from slipway_engine.store.image import Image, archive, assemble, read_layout
from slipway_engine.store.tree import Entry
from slipway_engine.values import Ref, digest_of


@op("Container.from")
async def from_(ctx: Context, self: Container, *, address: str, registry_service: Ref | None = None) -> Container:
    """Start from a base image."""
    if registry_service is not None:
        msg = "Container.from(registryService:) is not served by the embedded engine"
        raise InputError(msg)
    return await resolve(ctx.engine, self, address)


@op("Container.imageRef")
async def image_ref(_ctx: Context, self: Container) -> str:
    """The base image's reference with its digest, right after `from`."""
    if not self.image_ref:
        msg = (
            "Image reference can only be retrieved immediately after the 'Container.From' call. "
            "Error in fetching imageRef as the container image is changed"
        )
        raise InputError(msg)
    return self.image_ref


async def _image(
    ctx: Context, self: Container, variants: list[Ref] | None, compression: str | None, media_types: str
) -> Image:
    if variants:
        msg = "platformVariants: the embedded engine makes images of one platform; use a Dagger engine for several"
        raise InputError(msg)
    if compression not in (None, "Gzip", "GZIP"):
        msg = f"forcedCompression: {compression} is not served by the embedded engine; it packs layers with gzip"
        raise InputError(msg)
    docker = media_types in ("DockerMediaTypes", "DOCKER")
    return await asyncio.to_thread(assemble, ctx.engine.store, self, docker=docker)


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
    image = await _image(ctx, self, platform_variants, forced_compression, media_types)
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
    stand_in = self.bootstrapped or any(name == LABEL for name, _ in self.config.labels)
    if stand_in and os.environ.get("SLIPWAY_PUBLISH_STAND_INS") != "1":
        msg = (
            f"{address}: the image stands on a stand-in for its base, made where no registry could be reached, and is "
            "not meant for publishing; set SLIPWAY_PUBLISH_STAND_INS=1 to push it all the same"
        )
        raise ImageError(msg)
    reference = Reference.parse(address)
    image = await _image(ctx, self, platform_variants, forced_compression, media_types)
    with ctx.engine.progress.task(f"push {reference}"):
        runner = ctx.engine.runner()
        await runner.ready()
        tarball = runner.store.scratch("push") / "image.tar"
        await asyncio.to_thread(archive, ctx.engine.store, image, tarball)
        auth = Path(f"push-{runner.next_number()}.auth")
        options = await credentials(ctx.engine, self.auth, reference, auth, "dest")
        # --preserve-digests: what the registry stores is what was computed, or the push fails.
        code, err = await skopeo(
            "copy", "--preserve-digests", *options, f"oci-archive:{tarball}", f"docker://{reference}"
        )
    if code != 0:
        msg = f"failed to publish {reference}: {err.strip()[-500:]}"
        raise ImageError(msg)
    named = address if reference.tag != "latest" or address.endswith(":latest") else f"{address}:latest"
    return f"{named}@{image.digest}"


@op("Container.import")
async def import_(ctx: Context, self: Container, *, source: Ref, tag: str = "") -> Container:
    """The image in an OCI archive."""
    made: File = await ctx.evaluate(source)
    layout = ctx.engine.store.scratch("import")
    wanted = f":{tag}" if tag else ""
    code, err = await skopeo("copy", f"oci-archive:{made.entry.source}{wanted}", f"oci:{layout}:image")
    if code != 0:
        msg = f"Container.import: {made.name} is not an OCI archive that can be read: {err.strip()[-300:]}"
        raise ImageError(msg)
    _, config, layers = await asyncio.to_thread(read_layout, ctx.engine.store, layout)
    return replace(self, chain=layers, config=config, image_ref="", outcome=None)
