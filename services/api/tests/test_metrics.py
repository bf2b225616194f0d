import socket

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import metrics
from api.__main__ import main
from api.metrics import Metrics
from api.settings import Settings
from conftest import TOKEN, bearer, free_port, make_settings, running, serve
from story import Story


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def scrape(
    settings: Settings, *requests: httpx.Request
) -> dict[tuple[str, tuple[str, ...]], float]:
    """What the service tells, once it has answered ``requests``."""
    service = serve(settings)
    async with service as client:
        for request in requests:
            await client.send(request)
        with metrics.serving(service.app.state.metrics, "127.0.0.1", 0) as port:
            answer = await httpx.AsyncClient().get(f"http://127.0.0.1:{port}/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return samples(answer.text)


def asked(path: str, method: str = "GET") -> httpx.Request:
    return httpx.Request(method, f"http://api{path}", headers=bearer(TOKEN))


async def test_answers_are_counted_by_template_method_and_status(
    settings: Settings, story: Story
) -> None:
    del story
    found = await scrape(
        settings,
        asked("/api/v1/dialogs/1"),
        asked("/api/v1/dialogs/2"),
        asked("/api/v1/dialogs/0"),
        asked("/api/v1/dialogs"),
        asked("/api/v1/dialogs"),
        asked("/no/such/path/of-somebody"),
        asked("/api/v1/dialogs", "BREW"),
    )
    requests = {
        labels: value for (name, labels), value in found.items() if name == "api_requests_total"
    }
    assert requests == {
        ("GET", "/api/v1/dialogs/{dialog_id}", "404"): 2,
        ("GET", "/api/v1/dialogs/{dialog_id}", "422"): 1,
        ("GET", "/api/v1/dialogs", "200"): 2,
        ("GET", "none", "404"): 1,
        ("other", "/api/v1/dialogs", "405"): 1,
    }
    assert found["api_request_seconds_count", ("GET", "/api/v1/dialogs")] == 2
    assert found["api_request_seconds_bucket", ("+Inf", "GET", "/api/v1/dialogs")] == 2
    cached = {result: found["api_cache_total", (result,)] for result in ("hit", "miss", "shared")}
    assert cached == {"hit": 1, "miss": 3, "shared": 0}


async def test_the_pool_and_the_build_are_told(database: str, settings: Settings) -> None:
    del database
    url = settings.database_url.get_secret_value()
    release = make_settings(url, slipway_version="1.2.3", slipway_commit="abc")
    found = await scrape(release, asked("/readyz"))
    assert found["api_build_info", ("abc", "1.2.3")] == 1
    assert found["api_pool_connections_limit", ()] == 5
    assert found["api_pool_connections_size", ()] >= 1
    assert found["api_pool_connections_idle", ()] >= 1
    assert found["api_pool_connections_waiting", ()] == 0
    assert ("process_resident_memory_bytes", ()) in found


async def test_a_database_that_does_not_answer_is_counted(
    settings: Settings, owner: psycopg.Connection
) -> None:
    url = settings.database_url.get_secret_value()
    impatient = make_settings(f"{url}%20-c%20statement_timeout=200")
    with owner.transaction():
        owner.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        found = await scrape(impatient, asked("/api/v1/llm"))
    assert found["api_database_failures_total", ()] == 1
    assert found["api_requests_total", ("GET", "/api/v1/llm", "503")] == 1


def test_they_have_a_port_of_their_own(settings: Settings) -> None:
    port = str(free_port())
    variables = {"API_TOKEN": TOKEN, "METRICS_PORT": port}
    with running(settings.database_url.get_secret_value(), variables) as (base, _):
        assert httpx.get(f"{base}/metrics").status_code == 404
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert ("api_requests_total", ("GET", "none", "404")) in samples(text)
    assert TOKEN not in text


def test_a_port_that_is_taken_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())
        monkeypatch.setenv("API_TOKEN", TOKEN)
        monkeypatch.setenv("METRICS_HOST", "127.0.0.1")
        monkeypatch.setenv("METRICS_PORT", str(port))
        assert main([]) == 3
    assert capsys.readouterr().err == (
        f"api: METRICS_PORT: cannot listen on {port} (Address already in use); "
        "stop what does, or set another\n"
    )


def test_the_port_is_free_again_afterwards(settings: Settings) -> None:
    port = free_port()
    for _ in range(2):
        with metrics.serving(Metrics(settings), "127.0.0.1", port) as serving:
            assert serving == port
            assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200
