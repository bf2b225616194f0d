"""From each schema to the next with rows in it: nothing is lost, nothing is changed."""

import psycopg
import pytest
from alembic.script import Script, ScriptDirectory

from migrate.models import Base
from migrate.runner import Migrator, alembic_config

REVISIONS = [
    revision
    for revision in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    if revision.down_revision is not None
]
# What the first release writes; later revisions may only add to it.
ROWS = """
INSERT INTO users (telegram_id, username, language, blocked_at)
VALUES (9007199254740993, 'ada', 'en', NULL), (-5, NULL, NULL, now()), (NULL, 'wéb', 'ru', NULL);
INSERT INTO dialogs (user_id, channel, system_prompt_version, closed_at)
SELECT id, 'telegram', 'assistant-1', now() FROM users;
INSERT INTO dialogs (user_id, channel) SELECT id, 'web' FROM users;
INSERT INTO messages (dialog_id, role, content) SELECT id, 'user', 'ünï' || id FROM dialogs;
INSERT INTO messages
  (dialog_id, role, content, tokens, latency_ms, model, error_code, reply_to_id, delivered_at)
SELECT dialog_id, 'assistant', '', 5, 700, 'model', 'timeout', id, now() FROM messages;
INSERT INTO faq_entries (question, answer, lang, embedding) VALUES ('q', 'a', 'en', '{0.5,1}');
INSERT INTO processed_updates (update_id) VALUES (1), (9007199254740993);
"""


def rows(url: str, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                psycopg.sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
                    psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, names)),
                    psycopg.sql.Identifier(table),
                )
            ).fetchall()
            for table, names in columns.items()
        }


def columns_now(url: str) -> dict[str, list[str]]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) "
            "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        ).fetchall()
    return {table: names for table, names in found if table in Base.metadata.tables}


@pytest.mark.parametrize("revision", REVISIONS, ids=[found.revision for found in REVISIONS])
def test_rows_of_the_schema_before_survive_up_down_and_up(
    revision: Script, empty_database: str
) -> None:
    migrator = Migrator(empty_database)
    migrator.upgrade(str(revision.down_revision))
    with psycopg.connect(empty_database) as connection:
        connection.execute(ROWS)
    columns = columns_now(empty_database)
    before = rows(empty_database, columns)
    assert {table: len(found) for table, found in before.items()} == {
        "users": 3,
        "dialogs": 6,
        "messages": 12,
        "faq_entries": 1,
        "processed_updates": 2,
    }
    migrator.upgrade(revision.revision)
    assert rows(empty_database, columns) == before
    migrator.downgrade("-1")
    assert rows(empty_database, columns) == before
    migrator.upgrade()
    assert rows(empty_database, columns) == before
    migrator.check()


def test_a_page_of_dialogs_is_read_from_its_index(
    database: str, connection: psycopg.Connection
) -> None:
    Migrator(database).seed()
    connection.execute("ANALYZE dialogs")
    connection.execute("SET enable_seqscan = off")
    plan = connection.execute(
        "EXPLAIN SELECT id FROM dialogs WHERE (started_at, id) < (now(), 100) "
        "ORDER BY started_at DESC, id DESC LIMIT 25"
    ).fetchall()
    lines = [line for (line,) in plan]
    assert any("Backward using ix_dialogs_started_at_id" in line for line in lines), lines
    assert not any("Sort" in line for line in lines), lines
