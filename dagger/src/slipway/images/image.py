"""A service's image, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dagger import dag

from slipway.config import Dockerfile, Node, Postgres, PythonUv
from slipway.images import dockerfile, node, postgres, python_uv
from slipway.images.finishing import with_labels
from slipway.images.labels import labels

if TYPE_CHECKING:
    from collections.abc import Callable

    import dagger

    from slipway.config import Config, Project, Service
    from slipway.images.facts import Facts
    from slipway.images.labels import Commit

    Authenticate = Callable[[dagger.Container], dagger.Container]

# What a service tells as its commit: a deploy compares it with the released one.
COMMIT_VARIABLE = "SLIPWAY_COMMIT"


@dataclass(frozen=True)
class Image:
    """A service's image: one container, or one for each of several platforms."""

    variants: tuple[dagger.Container, ...]

    def as_tarball(self) -> dagger.File:
        """The image as an OCI archive."""
        if len(self.variants) == 1:
            return self.variants[0].as_tarball()
        return dag.container().as_tarball(platform_variants=list(self.variants))

    async def publish(self, with_auth: Authenticate, reference: str) -> str:
        """Push under one tag; gives `reference@digest`."""
        if len(self.variants) == 1:
            return await with_auth(self.variants[0]).publish(reference)
        variants = list(self.variants)
        return await with_auth(dag.container()).publish(reference, platform_variants=variants)


def for_platforms(
    source: dagger.Directory, config: Config, service: Service, facts: Facts, commit: Commit
) -> Image:
    """The image that is published: for every platform that is configured."""
    platforms = config.publish.platforms or (service.platform,)
    return Image(
        tuple(
            image(
                source,
                config.project,
                service.model_copy(update={"platform": platform}),
                facts,
                commit,
            )
            for platform in platforms
        )
    )


def image(
    source: dagger.Directory, project: Project, service: Service, facts: Facts, commit: Commit
) -> dagger.Container:
    """The image of a service, planned from what was read; nothing is built yet.

    It is for the platform of the service, and else for the engine's own.
    """
    match service:
        case PythonUv():
            container = python_uv.image(source, service, facts.python)
        case Node() if facts.node is not None:
            container = node.image(source, service, facts.node)
        case Postgres():
            container = postgres.image(source, service)
        case Dockerfile():
            container = dockerfile.image(source, service)
        case _:
            raise AssertionError(service.name)
    if commit.sha:
        container = container.with_env_variable(COMMIT_VARIABLE, commit.revision)
    return with_labels(container, labels(project, service, commit))
