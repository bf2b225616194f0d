"""What the service needs to know from its environment."""

import os
import re
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

from bot.errors import SettingsError


def _postgresql_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("should be postgresql://user:password@host/database")
    return url


def _bot_token(token: SecretStr) -> SecretStr:
    if re.fullmatch(r"\d+:[\w-]+", token.get_secret_value()) is None:
        raise ValueError("should be a number, a colon and a key, as @BotFather gives it")
    return token


def _base_url(url: str) -> str:
    if re.match(r"https?://[^/]", url) is None:
        raise ValueError("should be an http or https address")
    return url.rstrip("/")


BaseURL = Annotated[str, AfterValidator(_base_url)]


class Settings(BaseSettings):
    """The settings; a secret may also be given as ``NAME_FILE``, the path of a file with it.

    Attributes:
        llm_base_url: of an OpenAI-compatible API; ``/chat/completions`` is added.
        llm_api_key: sent as a bearer token; a model of one's own may need none.
        llm_timeout: seconds for one attempt; all of them get twice that.
        database_url: the role ``app``, which reads and writes.
        history_limit: how many messages the model sees, the question included.
        slipway_version, slipway_commit: what ``/version`` tells; set by the build.

    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)]
    telegram_api_base: BaseURL = "https://api.telegram.org"
    llm_base_url: BaseURL
    llm_api_key: SecretStr | None = None
    llm_model: str
    llm_timeout: float = Field(default=30, gt=0, le=300)
    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]
    history_limit: int = Field(default=20, ge=1, le=200)
    health_host: str = "0.0.0.0"  # noqa: S104  # a container's own network
    health_port: int = Field(default=8081, ge=0, le=65535)
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
        secrets = ("telegram_bot_token", "llm_api_key", "database_url")
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
    variable = str(location[0]).upper()
    if message == "Field required":
        return f"{variable}: should be set"
    return f"{variable}: {message.removeprefix('Value error, ')}"
