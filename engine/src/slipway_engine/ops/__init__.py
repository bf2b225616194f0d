"""The served operations, a module for each part of the API; importing this package registers them all."""

from slipway_engine.ops import (
    cache,
    container,
    container_exec,
    container_files,
    container_image,
    content,
    directory,
    docker_build,
    file,
    function_call,
    git,
    host,
    query,
    secret,
    service,
    typedefs,
)

__all__ = [
    "cache",
    "container",
    "container_exec",
    "container_files",
    "container_image",
    "content",
    "directory",
    "docker_build",
    "file",
    "function_call",
    "git",
    "host",
    "query",
    "secret",
    "service",
    "typedefs",
]
