"""A Python project locked by uv: a virtual environment made in a builder, laid on a slim base.

The environment is made where it will be, in /app/.venv, since it cannot be moved; the
dependencies become one layer and the repository's own code another, so that a changed line moves
kilobytes. Paths in the repository are kept below /src: a lock names path dependencies relative
to itself.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.config import PythonUv
from slipway.images import bases, health
from slipway.images.finishing import filtered, with_health, with_layer, with_service
from slipway.images.inputs import python_lock, python_sources

if TYPE_CHECKING:
    from slipway.config import Service
    from slipway.images.manifests import PythonManifest

APP = "/app"
VENV = f"{APP}/.venv"

_CACHE = "/var/cache/uv"
_SCRIPT = "/opt/slipway/bytecode.py"
_OWN = "/own"
_SETTINGS = {
    "UV_CACHE_DIR": _CACHE,
    "UV_FROZEN": "1",
    "UV_LINK_MODE": "copy",  # the cache is another file system
    "UV_PROJECT_ENVIRONMENT": VENV,
    "UV_PYTHON": "python3",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_SYSTEM_CERTS": "1",  # an engine may stand behind a company's own CA
    "UV_NO_PROGRESS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def image(
    source: dagger.Directory, service: PythonUv, manifests: dict[str, PythonManifest]
) -> dagger.Container:
    """The image of a service, without labels.

    `manifests` holds the project's `pyproject.toml` and those of its packages, by folder.
    """
    manifests = {path: manifests[path] for path in (service.path, *service.packages)}
    installed = _dependencies(source, service)
    own = _own(source, service, installed, manifests)
    container = bases.start(service, service.base or bases.PYTHON)
    container = with_layer(container, (APP, installed.directory(APP)))
    container = with_layer(container, ("/", own))
    container = (
        container.with_workdir(APP)
        .with_env_variable("PATH", f"{VENV}/bin:${{PATH}}", expand=True)
        .with_env_variable("PYTHONDONTWRITEBYTECODE", "1")
        .with_env_variable("PYTHONUNBUFFERED", "1")
        .with_entrypoint(list(service.entrypoint or ("python", "-m", service.module)))
    )
    if service.command:
        container = container.with_default_args(list(service.command))
    return with_health(with_service(container, service), health.python(service))


def builder(service: Service) -> dagger.Container:
    """A container with Python and uv, in the folder of the project below /src."""
    base = service.base if isinstance(service, PythonUv) else ""
    container = bases.start(service, base or bases.PYTHON)
    container = container.with_file("/usr/local/bin/uv", bases.start(service, bases.UV).file("/uv"))
    for name, value in _SETTINGS.items():
        container = container.with_env_variable(name, value)
    return (
        container.with_env_variable("PATH", f"{VENV}/bin:${{PATH}}", expand=True)
        .with_mounted_cache(_CACHE, dag.cache_volume("uv"))
        .with_workdir(folder(service.path))
    )


def folder(path: str) -> str:
    """Where a folder of the repository lies in the builder."""
    return "/src" if path == "." else f"/src/{path}"


def refresh(manifests: dict[str, PythonManifest]) -> list[str]:
    """The options that make uv build the repository's own packages anew.

    It would otherwise take one from its cache by the time of pyproject.toml, which says nothing
    about the sources, and in a container not even about pyproject.toml.
    """
    return [word for m in manifests.values() for word in ("--refresh-package", m.name)]


def _dependencies(source: dagger.Directory, service: PythonUv) -> dagger.Container:
    lock = python_lock(service.path)
    script = files("slipway.images.in_builder").joinpath("bytecode.py").read_text()
    sync = ["uv", "sync", "--no-dev", "--no-editable", "--no-install-local"]
    return (
        builder(service)
        .with_new_file(_SCRIPT, script)
        .with_directory("/src", filtered(source, lock.include, lock.exclude))
        .with_exec(sync)
        .with_exec(["python", _SCRIPT, "dependencies", VENV])
    )


def _own(
    source: dagger.Directory,
    service: PythonUv,
    installed: dagger.Container,
    manifests: dict[str, PythonManifest],
) -> dagger.Directory:
    manifest = manifests[service.path]
    modules = tuple(dict.fromkeys((service.module, manifest.module)))
    inputs = python_sources(service, modules)
    step = ["python", _SCRIPT, "own", VENV, _OWN]
    if not manifest.packaged:
        step.append(folder(service.path))
    files_ = filtered(source, inputs.include, inputs.exclude)
    for path, each in manifests.items():
        if each.readme and each.packaged:
            # A package insists on the README that it names, but an image must not change with it.
            readme = each.readme if path == "." else f"{path}/{each.readme}"
            files_ = files_.with_new_file(readme, "")
    return (
        installed.with_directory("/src", files_)
        .with_exec(["uv", "sync", "--no-dev", "--no-editable", *refresh(manifests)])
        .with_exec(step)
        .directory(_OWN)
    )
