"""What the service needs to know from its environment."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.errors import SettingsError


def _postgresql_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("should be postgresql://user:password@host/database")
    return url


class Settings(BaseSettings):
    """The settings; a secret may also be given as ``NAME_FILE``, the path of a file with it.

    Attributes:
        database_url: the role ``stats``, which only reads.
        api_token: when set, everything under /api needs it as a bearer token.
        slipway_version, slipway_commit: what ``/version`` tells; set by the build.

    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]
    api_token: SecretStr | None = None
    host: str = "0.0.0.0"  # noqa: S104  # a container's own network
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slipway_version: str = "dev"
    slipway_commit: str = "unknown"

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
        files = InitSettingsSource(settings_cls, read_secret_files(("database_url", "api_token")))
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
    variable = str(location[0]).upper()
    if message == "Field required":
        return f"{variable}: should be set"
    return f"{variable}: {message.removeprefix('Value error, ')}"
