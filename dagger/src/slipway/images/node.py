"""A Node.js project locked by pnpm or npm: built in a builder, its output laid on the same base.

`standalone` is Next.js' own selection of the files that a server needs; `app` is the project as
it is, with its production dependencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.images import bases, health
from slipway.images.finishing import filtered, with_health, with_layer, with_service
from slipway.images.inputs import node_lock, node_sources

if TYPE_CHECKING:
    from slipway.config import Node
    from slipway.images.manifests import NodeManifest

APP = "/app"
SRC = "/src"

_NPM_CACHE = "/var/cache/npm"
_PNPM_STORE = "/var/cache/pnpm"
_SETTINGS = {
    "CI": "1",
    "NEXT_TELEMETRY_DISABLED": "1",
    "npm_config_cache": _NPM_CACHE,
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    # A connection that hangs is given up after one minute, not after npm's five, and tried again.
    "npm_config_fetch_timeout": "60000",
    "npm_config_fetch_retries": "5",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "10000",
}
# Notes that installers leave in node_modules, with times in them.
_NOTES = (
    "node_modules/.modules.yaml",
    "node_modules/.pnpm-workspace-state*",
    "node_modules/.cache",
)


def image(source: dagger.Directory, service: Node, manifest: NodeManifest) -> dagger.Container:
    """The image of a service, without labels."""
    built = installed(source, service, manifest)
    sources = node_sources(service)
    directory = source.directory(service.path)
    built = built.with_directory(SRC, filtered(directory, sources.include, sources.exclude))
    if "build" in manifest.scripts:
        built = built.with_exec([service.kind.removeprefix("node-"), "run", "build"])
    container = bases.start(service, service.base or bases.NODE)
    if service.output == "standalone":
        container = _standalone(container, built)
        entrypoint: tuple[str, ...] = ("node", "server.js")
    else:
        container = _app(container, built, installed(source, service, manifest, production=True))
        entrypoint = ("node", ".")
    container = (
        container.with_workdir(APP)
        .with_env_variable("NODE_ENV", "production")
        .with_env_variable("HOSTNAME", "0.0.0.0")  # noqa: S104  # inside its own network namespace
        .with_entrypoint(list(service.entrypoint or entrypoint))
    )
    if service.port is not None:
        container = container.with_env_variable("PORT", str(service.port))
    if service.command:
        container = container.with_default_args(list(service.command))
    return with_health(with_service(container, service), health.node(service))


def installed(
    source: dagger.Directory, service: Node, manifest: NodeManifest, *, production: bool = False
) -> dagger.Container:
    """The builder in /src with the dependencies of the lock, and no source yet."""
    container = bases.start(service, service.base or bases.NODE).with_workdir(SRC)
    for name, value in _SETTINGS.items():
        container = container.with_env_variable(name, value)
    container = container.with_mounted_cache(_NPM_CACHE, dag.cache_volume("npm"))
    if manifest.manager_version:
        manager = f"{service.kind.removeprefix('node-')}@{manifest.manager_version}"
        container = container.with_exec(["npm", "install", "--global", manager])
    if service.kind == "node-pnpm":
        container = container.with_mounted_cache(_PNPM_STORE, dag.cache_volume("pnpm"))
    lock = node_lock(service.kind)
    files = filtered(source.directory(service.path), lock.include, lock.exclude)
    return container.with_directory(SRC, files).with_exec(_install(service.kind, production))


def _install(kind: str, production: bool) -> list[str]:  # noqa: FBT001  # private
    if kind == "node-npm":
        return ["npm", "ci", *(["--omit=dev"] if production else [])]
    # The store is another file system, so its files can only be copied.
    install = ["pnpm", "install", "--frozen-lockfile", f"--store-dir={_PNPM_STORE}"]
    return [*install, "--package-import-method=copy", *(["--prod"] if production else [])]


def _standalone(container: dagger.Container, built: dagger.Container) -> dagger.Container:
    server = built.directory(f"{SRC}/.next/standalone")
    # The dependencies by themselves: this layer stays the same when a page changes.
    container = with_layer(container, (APP, filtered(server, ("node_modules/**",), ())))
    return with_layer(
        container,
        (APP, filtered(server, (), ("node_modules",))),
        (f"{APP}/.next/static", built.directory(f"{SRC}/.next/static")),
        (APP, filtered(built.directory(SRC), ("public/**",), ())),
    )


def _app(
    container: dagger.Container, built: dagger.Container, production: dagger.Container
) -> dagger.Container:
    modules = filtered(production.directory(SRC), ("node_modules/**",), _NOTES)
    container = with_layer(container, (APP, modules))
    return with_layer(container, (APP, filtered(built.directory(SRC), (), ("node_modules",))))
