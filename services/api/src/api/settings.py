"""What the service needs to know from its environment."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.errors import SettingsError

# As browsers write it: no path, no slash at the end, nothing that stands for any.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")


def _postgresql_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("should be postgresql://user:password@host/database")
    return url


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("should be origins as https://app.example.com, separated by commas")
    return origins


class Settings(BaseSettings):
    """The settings; a secret may also be given as ``NAME_FILE``, the path of a file with it.

    Attributes:
        database_url: the role ``stats``, which only reads.
        api_token: the bearer token for everything under /api but what people wrote.
        api_text_token: one that gives what people wrote too; without it nobody gets that.
        api_anonymous: answer everybody, without a token; what people wrote still needs its own.
        cors_origins: sites whose pages may ask from the browser.
        metrics_host, metrics_port: where /metrics listens, apart from everything else.
        slipway_version, slipway_commit: what ``/version`` tells; set by the build.

    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]
    api_token: SecretStr | None = None
    api_text_token: SecretStr | None = None
    api_anonymous: bool = False
    cors_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_origins)
    ] = ()
    host: str = "0.0.0.0"  # noqa: S104  # a container's own network
    port: int = Field(default=8000, ge=0, le=65535)
    metrics_host: str = "0.0.0.0"  # noqa: S104  # same
    metrics_port: int = Field(default=9090, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slipway_version: str = "unknown"
    slipway_commit: str = "unknown"

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        if self.api_token is None and not self.api_anonymous:
            raise ValueError(
                "API_TOKEN: should be set, as from openssl rand -hex 32; "
                "or API_ANONYMOUS=true, to answer everybody"
            )
        if self.api_token is not None and self.api_token == self.api_text_token:
            raise ValueError("API_TEXT_TOKEN: should not be the same as API_TOKEN")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment and secret files; no .env file."""
        del dotenv_settings, file_secret_settings
        secrets = ("database_url", "api_token", "api_text_token")
        files = InitSettingsSource(settings_cls, read_secret_files(secrets))
        return init_settings, env_settings, files

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            SettingsError: names every variable that is missing or malformed.

        """
        try:
            return cls()
        except ValidationError as error:
            problems = [_problem(detail["loc"], detail["msg"]) for detail in error.errors()]
        raise SettingsError(problems)


def read_secret_files(names: Iterable[str]) -> dict[str, str]:
    """Return the content of every ``NAME_FILE`` that is set for the fields in ``names``.

    Raises:
        SettingsError: a file cannot be read, or a variable is given both ways.

    """
    secrets: dict[str, str] = {}
    for name in names:
        variable = name.upper()
        path = os.environ.get(f"{variable}_FILE")
        if not path:
            continue
        if os.environ.get(variable):
            raise SettingsError([f"{variable}: should not be set together with {variable}_FILE"])
        try:
            secrets[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError([f"{variable}_FILE: should name a readable text file"]) from error
        if not secrets[name]:
            raise SettingsError([f"{variable}_FILE: should name a file that is not empty"])
    return secrets


def _problem(location: tuple[int | str, ...], message: str) -> str:
    if not location:  # of several variables, and named in the message
        return message.removeprefix("Value error, ")
    variable = str(location[0]).upper()
    if message == "Field required":
        return f"{variable}: should be set"
    return f"{variable}: {message.removeprefix('Value error, ')}"
