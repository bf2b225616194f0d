import psycopg
import pytest

from migrate.errors import RolesMissing
from migrate.runner import Migrator
from migrate.testing import as_role


def test_stats_reads_and_cannot_write(database: str) -> None:
    with psycopg.connect(as_role(database, "stats"), autocommit=True) as stats:
        assert stats.execute("SELECT count(*) FROM messages").fetchone() == (0,)
        for statement in (
            "INSERT INTO users (telegram_id) VALUES (1)",
            "UPDATE users SET username = NULL",
            "DELETE FROM messages",
            "TRUNCATE messages",
            "DROP TABLE messages",
            "CREATE TABLE own (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stats.execute(statement)


def test_stats_is_stopped_after_five_seconds(connection: psycopg.Connection) -> None:
    settings = connection.execute(
        "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
        "WHERE s.setrole = 'stats'::regrole AND d.datname = current_database()"
    ).fetchall()
    assert settings == [(["statement_timeout=5s"],)]


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
