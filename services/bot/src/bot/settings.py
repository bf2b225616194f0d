"""What the service needs to know from its environment."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
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


def _webhook_secret(secret: SecretStr) -> SecretStr:
    # The characters are those that Telegram takes.
    if re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()) is None:
        raise ValueError("should be 16 to 256 letters, digits, - or _")
    return secret


BaseURL = Annotated[str, AfterValidator(_base_url)]


@dataclass(frozen=True)
class WebhookSettings:
    """Where Telegram delivers updates, what it sends along, and where the bot awaits them."""

    url: str
    secret: SecretStr
    host: str
    port: int


class Settings(BaseSettings):
    """The settings; a secret may also be given as ``NAME_FILE``, the path of a file with it.

    Attributes:
        llm_base_url: of an OpenAI-compatible API; ``/chat/completions`` is added.
        llm_api_key: sent as a bearer token; a model of one's own may need none.
        llm_timeout: seconds for one attempt; all of them get twice that.
        database_url: the role ``app``, which reads and writes.
        llm_circuit_failures: failed requests in a row after which the model is left alone.
        llm_circuit_cooldown: seconds until it is tried again.
        history_limit: how many messages the model sees, the question included.
        rate_limit: messages that one user may write in a minute; 0 is no limit.
        webhook_url: where Telegram delivers updates; without it the bot polls.
        webhook_secret: what Telegram sends along, to tell it from others.
        webhook_host, webhook_port: where the bot awaits them.
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
    llm_circuit_failures: int = Field(default=5, ge=1, le=100)
    llm_circuit_cooldown: float = Field(default=30, gt=0, le=3600)
    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]
    history_limit: int = Field(default=20, ge=1, le=200)
    rate_limit: int = Field(default=20, ge=0, le=1000)
    webhook_url: BaseURL | None = None
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    webhook_host: str = "0.0.0.0"  # noqa: S104  # a container's own network
    webhook_port: int = Field(default=8080, ge=0, le=65535)
    health_host: str = "0.0.0.0"  # noqa: S104  # a container's own network
    health_port: int = Field(default=8081, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slipway_version: str = "unknown"
    slipway_commit: str = "unknown"

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("WEBHOOK_SECRET: should be set when WEBHOOK_URL is")
        return self

    @property
    def webhook(self) -> WebhookSettings | None:
        """The settings of a webhook; None for a bot that polls."""
        if self.webhook_url is None or self.webhook_secret is None:
            return None
        return WebhookSettings(
            self.webhook_url, self.webhook_secret, self.webhook_host, self.webhook_port
        )

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
        secrets = ("telegram_bot_token", "llm_api_key", "database_url", "webhook_secret")
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
