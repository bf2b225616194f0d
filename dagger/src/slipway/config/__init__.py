"""`slipway.toml`, read once into frozen models."""

from slipway.config.models import (
    FILE,
    Config,
    Dockerfile,
    Node,
    Postgres,
    Project,
    Publish,
    PythonUv,
    Service,
    Tags,
)
from slipway.config.parse import parse

__all__ = [
    "FILE",
    "Config",
    "Dockerfile",
    "Node",
    "Postgres",
    "Project",
    "Publish",
    "PythonUv",
    "Service",
    "Tags",
    "parse",
]
