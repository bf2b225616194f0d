"""The last stage: files that were made elsewhere, laid on a base; nothing is executed here.

An execution would write the current time into its layer, and so would a folder that Dagger makes
on the way to a path. Whatever goes in is therefore wrapped into one directory with one fixed time,
and laid on the root. Files belong to root: a service needs to read its code, not to change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.images import health

if TYPE_CHECKING:
    from slipway.config import Service


def with_layer(
    container: dagger.Container, *parts: tuple[str, dagger.Directory]
) -> dagger.Container:
    """Add one layer: each directory at its path, owned by root, with one fixed time."""
    whole = dag.directory()
    for path, directory in parts:
        whole = whole.with_directory(path, directory)
    return container.with_directory("/", whole.with_timestamps(1))


def with_service(container: dagger.Container, service: Service) -> dagger.Container:
    """Set what every image has in its configuration: variables, port, user."""
    for name, value in service.env.items():
        container = container.with_env_variable(name, value)
    if service.port is not None:
        container = container.with_exposed_port(service.port)
    if service.user is not None:
        container = container.with_user(service.user)
    return container


def with_health(container: dagger.Container, check: tuple[str, ...] | None) -> dagger.Container:
    """Set the health check, if there is one; it is run without a shell."""
    if check is None:
        return container
    return container.with_docker_healthcheck(
        list(check),
        shell=False,
        interval=health.INTERVAL,
        timeout=health.TIMEOUT,
        start_period=health.START_PERIOD,
        start_interval=health.START_INTERVAL,
        retries=health.RETRIES,
    )


def with_labels(container: dagger.Container, labels: dict[str, str]) -> dagger.Container:
    """Set the labels; last of all, for they change with every commit."""
    for name, value in labels.items():
        container = container.with_label(name, value)
    return container


def filtered(
    directory: dagger.Directory, include: tuple[str, ...], exclude: tuple[str, ...]
) -> dagger.Directory:
    """The part of a directory that patterns leave; no include means all of it."""
    return directory.filter(include=list(include), exclude=list(exclude))
