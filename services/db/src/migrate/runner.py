"""What the commands do: upgrade, downgrade, current, check, seed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import Error as PsycopgError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from migrate import logs
from migrate.database import connect, make_engine, only_migrator
from migrate.errors import (
    MigrationFailed,
    NotAtHead,
    RevisionUnknown,
    RolesMissing,
    SchemaDrift,
)
from migrate.models import Base
from migrate.seed import Planted, plant

GRANTED_ROLES = ("app", "stats")


@dataclass(frozen=True)
class Position:
    """Where a database is, and where this release wants it to be."""

    current: str | None
    head: str | None


class Migrator:
    """Applies this release's migrations to the database at ``url``.

    Each method opens one connection, waiting up to ``wait_seconds`` for the database and
    again for another migrator, and raises a :class:`~migrate.errors.MigrateError`.

    Example:
        >>> Migrator("postgresql://owner:secret@db/app").upgrade()  # doctest: +SKIP

    """

    def __init__(self, url: str, wait_seconds: float = 30) -> None:
        self._engine = make_engine(url)
        self._wait_seconds = wait_seconds

    def upgrade(self, revision: str = "head") -> None:
        """Apply every migration up to ``revision``; at it already, do nothing."""
        with connect(self._engine, self._wait_seconds) as connection:
            _require_roles(connection)
            with only_migrator(connection, self._wait_seconds):
                _run(connection, revision, command.upgrade)

    def downgrade(self, revision: str) -> None:
        """Undo migrations down to ``revision`` (``base`` for all, ``-1`` for the last)."""
        with (
            connect(self._engine, self._wait_seconds) as connection,
            only_migrator(connection, self._wait_seconds),
        ):
            _run(connection, revision, command.downgrade)

    def position(self) -> Position:
        """Tell where the database is; changes nothing."""
        with connect(self._engine, self._wait_seconds) as connection:
            return _position(connection)

    def check(self) -> Position:
        """Make sure that the database is at head and equals the models; changes nothing."""
        with connect(self._engine, self._wait_seconds) as connection:
            position = _position(connection)
            if position.current != position.head:
                raise NotAtHead(position.current, position.head)
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            differences = compare_metadata(context, Base.metadata)
            if differences:
                raise SchemaDrift([_describe(difference) for difference in differences])
            return position

    def seed(self, *, force: bool = False) -> Planted:
        """Fill a database at head with two months of made-up traffic that ends now.

        Written before, it is written anew; once other rows came in, it stays as it is. With
        ``force`` it is written beside them. Rows of others are never touched.
        """
        with (
            connect(self._engine, self._wait_seconds) as connection,
            only_migrator(connection, self._wait_seconds),
        ):
            position = _position(connection)
            if position.current != position.head:
                raise NotAtHead(position.current, position.head)
            connection.rollback()
            with connection.begin():
                return plant(connection, datetime.now(UTC), force=force)


def alembic_config() -> Config:
    """Return a configuration that finds the migrations in the installed package."""
    config = Config()
    config.set_main_option("script_location", "migrate:migrations")
    return config


def _run(connection: Connection, revision: str, apply: Callable[[Config, str], None]) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    before = _position(connection).current
    connection.rollback()
    try:
        apply(config, revision)
    except CommandError as error:
        raise RevisionUnknown(revision) from error
    except DBAPIError as error:
        if not isinstance(error.orig, PsycopgError):
            raise
        message = error.orig.diag.message_primary or type(error.orig).__name__
        raise MigrationFailed(error.orig.sqlstate, message) from error
    after = _position(connection)
    logs.event("migrated", before=before, current=after.current, head=after.head)


def _position(connection: Connection) -> Position:
    script = ScriptDirectory.from_config(alembic_config())
    current = MigrationContext.configure(connection).get_current_revision()
    return Position(current, script.get_current_head())


def _require_roles(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles)"),
        {"roles": list(GRANTED_ROLES)},
    )
    missing = sorted(set(GRANTED_ROLES) - set(found.scalars()))
    connection.rollback()
    if missing:
        raise RolesMissing(missing)


def _describe(difference: object) -> str:
    """Return the operation and the name it is about, as ``add_table users``."""
    first = difference[0] if isinstance(difference, list) else difference
    if not isinstance(first, tuple):
        return type(first).__name__
    names = (getattr(part, "name", part) for part in first[1:])
    return " ".join([str(first[0]), *(name for name in names if isinstance(name, str))])
