"""What functions return to go on from, and the words that they take."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import dagger
from dagger import Doc, enum_type, field, function, object_type

from slipway import project

NEVER = "never"


@enum_type
class Report(Enum):
    """How a publication is told."""

    TABLE = "table"
    """A table for the terminal"""
    MANIFEST = "manifest"
    """The release manifest, its canonical bytes"""
    SUMMARY = "summary"
    """Markdown, for a job's summary"""


@object_type
class Release:
    """A release that was published: what it is, and whether the registry still holds it."""

    ref: Annotated[str, Doc("The reference that was asked for")] = field()
    username: str = ""
    password: Annotated[dagger.Secret | None, Doc("What signs in to the registry")] = field(
        default=None
    )

    @function(cache=NEVER)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def inspect(self) -> str:
        """Show a release: commit, images with their digests, migration, files."""
        return await project.inspect_release(self.ref, self.username, self.password)

    @function(cache=NEVER)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def manifest(self) -> str:
        """The release manifest as it was published; docs/schemas/release.schema.json."""
        return await project.release_manifest(self.ref, self.username, self.password)

    @function(cache=NEVER)  # type: ignore[call-overload, untyped-decorator, unused-ignore]  # dagger/dagger#11572
    async def verify(
        self,
        public_key: Annotated[
            dagger.File | None, Doc("The public key (cosign.pub) that must have signed it")
        ] = None,
    ) -> str:
        """Prove that the registry still holds what the release says.

        Every image must be there under its digest. A tag that another release has taken since is
        told, and no failure.
        """
        return await project.verify_release(self.ref, self.username, self.password, public_key)
