"""The init script, run by bash and psql against the real server, as the image would."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from conftest import Run
from migrate.testing import admin_connection, roles_lock, scratch_database

# Odd on purpose: quotes and backslashes have to survive bash, psql and SQL.
APP_PASSWORD = "app 'quoted' \"and\" \\back$HOME"
STATS_PASSWORD = "stats-password"
REQUIRED = {"POSTGRES_APP_PASSWORD": APP_PASSWORD, "POSTGRES_STATS_PASSWORD": STATS_PASSWORD}


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, str]]]:
    """A scratch database and the variables the image would give the script for it."""
    with (
        scratch_database(migrated=False) as url,
        admin_connection() as admin,
        roles_lock(admin),
    ):
        address = make_url(url)
        yield (
            url,
            {
                "PGHOST": address.host or "",
                "PGPORT": str(address.port or 5432),
                "PGPASSWORD": address.password or "",
                "POSTGRES_USER": address.username or "",
                "POSTGRES_DB": address.database or "",
            },
        )


def login(url: str, role: str, password: str) -> psycopg.Connection:
    return psycopg.connect(url, user=role, password=password, autocommit=True)


def test_app_and_stats_log_in_with_their_passwords_also_after_a_second_run(
    server: tuple[str, dict[str, str]], init_roles: Run
) -> None:
    url, variables = server
    for _ in range(2):
        result = init_roles(**variables, **REQUIRED)
        assert (result.returncode, result.stderr) == (0, "")
    with login(url, "app", APP_PASSWORD) as app:
        assert app.execute("SELECT current_user").fetchone() == ("app",)
    with login(url, "stats", STATS_PASSWORD) as stats:
        assert stats.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(url, "stats", "wrong")


def test_a_role_without_a_password_cannot_log_in(
    server: tuple[str, dict[str, str]], init_roles: Run
) -> None:
    url, variables = server
    init_roles(
        **variables, **REQUIRED, POSTGRES_BACKUP_PASSWORD="backup-password"
    ).check_returncode()
    with login(url, "backup", "backup-password") as backup:
        assert backup.execute("SELECT current_user").fetchone() == ("backup",)
    init_roles(**variables, **REQUIRED).check_returncode()
    with pytest.raises(
        psycopg.OperationalError, match=r"authentication failed|not permitted to log in"
    ):
        login(url, "backup", "backup-password")


def test_passwords_may_be_in_files(
    server: tuple[str, dict[str, str]], init_roles: Run, tmp_path: Path
) -> None:
    url, variables = server
    secret = tmp_path / "stats"
    secret.write_text(f"{STATS_PASSWORD}\n", encoding="utf-8")
    result = init_roles(
        **variables,
        POSTGRES_APP_PASSWORD=APP_PASSWORD,
        POSTGRES_STATS_PASSWORD_FILE=str(secret),
    )
    assert (result.returncode, result.stderr) == (0, "")
    with login(url, "stats", STATS_PASSWORD) as stats:
        assert stats.execute("SELECT 1").fetchone() == (1,)


def test_a_refusal_of_the_server_ends_the_script(
    server: tuple[str, dict[str, str]], init_roles: Run
) -> None:
    _, variables = server
    result = init_roles(**variables | {"POSTGRES_DB": "no_such_database"}, **REQUIRED)
    assert result.returncode != 0
    assert "no_such_database" in result.stderr


def test_a_statement_the_server_refuses_ends_the_script_and_changes_nothing(
    server: tuple[str, dict[str, str]], init_roles: Run
) -> None:
    url, variables = server
    init_roles(**variables, **REQUIRED).check_returncode()
    as_app = {"POSTGRES_USER": "app", "PGPASSWORD": APP_PASSWORD}
    result = init_roles(**variables | as_app | REQUIRED | {"POSTGRES_STATS_PASSWORD": "changed"})
    assert result.returncode != 0
    assert "permission denied" in result.stderr
    with login(url, "stats", STATS_PASSWORD) as stats:
        assert stats.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"POSTGRES_APP_PASSWORD": ""}, "POSTGRES_APP_PASSWORD: should be set"),
        ({"POSTGRES_STATS_PASSWORD": ""}, "POSTGRES_STATS_PASSWORD: should be set"),
        ({"POSTGRES_DB": ""}, "POSTGRES_DB: should be set"),
        (
            {"POSTGRES_APP_PASSWORD_FILE": "/dev/null"},
            "POSTGRES_APP_PASSWORD: should not be set together with POSTGRES_APP_PASSWORD_FILE",
        ),
        (
            {"POSTGRES_BACKUP_PASSWORD_FILE": "/no/such/file"},
            "POSTGRES_BACKUP_PASSWORD_FILE: should name a readable file",
        ),
        (
            {"POSTGRES_BACKUP_PASSWORD_FILE": "/dev/null"},
            "POSTGRES_BACKUP_PASSWORD_FILE: should name a file that is not empty",
        ),
    ],
)
def test_fault_07_no_password_has_a_default_and_what_is_missing_is_named(
    changed: dict[str, str], message: str, init_roles: Run
) -> None:
    variables = {"POSTGRES_USER": "postgres", "POSTGRES_DB": "app"} | REQUIRED | changed
    result = init_roles(**variables)
    assert (result.returncode, result.stderr) == (1, f"roles: {message}\n")
