import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from migrate.runner import Migrator
from migrate.testing import admin_connection, login_url, scratch_database

from api import logs
from api.__main__ import main
from api.database import Database
from api.settings import Settings
from conftest import PATIENCE_SECONDS, json_lines, make_settings, running, serve

SECRET = "not-to-be-seen"
ORIGINS = "should be origins as https://app.example.com, separated by commas"


async def test_a_ready_service_says_so_and_what_it_is(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "failed": []})
    assert (await client.get("/version")).json() == {"version": "unknown", "commit": "unknown"}


async def test_without_a_database_it_starts_lives_and_names_what_failed(closed_port: int) -> None:
    url = f"postgresql://stats:{SECRET}@127.0.0.1:{closed_port}/app"
    async with serve(make_settings(url)) as client:
        assert (await client.get("/healthz")).status_code == 200
        started = time.monotonic()
        ready = await client.get("/readyz")
        assert time.monotonic() - started < 1
        assert (ready.status_code, ready.json()) == (
            503,
            {"status": "not ready", "failed": ["database"]},
        )
        stats = await client.get("/api/v1/stats?period=day")
        assert (stats.status_code, stats.json()) == (
            503,
            {"detail": "the database does not answer"},
        )


async def test_fault_02_it_does_not_migrate_and_waits_for_who_does() -> None:
    with scratch_database(migrated=False) as url:
        async with serve(make_settings(url)) as client:
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/api/v1/stats?period=day")).status_code == 503
            with psycopg.connect(url) as connection:
                tables = connection.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                ).fetchall()
            assert tables == []
            Migrator(url).upgrade()
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.get("/api/v1/stats?period=day")).status_code == 200


def test_fault_06_it_needs_nothing_of_the_bot(settings: Settings) -> None:
    url = settings.database_url.get_secret_value()
    with running(url, {"API_TOKEN": SECRET}) as (base, _):
        assert httpx.get(f"{base}/readyz").status_code == 200
        headers = {"Authorization": f"Bearer {SECRET}"}
        assert httpx.get(f"{base}/api/v1/stats", headers=headers).status_code == 200
    assert not [name for name in Settings.model_fields if "telegram" in name or "llm" in name]


async def test_fault_12_its_own_transactions_only_read_whatever_the_role_may(
    database: str, owner: psycopg.Connection
) -> None:
    owner_of_all = Database(database)
    async with owner_of_all.running():
        for statement in ("INSERT INTO users (telegram_id) VALUES (1)", "CREATE TABLE own ()"):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                async with owner_of_all.snapshot() as connection:
                    await connection.execute(statement.encode())
    assert owner.execute("SELECT count(*) FROM users").fetchone() == (0,)


async def test_it_recovers_when_its_connections_were_cut(
    client: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'api' AND datname = current_database()"
    )
    assert (await client.get("/api/v1/stats?period=day")).status_code == 200


async def test_a_statement_that_takes_too_long_gives_503(
    client: httpx.AsyncClient, owner: psycopg.Connection, settings: Settings
) -> None:
    del client
    url = settings.database_url.get_secret_value()
    impatient = make_settings(f"{url}%20-c%20statement_timeout=200")
    with owner.transaction():
        owner.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        async with serve(impatient) as client:
            assert (await client.get("/api/v1/stats?period=day")).status_code == 503


@pytest.mark.parametrize(
    ("given", "expected"),
    [("abc-1", "abc-1"), ("x" * 65, "[0-9a-f]{16}"), ("a b", "[0-9a-f]{16}")],
)
async def test_a_sound_request_id_comes_back_and_another_is_replaced(
    given: str, expected: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/version", headers={"X-Request-ID": given})
    assert re.fullmatch(expected, answer.headers["x-request-id"])


async def test_the_database_itself_stops_a_statement_of_stats_after_five_seconds(
    database: str, owner: psycopg.Connection
) -> None:
    with (
        admin_connection() as admin,
        login_url(admin, database, "stats") as url,
        owner.transaction(),
    ):
        async with serve(make_settings(url)) as client:
            assert (await client.get("/readyz")).status_code == 200
            owner.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
            started = time.monotonic()
            answer = await client.get("/api/v1/stats?period=day")
            assert 4 < time.monotonic() - started < 15
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"


async def test_a_defect_is_answered_and_logged_with_an_id_and_without_its_text(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    service = serve(settings)

    @service.app.get("/defect")
    async def defect() -> None:
        raise ZeroDivisionError(SECRET)

    async with service as client:
        answer = await client.get("/defect", headers={"X-Request-ID": "abc-1"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "abc-1"
    output, errors = capsys.readouterr()
    assert SECRET not in answer.text + output + errors
    logged = {str(line["event"]): line for line in json_lines(output)}
    assert logged["request_failed"]["request_id"] == "abc-1"
    assert logged["request_failed"]["exception"]["type"] == "builtins.ZeroDivisionError"
    assert logged["request"]["status"] == 500


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/stats", "/api/v1/dialogs/99", "/version"])
async def test_every_answer_has_a_request_id(path: str, settings: Settings) -> None:
    async with serve(settings, token=None) as client:
        for answer in (await client.get(path), await client.delete(path)):
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_python_m_api_serves_logs_json_and_stops_on_sigterm(settings: Settings) -> None:
    variables = {
        "API_TOKEN": SECRET,
        "SLIPWAY_VERSION": "1.2.3",
        "SLIPWAY_COMMIT": "abc",
        "LOG_LEVEL": "DEBUG",
    }
    with running(settings.database_url.get_secret_value(), variables) as (base, process):
        assert httpx.get(f"{base}/version").json() == {"version": "1.2.3", "commit": "abc"}
        assert httpx.get(f"{base}/api/v1/stats?period=day").status_code == 401
        assert httpx.get(f"{base}/{SECRET}").status_code == 404
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert SECRET not in output
    lines = json_lines(output)
    assert {line["service"] for line in lines} == {"api"}
    assert [line["event"] for line in lines if line["event"] != "library"] == [
        "started",
        "request",
        "request",
        "request",
        "stopped",
    ]
    refused = next(line for line in lines if line.get("status") == 401)
    assert refused["route"] == "/api/v1/stats"
    assert re.fullmatch("[0-9a-f]{16}", str(refused["request_id"]))


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"API_TOKEN": "t"}, "api: DATABASE_URL: should be set"),
        (
            {"DATABASE_URL": f"mysql://{SECRET}"},
            "api: DATABASE_URL: should be postgresql://user:password@host/database",
        ),
        (
            {"DATABASE_URL": "postgresql://db/app", "LOG_LEVEL": SECRET, "PORT": "70000"},
            "api: PORT: Input should be less than or equal to 65535; "  # noqa: ISC004  # one text
            "LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
        ),
        (
            {"DATABASE_URL": "postgresql://db/app", "API_TOKEN_FILE": f"/{SECRET}"},
            "api: API_TOKEN_FILE: should name a readable text file",
        ),
        (
            {"DATABASE_URL": "postgresql://db/app", "DATABASE_URL_FILE": "/x"},
            "api: DATABASE_URL: should not be set together with DATABASE_URL_FILE",
        ),
        (
            {"DATABASE_URL_FILE": "/dev/null"},
            "api: DATABASE_URL_FILE: should name a file that is not empty",
        ),
        (
            {"DATABASE_URL": "postgresql://db/app", "API_TOKEN": "same", "API_TEXT_TOKEN": "same"},
            "api: API_TEXT_TOKEN: should not be the same as API_TOKEN",
        ),
        *(
            (
                {"DATABASE_URL": "postgresql://db/app", "CORS_ORIGINS": origins},
                f"api: CORS_ORIGINS: {ORIGINS}",
            )
            for origins in (
                "*",
                "null",
                "app.example.com",
                "https://app.example.com/",
                "https://*.example.com",
                "https://ok.example.com,ftp://x",
            )
        ),
    ],
)
def test_wrong_settings_end_it_with_their_names_only(
    variables: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DATABASE_URL", "API_TOKEN", "API_TEXT_TOKEN", "API_ANONYMOUS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main([]) == 2
    assert capsys.readouterr() == ("", f"{message}\n")


def test_fault_07_there_is_no_default_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/app")
    monkeypatch.delenv("API_TOKEN", raising=False)
    monkeypatch.setenv("API_TOKEN", "")
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "api: API_TOKEN: should be set, as from openssl rand -hex 32; "
        "or API_ANONYMOUS=true, to answer everybody\n"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ()),
        ("https://app.example.com", ("https://app.example.com",)),
        (
            "https://a.example.com, http://localhost:3000",
            ("https://a.example.com", "http://localhost:3000"),
        ),
    ],
)
def test_origins_are_separated_by_commas(
    given: str, expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/app")
    monkeypatch.setenv("API_TOKEN", "t")
    monkeypatch.setenv("CORS_ORIGINS", given)
    assert Settings.load().cors_origins == expected


def test_a_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tmp_path / "token"
    token.write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/app")
    monkeypatch.setenv("API_TOKEN_FILE", str(token))
    loaded = Settings.load()
    assert loaded.api_token is not None
    assert loaded.api_token.get_secret_value() == "from a file"


def test_the_image_can_migrate_too() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "migrate", "--help"],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert result.returncode == 0
