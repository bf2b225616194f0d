import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from migrate.testing import scratch_database

from api.__main__ import main
from api.settings import Settings
from conftest import json_lines, serve

# Long: a process starts slowly on a machine that is busy.
PATIENCE_SECONDS = 40
SECRET = "not-to-be-seen"


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def test_a_ready_service_says_so_and_what_it_is(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "failed": []})
    assert (await client.get("/version")).json() == {"version": "dev", "commit": "unknown"}


async def test_without_a_database_it_starts_lives_and_names_what_failed(closed_port: int) -> None:
    url = f"postgresql://stats:{SECRET}@127.0.0.1:{closed_port}/app"
    async with serve(Settings.model_validate({"database_url": url})) as client:
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


async def test_a_database_nobody_has_migrated_is_not_ready() -> None:
    with scratch_database(migrated=False) as url:
        async with serve(Settings.model_validate({"database_url": url})) as client:
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/api/v1/stats?period=day")).status_code == 503


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
    impatient = Settings.model_validate({"database_url": f"{url}%20-c%20statement_timeout=200"})
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


def test_python_m_api_serves_logs_json_and_stops_on_sigterm(
    settings: Settings, closed_port: int
) -> None:
    environment = os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "API_TOKEN": SECRET,
        "HOST": "127.0.0.1",
        "PORT": str(closed_port),
        "SLIPWAY_VERSION": "1.2.3",
        "SLIPWAY_COMMIT": "abc",
        "LOG_LEVEL": "DEBUG",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "api"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        base = f"http://127.0.0.1:{closed_port}"
        wait_until_alive(base)
        assert httpx.get(f"{base}/version").json() == {"version": "1.2.3", "commit": "abc"}
        assert httpx.get(f"{base}/api/v1/stats?period=day").status_code == 401
        assert httpx.get(f"{base}/{SECRET}").status_code == 404
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
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


def wait_until_alive(base: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the service did not start within {PATIENCE_SECONDS} s")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "api: DATABASE_URL: should be set"),
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
    ],
)
def test_wrong_settings_end_it_with_their_names_only(
    variables: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main() == 2
    assert capsys.readouterr() == ("", f"{message}\n")


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
