import time

import psycopg
import pytest

from migrate.errors import RolesMissing
from migrate.runner import Migrator
from migrate.testing import admin_connection, as_role, login


def test_fault_12_stats_reads_and_cannot_write(database: str) -> None:
    with psycopg.connect(as_role(database, "stats"), autocommit=True) as stats:
        assert stats.execute("SELECT count(*) FROM messages").fetchone() == (0,)
        for statement in (
            "INSERT INTO users (telegram_id) VALUES (1)",
            "UPDATE users SET username = NULL",
            "DELETE FROM messages",
            "TRUNCATE messages",
            "DROP TABLE messages",
            "CREATE TABLE own (id int)",
            "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "COPY users FROM PROGRAM 'echo 1'",
            "COPY users TO PROGRAM 'cat'",
            "COPY users TO '/tmp/users'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT nextval(pg_get_serial_sequence('users', 'id'))",
            "ALTER ROLE stats SUPERUSER",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stats.execute(statement)


def test_stats_is_stopped_after_five_seconds(database: str) -> None:
    with admin_connection() as admin, login(admin, database, "stats") as stats:
        assert stats.execute("SHOW statement_timeout").fetchone() == ("5s",)
        started = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            stats.execute("SELECT pg_sleep(30)")
        assert 4 < time.monotonic() - started < 15


def test_app_writes_rows_and_cannot_change_tables(database: str) -> None:
    with psycopg.connect(as_role(database, "app"), autocommit=True) as app:
        app.execute("INSERT INTO users (telegram_id) VALUES (1)")
        app.execute("UPDATE users SET username = 'ada'")
        app.execute("DELETE FROM users")
        for statement in ("DROP TABLE users", "ALTER TABLE users ADD COLUMN x int"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_upgrade_names_the_roles_that_are_missing(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrate.runner.GRANTED_ROLES", ("app", "no_such_role"))
    with pytest.raises(RolesMissing, match=r"roles missing: no_such_role; run init/10-roles\.sh"):
        Migrator(empty_database).upgrade()
    assert Migrator(empty_database).position().current is None
