"""Every revision only expands the schema, or says why it may contract it."""

import pytest
from alembic.script import Script, ScriptDirectory

from expand_only import complaints, upgrade_sql
from migrate.runner import alembic_config

REVISIONS = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())


@pytest.mark.parametrize("revision", REVISIONS, ids=[found.revision for found in REVISIONS])
def test_a_revision_leaves_what_the_release_before_it_needs(revision: Script) -> None:
    statements = upgrade_sql(revision)
    assert "version_num" in statements
    reason = getattr(revision.module, "contracts", None)
    found = complaints(statements)
    if reason is None:
        assert found == []
    else:
        assert isinstance(reason, str), "contracts: should tell since when nobody needs it"
        assert len(reason) > 20
        assert found, "contracts: should go, the revision only expands"


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("DROP TABLE users", "drops"),
        ("ALTER TABLE users DROP COLUMN username", "drops"),
        ("alter table users drop username", "drops"),
        ("ALTER TABLE users DROP CONSTRAINT uq_users_telegram_id", "drops"),
        ("DROP TYPE mood", "drops"),
        ("ALTER TABLE messages ALTER COLUMN tokens TYPE BIGINT", "changes a type"),
        ("ALTER TABLE messages ALTER tokens SET DATA TYPE TEXT", "changes a type"),
        ("ALTER TABLE users RENAME COLUMN username TO name", "renames"),
        ("ALTER TABLE users RENAME TO people", "renames"),
        ("ALTER TABLE users ALTER COLUMN username SET NOT NULL", "forbids NULL"),
        ("ALTER TABLE users ALTER COLUMN created_at DROP DEFAULT", "takes a default away"),
        ("ALTER TABLE users ADD COLUMN mood TEXT NOT NULL", "adds a column"),
        ("ALTER TABLE users ADD mood TEXT NOT NULL, ADD luck INT DEFAULT 1", "adds a column"),
        ("ALTER TABLE users ADD CONSTRAINT ck_users_mood CHECK (mood <> '')", "demands"),
        ("REVOKE SELECT ON users FROM stats", "takes a right away"),
        ("TRUNCATE messages", "deletes rows"),
        ("DELETE FROM messages", "deletes rows"),
        ("SELECT 1; /* harmless */ DROP TABLE users", "drops"),
        ("INSERT INTO moods VALUES ('--'); DROP TABLE users", "drops"),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$", "drops"),
    ],
)
def test_what_contracts_is_found(statement: str, complaint: str) -> None:
    found = complaints(f"{statement};")
    assert [line.partition(":")[0] for line in found] != []
    assert found[0].startswith(complaint)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE moods (id BIGINT NOT NULL, name TEXT NOT NULL)",
        "ALTER TABLE users ADD COLUMN mood TEXT",
        "ALTER TABLE users ADD COLUMN mood TEXT DEFAULT 'calm' NOT NULL",
        "ALTER TABLE users ADD CONSTRAINT ck_users_mood CHECK (mood <> '') NOT VALID",
        "ALTER TABLE users ALTER COLUMN username DROP NOT NULL",
        "CREATE INDEX ix_users_mood ON users (mood)",
        "DROP INDEX ix_users_mood",
        "GRANT SELECT ON moods TO stats",
        "INSERT INTO moods (name) VALUES ('DROP TABLE users; -- a name')",
        "-- DROP TABLE users",
        "DELETE FROM alembic_version WHERE version_num = '0001'",
    ],
)
def test_what_expands_passes(statement: str) -> None:
    assert complaints(f"{statement};") == []
