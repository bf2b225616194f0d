"""Every image that a build starts from, in one place.

Exact tags. To pin the digests as well, where a registry can be reached:
`skopeo inspect --format '{{.Digest}}' docker://docker.io/library/python:3.13.18-slim-trixie`
and write the answer behind the tag, as in `…:3.13.18-slim-trixie@sha256:…`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.config import Node, Postgres, PythonUv

if TYPE_CHECKING:
    from slipway.config import Service

PYTHON = "docker.io/library/python:3.13.18-slim-trixie"
NODE = "docker.io/library/node:24.19.0-trixie-slim"
POSTGRES = "docker.io/library/postgres:17.10-trixie"
UV = "ghcr.io/astral-sh/uv:0.13.8"

# Small, with tar: reads the digest of an image that was built.
TOOLS = "docker.io/library/debian:13.7-slim"


def start(service: Service, base: str) -> dagger.Container:
    """A container from a base, for the platform of the service."""
    platform = dagger.Platform(service.platform) if service.platform else None
    return dag.container(platform=platform).from_(base)


def base_of(service: Service) -> str | None:
    """The image that a service's own stands on; `None` where its Dockerfile says so."""
    match service:
        case PythonUv():
            return service.base or PYTHON
        case Node():
            return service.base or NODE
        case Postgres():
            return service.base or POSTGRES
    return None
