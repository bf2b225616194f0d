"""Pushing an image: its blobs, then its manifest under a tag, then the proof that the tag has it."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway_engine.registry.client import MANIFESTS, Client, Request, pushing
from slipway_engine.registry.errors import RegistryError
from slipway_engine.registry.upload import Blob, Uploads

if TYPE_CHECKING:
    from slipway_engine.store.image import Image

# The registry lost a blob that it had: the specification's code, and the older one.
_INCOMPLETE = frozenset({"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push took: `uploaded` bytes of blobs, and how many blobs came how."""

    uploaded: int
    blobs: Counter[str]

    def __str__(self) -> str:
        ways = (f"{self.blobs[way]} {way}" for way in ("uploaded", "mounted", "there") if self.blobs[way])
        return f"{self.uploaded / 1e6:.1f} MB sent; blobs: {', '.join(ways) or 'none asked for'}"


class Pusher:
    """Pushes to one registry with one login."""

    def __init__(self, client: Client, uploads: Uploads) -> None:
        self._client = client
        self._uploads = uploads
        self._manifests: set[tuple[str, str]] = set()

    async def push(self, image: Image, blobs: Mapping[str, Blob], repository: str, tag: str) -> Pushed:
        """Push the image under the tag; `blobs` has, by digest, all that it is made of.

        A manifest that the repository has is only given its new tag. Raises RegistryError.
        """
        names = image.all_blobs()
        pushed = Pushed(0, Counter({"there": len(names)}))
        if await self._has(image, repository):
            self._uploads.note(names, repository)
        else:
            pushed = await self._complete(image, blobs, repository)
        try:
            await self._put(image, repository, tag)
        except RegistryError as error:
            if not error.codes & _INCOMPLETE:
                raise
            self._uploads.forget(names, repository)
            pushed = await self._complete(image, blobs, repository)
            await self._put(image, repository, tag)
        await self._prove(image, repository, tag)
        self._manifests.add((repository, image.digest))
        return pushed

    async def _complete(self, image: Image, blobs: Mapping[str, Blob], repository: str) -> Pushed:
        """Have in the repository what the manifest names: the blobs; or of an index, the images."""
        if not image.parts:
            return await self._bring([blobs[name] for name in image.blobs], repository)
        sent, ways = 0, Counter[str]()
        for part in image.parts:
            pushed = await self._bring([blobs[name] for name in part.blobs], repository)
            await self._put(part, repository, part.digest)
            sent, ways = sent + pushed.uploaded, ways + pushed.blobs
        return Pushed(sent, ways)

    async def _has(self, image: Image, repository: str) -> bool:
        if (repository, image.digest) in self._manifests:
            return True
        target = f"{repository}/manifests/{image.digest}"
        return await self._client.holds(
            Request("HEAD", target, (pushing(repository),), headers={"Accept": image.media_type})
        )

    async def _bring(self, blobs: list[Blob], repository: str) -> Pushed:
        """Have the blobs in the repository; the first is the configuration."""
        config, *layers = blobs
        # All of them come to their end, whichever fails: what was uploaded is not sent again.
        came = await asyncio.gather(*(self._uploads.bring(blob, repository) for blob in layers), return_exceptions=True)
        ways = []
        for way in came:
            if isinstance(way, BaseException):
                raise way
            ways.append(way)
        ways.insert(0, await self._uploads.bring(config, repository))
        sent = sum(blob.size for blob, way in zip(blobs, ways, strict=True) if way == "uploaded")
        return Pushed(sent, Counter(ways))

    async def _put(self, image: Image, repository: str, tag: str) -> None:
        request = Request(
            "PUT", f"{repository}/manifests/{tag}", (pushing(repository),), (200, 201, 202),
            {"Content-Type": image.media_type}, image.manifest,
        )  # fmt: skip
        answer = await self._client.request(request)
        told = answer.headers.get("Docker-Content-Digest", image.digest)
        if told != image.digest:
            raise self._other("PUT", repository, tag, f"took {image.digest} and calls it {told}")

    async def _prove(self, image: Image, repository: str, tag: str) -> None:
        """Read the tag back: what it has is what was pushed, by the registry's word and by its bytes."""
        target = f"{repository}/manifests/{tag}"
        accept = {"Accept": f"{image.media_type}, {MANIFESTS}"}
        answer = await self._client.request(Request("GET", target, (pushing(repository),), (200,), accept))
        held = "sha256:" + hashlib.sha256(answer.content).hexdigest()
        told = answer.headers.get("Docker-Content-Digest", held)
        if (held, told) != (image.digest, image.digest):
            wrong = held if held != image.digest else told
            raise self._other("GET", repository, tag, f"has {wrong} where {image.digest} was pushed")

    def _other(self, method: str, repository: str, tag: str, what: str) -> RegistryError:
        request = f"{method} {self._client.host}/{repository}:{tag}"
        after = "somebody else may have pushed this tag at the same time; push again, and do not use it before that"
        return RegistryError(request, f"the registry {what}", after)
