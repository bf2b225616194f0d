"""Every error this service raises on purpose.

BotError
├── SettingsError        a variable is missing or malformed
├── TokenRefused         Telegram does not know the bot's token
├── StoreUnavailable     the database does not answer
└── LLMError             the language model gave no answer; ``code`` is what is stored
    ├── LLMTimeout       none in time
    ├── LLMRateLimited   it had too much to do (429)
    ├── LLMUnavailable   no connection, or a fault of its own (5xx)
    ├── LLMRefused       it will not answer this request (other 4xx); not tried again
    ├── LLMMalformed     an answer that cannot be read
    └── LLMCircuitOpen   it failed so often that it was not asked
"""

from collections.abc import Sequence


class BotError(Exception):
    """Base of all."""


class SettingsError(BotError):
    """Raised when the environment cannot be used; names variables, never their values."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class TokenRefused(BotError):
    """Raised when Telegram answers 401 or 404 to the token: waiting would not help."""

    def __init__(self) -> None:
        super().__init__(
            "TELEGRAM_BOT_TOKEN: Telegram refuses it; take a valid one from @BotFather"
        )


class StoreUnavailable(BotError):
    """Raised when the database does not answer; ``reason`` is the class of the cause."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database does not answer ({reason})")
        self.reason = reason


class LLMError(BotError):
    """Base of the reasons why there is no answer.

    ``retry_after`` is the wait it asked for, in seconds.
    """

    code = "error"
    worth_retrying = True

    def __init__(self, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LLMTimeout(LLMError):
    """Raised when no answer came in time."""

    code = "timeout"


class LLMRateLimited(LLMError):
    """Raised on 429."""

    code = "rate_limited"


class LLMUnavailable(LLMError):
    """Raised when it cannot be reached, or answers 5xx."""

    code = "unavailable"


class LLMRefused(LLMError):
    """Raised on any other 4xx, as a wrong key or an unknown model."""

    code = "refused"
    worth_retrying = False


class LLMMalformed(LLMError):
    """Raised when the answer has not the shape of a chat completion, or is empty."""

    code = "malformed"


class LLMCircuitOpen(LLMError):
    """Raised without a request, while the model is left alone."""

    code = "circuit_open"
    worth_retrying = False


LLM_ERRORS: tuple[type[LLMError], ...] = (
    LLMTimeout,
    LLMRateLimited,
    LLMUnavailable,
    LLMRefused,
    LLMMalformed,
    LLMCircuitOpen,
)
