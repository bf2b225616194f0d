import json
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.script import ScriptDirectory

from conftest import Run
from migrate.database import LOCK_KEY
from migrate.errors import NotAtHead, SchemaDrift
from migrate.models import Base
from migrate.runner import Migrator, alembic_config

TABLES = {"users", "dialogs", "messages", "faq_entries", "processed_updates"}


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows} - {"alembic_version"}


def test_upgrade_makes_every_table_of_the_application(database: str) -> None:
    assert tables(database) == TABLES == set(Base.metadata.tables)


def test_every_revision_goes_up_down_and_up_again(empty_database: str) -> None:
    migrator = Migrator(empty_database)
    revisions = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    assert revisions
    for revision in reversed(revisions):
        migrator.upgrade(revision.revision)
        migrator.downgrade("-1")
        assert migrator.position().current == revision.down_revision
        migrator.upgrade(revision.revision)
        assert migrator.position().current == revision.revision
    migrator.check()


def test_downgrade_to_base_leaves_nothing_behind(
    database: str, connection: psycopg.Connection
) -> None:
    Migrator(database).downgrade("base")
    assert tables(database) == set()
    settings = connection.execute(
        "SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
        "WHERE d.datname = current_database()"
    ).fetchone()
    assert settings == (0,)


def test_models_and_migrations_agree(database: str) -> None:
    position = Migrator(database).check()
    assert position.current == position.head is not None


def test_check_reports_a_column_added_by_hand(
    database: str, connection: psycopg.Connection
) -> None:
    connection.execute("ALTER TABLE users ADD COLUMN nickname text")
    with pytest.raises(SchemaDrift, match="remove_column users nickname"):
        Migrator(database).check()


def test_check_reports_a_changed_type(database: str, connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE messages ALTER COLUMN tokens TYPE bigint")
    with pytest.raises(SchemaDrift, match="modify_type messages tokens"):
        Migrator(database).check()


def test_check_refuses_a_database_that_lacks_migrations(empty_database: str) -> None:
    with pytest.raises(NotAtHead, match="the database is at nothing"):
        Migrator(empty_database).check()


def wait_for_migrators(connection: psycopg.Connection, count: int) -> None:
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
        "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    deadline = time.monotonic() + 30
    while connection.execute(waiting).fetchone() != (count,):
        assert time.monotonic() < deadline, "the migrators do not wait for the lock"
        time.sleep(0.1)


def test_fault_02_of_two_migrators_at_once_one_works_and_the_other_finds_it_done(
    empty_database: str, migrate: Run
) -> None:
    with ThreadPoolExecutor() as pool, psycopg.connect(empty_database, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        runs = [pool.submit(migrate, "upgrade", DATABASE_URL=empty_database) for _ in range(2)]
        wait_for_migrators(gate, 2)
        gate.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
    results = [run.result() for run in runs]
    assert [result.stderr for result in results] == ["", ""]
    head = Migrator(empty_database).position().head
    found = [json.loads(result.stdout)["before"] for result in results]
    assert sorted(found, key=str) == sorted([None, head], key=str)


def test_a_user_has_at_most_one_open_dialog_per_channel(connection: psycopg.Connection) -> None:
    connection.execute("INSERT INTO users (telegram_id) VALUES (1)")
    start = "INSERT INTO dialogs (user_id, channel) SELECT id, 'telegram' FROM users"
    connection.execute(start)
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(start)
    connection.execute("UPDATE dialogs SET closed_at = now()")
    connection.execute(start)
