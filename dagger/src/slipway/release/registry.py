"""Pushing to a registry and reading back from it, both through the engine's own connection."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagger
from dagger import dag

if TYPE_CHECKING:
    from slipway.images.image import Image


@dataclass(frozen=True)
class Registry:
    """A registry's host and who pushes there; without a password nobody in particular."""

    host: str
    username: str = ""
    password: dagger.Secret | None = None

    def with_auth(self, container: dagger.Container) -> dagger.Container:
        """The container, its pulls and pushes signed in."""
        if self.password is None:
            return container
        return container.with_registry_auth(self.host, self.username, self.password)

    async def push(self, image: Image, reference: str) -> str:
        """Push under one tag; gives the digest."""
        pushed = await image.publish(self.with_auth, reference)
        return pushed.rpartition("@")[2]

    def fetch(self, reference: str) -> dagger.Container:
        """What a reference holds now, asked anew each time."""
        # An engine may remember what a tag stood for; a new variable makes another question.
        asker = dag.container().with_env_variable("SLIPWAY_ASKED", uuid.uuid4().hex)
        return self.with_auth(asker).from_(reference)

    async def digest(self, reference: str) -> str:
        """The digest that a reference holds.

        Raises:
            dagger.QueryError: there is nothing, or the registry cannot be asked.

        """
        return (await self.fetch(reference).image_ref()).rpartition("@")[2]

    async def digest_or_none(self, reference: str) -> str | None:
        """The digest that a reference holds, or nothing, for whatever reason."""
        try:
            return await self.digest(reference)
        except dagger.QueryError:
            return None
