"""A real scratch database for the tests of this package and of the services that use it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from migrate.errors import SettingsError
from migrate.runner import GRANTED_ROLES, Migrator

VARIABLE = "TEST_DATABASE_URL"
_ROLES_LOCK = 7_310_579_202


@contextmanager
def admin_connection() -> Iterator[psycopg.Connection]:
    """Give a connection to the server named by TEST_DATABASE_URL, in autocommit mode.

    Raises:
        SettingsError: the variable is not set: tests fail then, they are not skipped.

    """
    url = os.environ.get(VARIABLE)
    if not url:
        expected = (
            "should be set to the address of a throwaway PostgreSQL server's superuser, "
            "as postgresql://postgres:password@localhost:5432/postgres"
        )
        raise SettingsError([f"{VARIABLE}: {expected}"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@contextmanager
def roles_lock(connection: psycopg.Connection) -> Iterator[None]:
    """Keep the test runs on one server from changing its roles at the same time."""
    connection.execute("SELECT pg_advisory_lock(%s)", [_ROLES_LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_ROLES_LOCK])


@contextmanager
def scratch_database(*, migrated: bool = True) -> Iterator[str]:
    """Make a database, give its owner's address, and drop it.

    The roles that get grants are made when missing, without a password; use
    :func:`as_role` to act as one of them.
    """
    name = f"scratch_{secrets.token_hex(6)}"
    with admin_connection() as admin:
        with roles_lock(admin):
            for role in GRANTED_ROLES:
                _create_role(admin, role)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            url = make_url(os.environ[VARIABLE]).set(database=name)
            if migrated:
                Migrator(_text(url)).upgrade()
            yield _text(url)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def as_role(url: str, role: str) -> str:
    """Return ``url`` for sessions that start with ``SET ROLE role``."""
    return _text(make_url(url).update_query_dict({"options": f"-c role={role}"}))


@contextmanager
def login(admin: psycopg.Connection, url: str, role: str) -> Iterator[psycopg.Connection]:
    """Give a connection of ``role`` that logged in, so that the role's own settings hold.

    The role gets a password nobody knows; see :func:`login_url`.
    """
    with (
        login_url(admin, url, role) as address,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        yield connection


@contextmanager
def login_url(admin: psycopg.Connection, url: str, role: str) -> Iterator[str]:
    """Give ``url`` for sessions in which ``role`` logs in, with a password of its own.

    Only within the block: other test runs on the server give the role other passwords.
    """
    password = secrets.token_hex(16)
    with roles_lock(admin):
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password)
            )
        )
        yield _text(make_url(url).set(username=role, password=password))


def _create_role(admin: psycopg.Connection, role: str) -> None:
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))


def _text(url: URL) -> str:
    # libpq takes a plus for a plus, and refuses spaces.
    return url.render_as_string(hide_password=False).replace("+", "%20").replace(" ", "%20")
