"""A service's image, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway.config import Dockerfile, Node, Postgres, PythonUv
from slipway.images import dockerfile, node, postgres, python_uv
from slipway.images.finishing import with_labels
from slipway.images.labels import labels

if TYPE_CHECKING:
    import dagger

    from slipway.config import Project, Service
    from slipway.images.facts import Facts
    from slipway.images.labels import Commit

# What a service tells as its commit: a deploy compares it with the released one.
COMMIT_VARIABLE = "SLIPWAY_COMMIT"


def image(
    source: dagger.Directory, project: Project, service: Service, facts: Facts, commit: Commit
) -> dagger.Container:
    """The image of a service, planned from what was read; nothing is built yet."""
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
