"""The tables, as the application sees them. Times have a zone; ids are 64 bits wide.

Change a model and run ``uv run alembic revision --autogenerate -m "..."``; a test fails
while models and migrations differ. Expand first, contract in a later release: the
release before this one still runs while a migration is applied.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names that do not depend on PostgreSQL's own choice, so that a later migration can drop them.
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads a plain class attribute
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
    }


def _identity() -> Any:  # noqa: ANN401  # as mapped_column itself
    return mapped_column(Identity(always=True), primary_key=True)


def _now() -> Any:  # noqa: ANN401  # as mapped_column itself
    return mapped_column(server_default=func.now())


class User(Base):
    """A person, known from Telegram or from the web."""

    __tablename__ = "users"

    id: Mapped[int] = _identity()
    telegram_id: Mapped[int | None] = mapped_column(unique=True)
    username: Mapped[str | None]
    language: Mapped[str | None]
    created_at: Mapped[datetime] = _now()
    last_seen_at: Mapped[datetime] = _now()
    blocked_at: Mapped[datetime | None]


class Dialog(Base):
    """A conversation; it is closed, never deleted, when the user clears it."""

    __tablename__ = "dialogs"
    __table_args__ = (
        CheckConstraint("channel IN ('telegram', 'web')", name="channel"),
        # At most one open dialog per user and channel, whatever runs at once.
        Index(
            "uq_dialogs_open",
            "user_id",
            "channel",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        # For pages of dialogs; read backwards it gives the latest first.
        Index("ix_dialogs_started_at_id", "started_at", "id"),
    )

    id: Mapped[int] = _identity()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    system_prompt_version: Mapped[str | None]
    started_at: Mapped[datetime] = _now()
    closed_at: Mapped[datetime | None]


class Message(Base):
    """What one side said.

    An answer names the message it answers (``reply_to_id``, unique: one answer each) and
    when it was handed over (``delivered_at``), so that a bot which was killed between the
    two knows what is left to do. A failed answer is empty and has an ``error_code``.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("role IN ('system', 'user', 'assistant')", name="role"),
        Index("ix_messages_dialog_id_id", "dialog_id", "id"),
    )

    id: Mapped[int] = _identity()
    dialog_id: Mapped[int] = mapped_column(ForeignKey("dialogs.id", ondelete="CASCADE"))
    role: Mapped[str]
    content: Mapped[str]
    tokens: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int | None] = mapped_column(Integer)
    model: Mapped[str | None]
    error_code: Mapped[str | None]
    reply_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), unique=True
    )
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class FaqEntry(Base):
    """A question with a fixed answer, and the vector that finds it."""

    __tablename__ = "faq_entries"

    id: Mapped[int] = _identity()
    question: Mapped[str]
    answer: Mapped[str]
    lang: Mapped[str]
    embedding: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    model_version: Mapped[str | None]
    updated_at: Mapped[datetime] = _now()


class ProcessedUpdate(Base):
    """A Telegram update that was stored; one that comes twice is answered once."""

    __tablename__ = "processed_updates"

    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = _now()
