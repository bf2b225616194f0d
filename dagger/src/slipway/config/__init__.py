"""`slipway.toml`, read once into frozen models."""

from slipway.config.models import (
    Config,
    Dockerfile,
    Node,
    Postgres,
    Project,
    PythonUv,
    Service,
    Tags,
)
from slipway.config.parse import FILE, parse

__all__ = [
    "FILE",
    "Config",
    "Dockerfile",
    "Node",
    "Postgres",
    "Project",
    "PythonUv",
    "Service",
    "Tags",
    "parse",
]
