"""What the command needs to know from its environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from migrate.errors import SettingsError


def read_secret_files(names: Mapping[str, object]) -> dict[str, str]:
    """Return the content of every ``NAME_FILE`` for the fields in ``names``.

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
    return secrets


def _postgresql_url(url: SecretStr) -> SecretStr:
    try:
        parsed = make_url(url.get_secret_value())
    except ArgumentError:
        # Without `from`: the cause quotes the URL, and with it the password.
        raise ValueError("should be postgresql://user:password@host/database") from None
    if parsed.get_backend_name() not in {"postgresql", "postgres"} or not parsed.host:
        raise ValueError("should be postgresql://user:password@host/database")
    return url


class Settings(BaseSettings):
    """The settings: ``DATABASE_URL`` of the role that owns the tables."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]

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
        files = InitSettingsSource(settings_cls, read_secret_files(settings_cls.model_fields))
        return init_settings, env_settings, files

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            SettingsError: names every variable that is missing or malformed.

        """
        try:
            return cls()  # type: ignore[call-arg]  # the fields come from the environment
        except ValidationError as error:
            problems = [_problem(detail["loc"], detail["msg"]) for detail in error.errors()]
        raise SettingsError(problems)


def _problem(location: tuple[int | str, ...], message: str) -> str:
    variable = str(location[0]).upper()
    if message == "Field required":
        return f"{variable}: should be set (or {variable}_FILE)"
    return f"{variable}: {message.removeprefix('Value error, ')}"
