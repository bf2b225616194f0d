"""The release manifest: what was published from one commit, as canonical JSON.

Its schema is published as docs/schemas/release.schema.json. The SHA-256 of its bytes is the
release's identity: equal commits, files and digests give equal bytes, wherever they are made.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from slipway.errors import ReleaseError

MEDIA_TYPE: Literal["application/vnd.slipway.release.v1+json"] = (
    "application/vnd.slipway.release.v1+json"
)
FILE = "release.json"

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Image(_Part):
    """One service's image."""

    kind: Annotated[str, Field(description="as slipway.toml has it")]
    repository: Annotated[str, Field(description="registry/path, without a tag")]
    digest: Annotated[Digest, Field(description="of the image manifest; what a deploy pulls")]
    tags: Annotated[tuple[str, ...], Field(min_length=1, description="that held the digest")]
    size: Annotated[int, Field(ge=0, description="octets of the packed image")]
    labels: Annotated[dict[str, str], Field(description="of the image's configuration")]

    @property
    def reference(self) -> str:
        """`repository@digest`."""
        return f"{self.repository}@{self.digest}"


class Release(_Part):
    """A release. Times are RFC 3339 in UTC; hashes are of the files' own bytes."""

    media_type: Annotated[Literal["application/vnd.slipway.release.v1+json"], Field()] = MEDIA_TYPE
    project: str
    version: Annotated[str, Field(description="the most telling tag")]
    ref: Annotated[str, Field(description="the git ref it was published from")]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    dirty: Annotated[bool, Field(description="built with changes that were not committed")]
    created: Annotated[str, Field(description='the time of the commit; "" where it is unknown')]
    services: Annotated[dict[str, Image], Field(min_length=1)]
    files: Annotated[dict[str, Digest], Field(description="configuration and compose files")]
    migration: Annotated[str | None, Field(description="the newest migration's revision")]
    sboms: Annotated[
        dict[str, dict[str, Digest]],
        Field(description="by service and format: /sbom/<service>.<format>.json"),
    ] = {}

    def encode(self) -> bytes:
        """The canonical bytes: UTF-8, keys sorted, no white space (as RFC 8785 has it)."""
        data = self.model_dump(mode="json")
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()

    @property
    def digest(self) -> str:
        """The release's identity."""
        return digest_of(self.encode())


def decode(text: str, where: str) -> Release:
    """Read a manifest.

    Raises:
        ReleaseError: it is none; the message names the place and the keys.

    """
    try:
        release = Release.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        keys = "; ".join(f"{'/'.join(map(str, f['loc'])) or FILE}: {f['msg']}" for f in faults)
        raise ReleaseError(f"{where}: is not a release manifest: {keys}") from None
    if release.encode() != text.encode():
        raise ReleaseError(f"{where}: the manifest was changed: its bytes are not canonical")
    return release


def schema() -> str:
    """The JSON Schema of a manifest."""
    made: dict[str, Any] = Release.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(made, indent=2, sort_keys=True) + "\n"


def digest_of(content: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return "sha256:" + sha256(content).hexdigest()
