"""The container with the tools that check a repository, made from a lock of their own."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from dagger import dag

from slipway.images import bases

if TYPE_CHECKING:
    import dagger

_HOME = "/opt/toolbox"
_PROGRAMS = "/opt/slipway"
_CACHE = "/var/cache/uv"
_SETTINGS = {
    "UV_CACHE_DIR": _CACHE,
    "UV_FROZEN": "1",
    "UV_LINK_MODE": "copy",  # the cache is another file system
    "UV_PYTHON": "python3",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_SYSTEM_CERTS": "1",
    "UV_NO_PROGRESS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def toolbox() -> dagger.Container:
    """The container in /src, where what is to be looked at is mounted; its tools are on PATH."""
    project = files("slipway.checks").joinpath("toolbox")
    container = (
        dag.container()
        .from_(bases.PYTHON)
        .with_file("/usr/local/bin/uv", _uv())
        .with_workdir(_HOME)
    )
    for name, value in _SETTINGS.items():
        container = container.with_env_variable(name, value)
    for name in ("pyproject.toml", "uv.lock"):
        container = container.with_new_file(f"{_HOME}/{name}", project.joinpath(name).read_text())
    container = container.with_mounted_cache(_CACHE, dag.cache_volume("uv")).with_exec(
        ["uv", "sync"]
    )
    for path, text in sorted(_programs().items()):
        container = container.with_new_file(f"{_PROGRAMS}/in_toolbox/{path}", text)
    return (
        container.with_env_variable("PATH", f"{_HOME}/.venv/bin:${{PATH}}", expand=True)
        .with_env_variable("PYTHONPATH", _PROGRAMS)
        .with_workdir("/src")
    )


def _uv() -> dagger.File:
    return dag.container().from_(bases.UV).file("/uv")


def _programs() -> dict[str, str]:
    """The package `in_toolbox`, as it was installed with this one."""
    folder = files("slipway.checks").joinpath("in_toolbox")
    return {f.name: f.read_text() for f in folder.iterdir() if f.name.endswith(".py")}
