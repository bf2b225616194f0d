import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from conftest import Run
from migrate.__main__ import main
from migrate.errors import NotAtHead, SeedRefused
from migrate.runner import Migrator
from migrate.seed import Planted
from migrate.seed.story import FIRST_TELEGRAM_ID, Story, tell
from migrate.testing import as_role

NOW = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(NOW)


def contents(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT telegram_id, role, content, model, error_code FROM messages "
        "JOIN dialogs ON dialogs.id = dialog_id JOIN users ON users.id = user_id "
        "ORDER BY messages.id"
    ).fetchall()


def count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM users").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def test_it_is_two_lively_months(story: Story) -> None:
    assert len(story.users) == 40
    assert len(story.dialogs) == 600
    assert 7000 < len(story.messages) < 9000
    assert {user.language for user in story.users} == {"en", "ru"}
    assert len({message.model for message in story.messages} - {None}) == 3
    failures = [message for message in story.messages if message.error_code]
    assert 20 < len(failures) < 200
    assert {message.content for message in failures} == {""}
    moments = [message.created_at for message in story.messages]
    assert NOW - timedelta(days=60) <= moments[0]
    assert moments[-1] < NOW
    assert moments == sorted(moments)


def test_it_has_the_rhythm_of_weeks_and_days_and_it_grows(story: Story) -> None:
    starts = [dialog.started_at for dialog in story.dialogs]
    days = Counter(start.weekday() for start in starts)
    assert max(days[5], days[6]) < min(days[number] for number in range(5))
    night = sum(start.hour < 6 for start in starts)
    noon = sum(9 <= start.hour < 15 for start in starts)
    assert noon > 6 * night
    middle = NOW - timedelta(days=30)
    assert sum(start >= middle for start in starts) > 1.2 * sum(start < middle for start in starts)


def test_every_question_has_an_answer_that_was_handed_over(story: Story) -> None:
    # The bot would go on with any other, though nobody waits for it.
    questions = {place for place, message in enumerate(story.messages) if message.role == "user"}
    answers = [message for message in story.messages if message.role == "assistant"]
    assert {answer.reply_to for answer in answers} == questions
    assert len(answers) == len(questions)
    assert all(answer.delivered_at and answer.delivered_at < NOW for answer in answers)
    for answer in answers:
        assert answer.reply_to is not None
        assert story.messages[answer.reply_to].dialog == answer.dialog
        assert story.messages[answer.reply_to].created_at < answer.created_at


def test_the_same_moment_gives_the_same_story(story: Story) -> None:
    assert tell(NOW) == story
    assert tell(NOW + timedelta(hours=1)) != story


@pytest.mark.parametrize("hour", [0, 3, 12, 23])
def test_it_ends_before_now_at_any_time_of_the_day(hour: int) -> None:
    now = NOW.replace(hour=hour, minute=0, second=1)
    story = tell(now)
    assert max(message.created_at for message in story.messages) < now
    assert max(dialog.started_at for dialog in story.dialogs) < now
    assert all(dialog.closed_at is None or dialog.closed_at <= now for dialog in story.dialogs)


def test_it_is_written_quickly_and_written_anew(
    database: str, connection: psycopg.Connection
) -> None:
    migrator = Migrator(database)
    started = time.monotonic()
    planted = migrator.seed()
    assert time.monotonic() - started < 5
    first = contents(connection)
    assert planted == Planted(40, 600, len(first))
    assert migrator.seed() == planted
    assert [row[:3] for row in contents(connection)][:500] == [row[:3] for row in first][:500]
    assert count(connection) == 40
    newest = connection.execute("SELECT now() - max(created_at) FROM messages").fetchone()
    assert newest is not None
    assert timedelta(0) < newest[0] < timedelta(hours=12)


def test_the_bot_goes_on_writing_after_it(database: str) -> None:
    Migrator(database).seed()
    with psycopg.connect(as_role(database, "app"), autocommit=True) as app:
        app.execute("INSERT INTO users (telegram_id) VALUES (7)")
        app.execute(
            "INSERT INTO dialogs (user_id, channel) "
            "SELECT id, 'telegram' FROM users WHERE telegram_id = 7"
        )
        app.execute(
            "INSERT INTO messages (dialog_id, role, content) SELECT max(id), 'user', 'hi' "
            "FROM dialogs"
        )


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("INSERT INTO users (telegram_id) VALUES (7)", "1 in users"),
        ("INSERT INTO users (username) VALUES ('from the web')", "1 in users"),
        ("INSERT INTO processed_updates (update_id) VALUES (1)", "1 in processed_updates"),
        (
            "INSERT INTO faq_entries (question, answer, lang) VALUES ('q', 'a', 'en')",
            "1 in faq_entries",
        ),
    ],
)
def test_it_keeps_out_of_a_database_that_is_in_use(
    statement: str, found: str, database: str, connection: psycopg.Connection
) -> None:
    connection.execute(statement.encode())
    before = count(connection)
    with pytest.raises(SeedRefused, match=found):
        Migrator(database).seed()
    assert count(connection) == before
    assert Migrator(database).seed(force=True).users == 40
    assert count(connection) == before + 40


def test_what_came_in_after_it_stays_and_is_not_refused(
    database: str, connection: psycopg.Connection
) -> None:
    Migrator(database).seed()
    connection.execute("INSERT INTO users (telegram_id, username) VALUES (7, 'ada')")
    before = contents(connection)
    assert Migrator(database).seed() == Planted()
    assert contents(connection) == before
    assert Migrator(database).seed(force=True).users == 40
    assert count(connection) == 41
    ada = connection.execute("SELECT telegram_id FROM users WHERE username = 'ada'").fetchall()
    assert ada == [(7,)]


def test_a_seed_that_fails_leaves_nothing(database: str, connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE messages ADD CONSTRAINT no CHECK (model <> 'qwen3-8b')")
    with pytest.raises(psycopg.errors.CheckViolation):
        Migrator(database).seed()
    assert count(connection) == 0


def test_it_wants_a_migrated_database(empty_database: str) -> None:
    with pytest.raises(NotAtHead):
        Migrator(empty_database).seed()


def test_the_command_tells_what_it_did(
    database: str, connection: psycopg.Connection, migrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = migrate("seed", "--wait", "5s", DATABASE_URL=database)
    assert (result.returncode, result.stderr) == (0, "")
    line = json.loads(result.stdout)
    assert (line["event"], line["users"], line["dialogs"]) == ("seeded", 40, 600)
    connection.execute("DELETE FROM users WHERE telegram_id < 0")
    connection.execute("INSERT INTO users (telegram_id) VALUES (7)")
    monkeypatch.setenv("DATABASE_URL", database)
    assert main(["seed"]) == 1
    assert main(["seed", "--force"]) == 0


def test_nothing_can_be_sent_to_its_users(story: Story) -> None:
    # Telegram's ids have 52 bits at the most.
    assert all(abs(user.telegram_id) > 2**52 for user in story.users)
    assert min(user.telegram_id for user in story.users) == FIRST_TELEGRAM_ID
