import httpx
import pytest

from api.settings import Settings
from conftest import make_settings, serve

FRIEND = "https://app.example.com"
ASKING = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture
def friendly(settings: Settings) -> Settings:
    return make_settings(settings.database_url.get_secret_value(), cors_origins=(FRIEND,))


def allowed(answer: httpx.Response) -> str | None:
    found: str | None = answer.headers.get("access-control-allow-origin")
    return found


@pytest.mark.parametrize("origin", [FRIEND, "https://evil.example.com", "null"])
async def test_no_site_may_ask_from_a_browser_when_none_is_named(
    origin: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/api/v1/stats", headers={"Origin": origin})
    assert allowed(answer) is None
    preflight = await client.options("/api/v1/stats", headers={"Origin": origin, **ASKING})
    assert preflight.status_code == 405
    assert allowed(preflight) is None


async def test_a_named_site_may_ask_without_a_token_whether_it_may(friendly: Settings) -> None:
    async with serve(friendly, token=None) as client:
        answer = await client.options("/api/v1/stats", headers={"Origin": FRIEND, **ASKING})
    assert (answer.status_code, allowed(answer)) == (200, FRIEND)
    assert answer.headers["access-control-allow-methods"] == "GET"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["x-request-id"]


async def test_a_named_site_reads_answers_and_refusals(friendly: Settings) -> None:
    async with serve(friendly) as client:
        answer = await client.get("/api/v1/stats", headers={"Origin": FRIEND})
        refused = await client.get("/api/v1/stats?period=x", headers={"Origin": FRIEND})
    assert (answer.status_code, allowed(answer)) == (200, FRIEND)
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert {"Origin", "Authorization"} <= set(answer.headers["vary"].split(", "))
    assert (refused.status_code, allowed(refused)) == (422, FRIEND)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com:444",
        "https://app.example.com.evil.example",
        "null",
        "*",
    ],
)
async def test_another_site_may_not(origin: str, friendly: Settings) -> None:
    async with serve(friendly) as client:
        answer = await client.get("/api/v1/stats", headers={"Origin": origin})
        preflight = await client.options("/api/v1/stats", headers={"Origin": origin, **ASKING})
    assert allowed(answer) is None
    assert (preflight.status_code, allowed(preflight)) == (400, None)


async def test_a_named_site_may_not_write(friendly: Settings) -> None:
    asking = {"Origin": FRIEND, "Access-Control-Request-Method": "DELETE"}
    async with serve(friendly) as client:
        assert (await client.options("/api/v1/stats", headers=asking)).status_code == 400
