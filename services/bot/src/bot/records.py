"""What passes between the store and the conversation."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sender:
    """Who wrote; in a private chat the chat has the user's id."""

    telegram_id: int
    username: str | None
    language: str | None


@dataclass(frozen=True)
class Question:
    """A stored message that wants an answer.

    Attributes:
        chat_id: where the answer goes: the user's Telegram id.
        prompt_version: of the dialog's role; None in a dialog from before there were roles.
        language: the user's, for what the bot says by itself.

    """

    id: int
    dialog_id: int
    chat_id: int
    content: str
    prompt_version: str | None
    language: str | None


@dataclass(frozen=True)
class Answer:
    """What the model said; empty, with an ``error_code``, when it said nothing."""

    content: str
    model: str
    latency_ms: int
    tokens: int | None = None
    error_code: str | None = None


@dataclass(frozen=True)
class StoredAnswer:
    """An answer that has its place in the database."""

    id: int
    content: str


@dataclass(frozen=True)
class Numbers:
    """A user's own numbers; ``messages`` are those the user wrote."""

    dialogs: int
    messages: int
    since: datetime
