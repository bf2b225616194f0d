"""PostgreSQL as its image is, with the init scripts of the repository added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway.images import bases, health
from slipway.images.finishing import filtered, with_health, with_layer, with_service
from slipway.images.inputs import postgres_sources

if TYPE_CHECKING:
    import dagger

    from slipway.config import Postgres

_INIT = "/docker-entrypoint-initdb.d"


def image(source: dagger.Directory, service: Postgres) -> dagger.Container:
    """The image of a service, without labels; entry point and PGDATA are the base's."""
    inputs = postgres_sources(service)
    files = filtered(source.directory(service.path), inputs.include, inputs.exclude)
    container = bases.start(service, service.base or bases.POSTGRES)
    container = with_layer(container, (_INIT, files.directory("init")))
    return with_health(with_service(container, service), health.POSTGRES)
