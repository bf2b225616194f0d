"""Container: what an image says about running it, and what it may ask of services and registries."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slipway_engine import platforms
from slipway_engine.api.registry import Context, op, snake
from slipway_engine.errors import SlipwayError
from slipway_engine.state import Auth, Container, Health, Port
from slipway_engine.store.tree import clean
from slipway_engine.values import Ref

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def configured(container: Container, **changes: Any) -> Container:
    """The container with fields of its configuration replaced."""
    return replace(container, config=replace(container.config, **changes), image_ref="")


def expanded(container: Container, text: str, expand: bool) -> str:
    """`${NAME}` and `$NAME` replaced by the container's environment, where asked for."""
    if not expand:
        return text
    values = dict(container.config.env)
    return _VARIABLE.sub(lambda match: values.get(match[1] or match[2], ""), text)


def absolute(container: Container, path: str) -> str:
    """A path in the container, relative ones from its working directory."""
    base = "" if path.startswith("/") else container.config.workdir
    return "/" + clean(f"{base}/{path}")


def _put(pairs: tuple[tuple[str, str], ...], name: str, value: str | None) -> tuple[tuple[str, str], ...]:
    """Replace in place, append, or (None) remove."""
    if value is None:
        return tuple(pair for pair in pairs if pair[0] != name)
    if any(pair[0] == name for pair in pairs):
        return tuple((key, value if key == name else old) for key, old in pairs)
    return (*pairs, (name, value))


@op("Query.container")
async def container(ctx: Context, _self: None, *, platform: str | None = None) -> Container:
    """An empty container; for another platform than the machine's it can be filled, and not run."""
    return Container(platforms.read(platform))


@op("Container.withEnvVariable")
async def with_env_variable(
    _ctx: Context, self: Container, *, name: str, value: str, expand: bool = False
) -> Container:
    """Set an environment variable."""
    return configured(self, env=_put(self.config.env, name, expanded(self, value, expand)))


@op("Container.withoutEnvVariable")
async def without_env_variable(_ctx: Context, self: Container, *, name: str) -> Container:
    """Remove an environment variable."""
    return configured(self, env=_put(self.config.env, name, None))


@op("Container.withVolatileVariable")
async def with_volatile_variable(_ctx: Context, self: Container, *, name: str, value: str) -> Container:
    """A variable that commands see, but that is no part of what they are cached by."""
    return replace(self, volatile_env=_put(self.volatile_env, name, value))


@op("Container.withoutVolatileVariable")
async def without_volatile_variable(_ctx: Context, self: Container, *, name: str) -> Container:
    """Remove such a variable."""
    return replace(self, volatile_env=_put(self.volatile_env, name, None))


@op("Container.withSecretVariable")
async def with_secret_variable(ctx: Context, self: Container, *, name: str, secret: Ref) -> Container:
    """A variable whose value is a secret."""
    rest = tuple(pair for pair in self.secret_env if pair[0] != name)
    return replace(self, secret_env=(*rest, (name, await ctx.evaluate(secret))))


@op("Container.withoutSecretVariable")
async def without_secret_variable(_ctx: Context, self: Container, *, name: str) -> Container:
    """Remove a secret variable."""
    return replace(self, secret_env=tuple(pair for pair in self.secret_env if pair[0] != name))


@op("Container.withLabel")
async def with_label(_ctx: Context, self: Container, *, name: str, value: str) -> Container:
    """Set a label of the image."""
    return configured(self, labels=_put(self.config.labels, name, value))


@op("Container.withoutLabel")
async def without_label(_ctx: Context, self: Container, *, name: str) -> Container:
    """Remove a label."""
    return configured(self, labels=_put(self.config.labels, name, None))


@op("Container.withAnnotation")
async def with_annotation(_ctx: Context, self: Container, *, name: str, value: str) -> Container:
    """Set an annotation of the manifest."""
    return configured(self, annotations=_put(self.config.annotations, name, value))


@op("Container.withoutAnnotation")
async def without_annotation(_ctx: Context, self: Container, *, name: str) -> Container:
    """Remove an annotation."""
    return configured(self, annotations=_put(self.config.annotations, name, None))


@op("Container.withUser")
async def with_user(_ctx: Context, self: Container, *, name: str) -> Container:
    """Run as this user from here on."""
    return configured(self, user=name)


@op("Container.withoutUser")
async def without_user(_ctx: Context, self: Container) -> Container:
    """Run as the superuser again."""
    return configured(self, user="")


@op("Container.withWorkdir")
async def with_workdir(_ctx: Context, self: Container, *, path: str, expand: bool = False) -> Container:
    """Set the working directory; it is made when a command runs."""
    return configured(self, workdir=absolute(self, expanded(self, path, expand)))


@op("Container.withoutWorkdir")
async def without_workdir(_ctx: Context, self: Container) -> Container:
    """Back to `/`."""
    return configured(self, workdir="")


@op("Container.withEntrypoint")
async def with_entrypoint(
    _ctx: Context, self: Container, *, args: list[str], keep_default_args: bool = False
) -> Container:
    """Set the entry point; the default arguments go unless kept."""
    kept = self.config.args if keep_default_args else ()
    return configured(self, entrypoint=tuple(args), args=kept)


@op("Container.withoutEntrypoint")
async def without_entrypoint(_ctx: Context, self: Container, *, keep_default_args: bool = False) -> Container:
    """Remove the entry point."""
    return configured(self, entrypoint=(), args=self.config.args if keep_default_args else ())


@op("Container.withDefaultArgs")
async def with_default_args(_ctx: Context, self: Container, *, args: list[str]) -> Container:
    """Set the default arguments."""
    return configured(self, args=tuple(args))


@op("Container.withoutDefaultArgs")
async def without_default_args(_ctx: Context, self: Container) -> Container:
    """Remove the default arguments."""
    return configured(self, args=())


@op("Container.withExposedPort")
async def with_exposed_port(
    _ctx: Context,
    self: Container,
    *,
    port: int,
    protocol: str = "TCP",
    description: str | None = None,
    experimental_skip_healthcheck: bool = False,
) -> Container:
    """Say that the container listens on a port."""
    rest = tuple(p for p in self.config.ports if (p.port, p.protocol) != (port, protocol))
    return configured(self, ports=(*rest, Port(port, protocol, description, experimental_skip_healthcheck)))


@op("Container.withoutExposedPort")
async def without_exposed_port(_ctx: Context, self: Container, *, port: int, protocol: str = "TCP") -> Container:
    """Take a port back."""
    return configured(self, ports=tuple(p for p in self.config.ports if (p.port, p.protocol) != (port, protocol)))


@op("Container.withDockerHealthcheck")
async def with_docker_healthcheck(
    _ctx: Context,
    self: Container,
    *,
    args: list[str],
    shell: bool | None = None,
    interval: str | None = None,
    timeout: str | None = None,  # noqa: ASYNC109  # the API's name for a health check's time
    start_period: str | None = None,
    start_interval: str | None = None,
    retries: int | None = None,
) -> Container:
    """Set the image's health check."""
    health = Health(
        tuple(args), bool(shell), interval or "", timeout or "", start_period or "", start_interval or "", retries or 0
    )
    return configured(self, health=health)


@op("Container.withoutDockerHealthcheck")
async def without_docker_healthcheck(_ctx: Context, self: Container) -> Container:
    """Remove the health check."""
    return configured(self, health=None)


@op("Container.withServiceBinding")
async def with_service_binding(_ctx: Context, self: Container, *, alias: str, service: Ref) -> Container:
    """Commands reach the service under this name."""
    return replace(self, bindings=(*(b for b in self.bindings if b[0] != alias), (alias, service)))


@op("Container.withRegistryAuth")
async def with_registry_auth(ctx: Context, self: Container, *, address: str, username: str, secret: Ref) -> Container:
    """Credentials for pulling and pushing."""
    rest = tuple(auth for auth in self.auth if auth.address != address)
    return replace(self, auth=(*rest, Auth(address, username, await ctx.evaluate(secret))))


@op("Container.withoutRegistryAuth")
async def without_registry_auth(_ctx: Context, self: Container, *, address: str) -> Container:
    """Forget credentials."""
    return replace(self, auth=tuple(auth for auth in self.auth if auth.address != address))


@op("Container.withError")
async def with_error(_ctx: Context, self: Container, *, err: str) -> Container:
    """Fail with this message, unless it is empty."""
    if err:
        raise SlipwayError(err)
    return self


def _config(name: str) -> Any:
    """A scalar that stands in the configuration as it is."""

    async def read(_ctx: Context, self: Container) -> Any:
        value = getattr(self.config, name)
        return list(value) if isinstance(value, tuple) else value

    return read


for _field, _name in (
    ("user", "user"), ("entrypoint", "entrypoint"), ("defaultArgs", "args"), ("exposedPorts", "ports"),
):  # fmt: skip
    op(f"Container.{_field}")(_config(_name))


@op("Container.workdir")
async def workdir(_ctx: Context, self: Container) -> str:
    """The working directory."""
    return self.config.workdir or "/"


@op("Container.envVariable")
async def env_variable(_ctx: Context, self: Container, *, name: str) -> str | None:
    """A variable's value."""
    return self.config.variable(name)


@op("Container.envVariables")
async def env_variables(_ctx: Context, self: Container) -> list[tuple[str, str]]:
    """All variables."""
    return list(self.config.env)


@op("Container.label")
async def label(_ctx: Context, self: Container, *, name: str) -> str | None:
    """A label's value."""
    return dict(self.config.labels).get(name)


@op("Container.labels")
async def labels(_ctx: Context, self: Container) -> list[tuple[str, str]]:
    """All labels."""
    return list(self.config.labels)


@op("Container.mounts")
async def mounts(_ctx: Context, self: Container) -> list[str]:
    """The paths of all mounts."""
    return [mount.path for mount in self.mounts]


@op("Container.dockerHealthcheck")
async def docker_healthcheck(_ctx: Context, self: Container) -> Health | None:
    """The health check, if there is one."""
    return self.config.health


@op("Container.platform")
async def platform_of(_ctx: Context, self: Container) -> str:
    """The platform, e.g. `linux/amd64`."""
    return self.platform


def _pair(index: int) -> Any:
    async def read(_ctx: Context, self: tuple[str, str]) -> str:
        return self[index]

    return read


for _type in ("EnvVariable", "Label"):
    op(f"{_type}.name")(_pair(0))
    op(f"{_type}.value")(_pair(1))


def _attribute(name: str) -> Any:
    async def read(_ctx: Context, self: Any) -> Any:
        value = getattr(self, name)
        return list(value) if isinstance(value, tuple) else value

    return read


for _type, _fields in {
    "Port": ("port", "protocol", "description", "experimentalSkipHealthcheck"),
    "HealthcheckConfig": ("args", "shell", "interval", "timeout", "startPeriod", "startInterval", "retries"),
}.items():
    for _field in _fields:
        op(f"{_type}.{_field}")(_attribute(snake(_field)))
