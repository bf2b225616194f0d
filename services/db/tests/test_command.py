import json
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from conftest import Run
from migrate.__main__ import main
from migrate.database import LOCK_KEY
from migrate.runner import Migrator

PASSWORD = "not-to-be-seen"


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_no_command_means_upgrade(
    empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    assert main([]) == 0
    assert main(["--wait", "5s"]) == 0
    assert main(["current"]) == 0
    assert main(["check"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    head = Migrator(empty_database).position().head
    assert head is not None
    assert [(line["event"], line.get("before"), line["current"]) for line in lines] == [
        ("migrated", None, head),
        ("migrated", head, head),
        ("current", None, head),
        ("as_expected", None, head),
    ]
    assert {line["service"] for line in lines} == {"migrate"}


def test_downgrade_and_check_tell_by_exit_code(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    head = Migrator(database).position().head
    assert main(["downgrade", "base"]) == 0
    assert main(["check"]) == 1
    assert capsys.readouterr().err == (
        f"migrate: the database is at nothing, this release needs {head}; "
        "run python -m migrate upgrade\n"
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "DATABASE_URL: should be set (or DATABASE_URL_FILE)"),
        ({"DATABASE_URL": ""}, "DATABASE_URL: should be set (or DATABASE_URL_FILE)"),
        (
            {"DATABASE_URL": f"not a url {PASSWORD}"},
            "DATABASE_URL: should be postgresql://user:password@host/database",
        ),
        (
            {"DATABASE_URL": f"mysql://u:{PASSWORD}@db/app"},
            "DATABASE_URL: should be postgresql://user:password@host/database",
        ),
        (
            {"DATABASE_URL": f"postgresql://u:{PASSWORD}@db/app", "DATABASE_URL_FILE": "/x"},
            "DATABASE_URL: should not be set together with DATABASE_URL_FILE",
        ),
        (
            {"DATABASE_URL_FILE": "/no/such/file"},
            "DATABASE_URL_FILE: should name a readable text file",
        ),
    ],
)
def test_wrong_settings_are_named_and_their_values_are_not_shown(
    variables: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["current"]) == 2
    assert capsys.readouterr().err == f"migrate: {message}\n"


def test_the_address_may_be_in_a_file(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    secret = tmp_path / "url"
    secret.write_text(f"{database}\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert main(["current"]) == 0
    assert json.loads(capsys.readouterr().out)["current"] == Migrator(database).position().head


def test_an_unreachable_database_ends_the_command_in_the_time_allowed(
    closed_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:{PASSWORD}@127.0.0.1:{closed_port}/app")
    started = time.monotonic()
    assert main(["--wait", "1s"]) == 3
    # Far less than the 30 s without --wait.
    assert time.monotonic() - started < 10
    output, errors = capsys.readouterr()
    assert f"127.0.0.1:{closed_port}/app: no connection within 1 s" in errors
    assert PASSWORD not in output + errors


def forward_later(port: int, target: tuple[str, int], seconds: float) -> None:
    """Listen on ``port`` after a while only, and pass what comes to ``target``."""
    time.sleep(seconds)
    with socket.create_server(("127.0.0.1", port)) as server:
        client, _ = server.accept()
        with client, socket.create_connection(target) as database:
            ends = {client: database, database: client}
            while True:
                for end in select.select(list(ends), [], [], 30)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)


def test_fault_02_it_waits_for_a_database_that_starts_late_and_no_longer(
    empty_database: str, closed_port: int, migrate: Run
) -> None:
    address = make_url(empty_database)
    target = (address.host or "", address.port or 5432)
    late = address.set(host="127.0.0.1", port=closed_port).render_as_string(hide_password=False)
    with ThreadPoolExecutor() as pool:
        forwarding = pool.submit(forward_later, closed_port, target, 4)
        result = migrate("upgrade", DATABASE_URL=late)
        forwarding.result()
    assert (result.returncode, result.stderr) == (0, "")
    line = json.loads(result.stdout)
    assert line["before"] is None
    assert line["current"] == line["head"]


def test_a_refused_password_is_told_without_the_password(database: str, migrate: Run) -> None:
    wrong = make_url(database).set(password=PASSWORD).render_as_string(hide_password=False)
    result = migrate("--wait", "0", DATABASE_URL=wrong)
    assert result.returncode == 3
    assert "no connection within 0 s" in result.stderr
    assert "Traceback" not in result.stderr
    assert PASSWORD not in result.stdout + result.stderr


def test_another_migrator_is_waited_for_no_longer_than_allowed(
    empty_database: str, migrate: Run
) -> None:
    with psycopg.connect(empty_database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        result = migrate("upgrade", "--wait", "1s", DATABASE_URL=empty_database)
    assert result.returncode == 1
    assert result.stderr == (
        "migrate: another migrator still runs after 1 s; wait for it to end, then start again\n"
    )


def test_a_revision_nobody_knows_is_refused(database: str, migrate: Run) -> None:
    result = migrate("upgrade", "ffff", DATABASE_URL=database)
    assert (result.returncode, result.stderr) == (
        2,
        "migrate: revision ffff: not in this release\n",
    )


def test_a_refused_statement_is_told_and_leaves_nothing(empty_database: str, migrate: Run) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE messages (id int)")
    result = migrate("upgrade", DATABASE_URL=empty_database)
    assert result.returncode == 1
    assert result.stderr == (
        "migrate: PostgreSQL refused the migration: "
        'relation "messages" already exists (SQLSTATE 42P07)\n'
    )
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT to_regclass('public.users')").fetchone() == (None,)


@pytest.mark.parametrize("value", ["soon", "30h", "-1"])
def test_a_malformed_duration_is_refused(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["upgrade", f"--wait={value}"])
    assert "should be a duration as 30s or 2m" in capsys.readouterr().err
