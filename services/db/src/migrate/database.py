"""Connections: waiting for a database that starts, and the lock between migrators."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from migrate.errors import DatabaseUnreachable, MigratorBusy

# Any constant will do, as long as every release of this package uses the same one.
LOCK_KEY = 7_310_579_201
_RETRY_SECONDS = 0.5
_CONNECT_SECONDS = 5


def make_engine(url: str) -> Engine:
    """Return an engine with psycopg 3 for a ``postgresql://`` address."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(
        address,
        poolclass=NullPool,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "migrate"},
    )


@contextmanager
def connect(engine: Engine, wait_seconds: float) -> Iterator[Connection]:
    """Give a connection as soon as the database accepts one.

    Raises:
        DatabaseUnreachable: it accepts none within ``wait_seconds``.

    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection = engine.connect()
        except OperationalError as error:
            if time.monotonic() + _RETRY_SECONDS > deadline:
                raise DatabaseUnreachable(
                    _target(engine), wait_seconds, _reason(engine, error)
                ) from None
            time.sleep(_RETRY_SECONDS)
        else:
            break
    with connection:
        yield connection


@contextmanager
def only_migrator(connection: Connection, wait_seconds: float) -> Iterator[None]:
    """Hold the lock that lets one migrator work at a time.

    The lock belongs to the session, so it also ends with a migrator that is killed.

    Raises:
        MigratorBusy: another one holds it for longer than ``wait_seconds``.

    """
    # At least one millisecond: zero would wait for ever.
    timeout = f"{max(1, round(wait_seconds * 1000))}ms"
    connection.execute(
        text("SELECT set_config('lock_timeout', :timeout, false)"), {"timeout": timeout}
    )
    try:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
    except DBAPIError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise MigratorBusy(wait_seconds) from None
        raise
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
        connection.commit()


def _target(engine: Engine) -> str:
    return f"{engine.url.host}:{engine.url.port or 5432}/{engine.url.database}"


def _reason(engine: Engine, error: OperationalError) -> str:
    """Tell what libpq said, on one line and without the password in any case."""
    reason = " ".join(str(error.orig).split())
    password = engine.url.password
    return reason.replace(password, "***") if password else reason
