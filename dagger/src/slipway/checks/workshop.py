"""The container that a service's checks run in: its development dependencies and all its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway.config import Node
from slipway.images import node, python_uv
from slipway.images.facts import Facts, packages
from slipway.images.finishing import filtered
from slipway.images.inputs import check_sources, python_lock

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config, Service


def workshop(
    source: dagger.Directory, config: Config, service: Service, facts: Facts
) -> dagger.Container:
    """The container, in the folder of the service, its tools on PATH."""
    inputs = check_sources(config, service, packages(service))
    files = filtered(source, inputs.include, inputs.exclude)
    if isinstance(service, Node) and facts.node is not None:
        container = node.installed(source, service, facts.node)
        return container.with_directory(node.SRC, files.directory(service.path))
    lock = python_lock(service.path)
    return (
        python_uv.builder(service)
        .with_directory("/src", filtered(source, lock.include, lock.exclude))
        .with_exec(["uv", "sync", "--all-groups", "--no-install-local"])
        .with_directory("/src", files)
        .with_exec(["uv", "sync", "--all-groups", *python_uv.refresh(facts.python)])
        # Nothing of it gets into an image, and tests that start programs start them faster.
        .without_env_variable("PYTHONDONTWRITEBYTECODE")
    )


def locked(source: dagger.Directory, config: Config, service: Service) -> dagger.Container:
    """The container with uv and the files, to ask whether the lock fits; nothing is installed."""
    inputs = check_sources(config, service, packages(service))
    files = filtered(source, inputs.include, inputs.exclude)
    return (
        python_uv.builder(service).with_env_variable("UV_FROZEN", "0").with_directory("/src", files)
    )
