"""Whatever a Dockerfile makes, for a service that no kind fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagger

from slipway.images.finishing import filtered, with_service
from slipway.images.inputs import dockerfile_sources

if TYPE_CHECKING:
    from slipway.config import Dockerfile


def image(source: dagger.Directory, service: Dockerfile) -> dagger.Container:
    """The image of a service, without labels."""
    inputs = dockerfile_sources(service)
    context = filtered(source.directory(service.path), inputs.include, inputs.exclude)
    container = context.docker_build(
        dockerfile=service.dockerfile,
        platform=dagger.Platform(service.platform) if service.platform else None,
        target=service.target,
        build_args=[dagger.BuildArg(name, value) for name, value in service.build_args.items()],
    )
    return with_service(container, service)
