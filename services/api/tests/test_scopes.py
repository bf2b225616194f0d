import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from conftest import NOW, TEXT_TOKEN, TOKEN, bearer, make_settings, serve
from story import Story

ROUTES = [
    "/api/v1/stats",
    "/api/v1/activity",
    "/api/v1/users/top",
    "/api/v1/dialogs",
    "/api/v1/dialogs/1",
    "/api/v1/llm",
]


def test_every_route_is_known_to_these_tests(settings: Settings) -> None:
    paths = set(create_app(settings).openapi()["paths"])
    known = {route.replace("/1", "/{dialog_id}") for route in ROUTES}
    assert paths == known | {"/healthz", "/readyz", "/version"}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer ünïcode",
        f"Bearer {'x' * 5000}",
    ],
)
async def test_without_a_known_token_there_is_no_answer(
    route: str, header: str | None, settings: Settings
) -> None:
    headers = httpx.Headers({b"Authorization": header.encode()} if header is not None else {})
    async with serve(settings, token=None) as client:
        answer = await client.get(route, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "a bearer token is needed"}
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", ROUTES)
async def test_a_malformed_question_without_a_token_tells_nothing_either(
    route: str, settings: Settings
) -> None:
    async with serve(settings, token=None) as client:
        answer = await client.get(f"{route}?period=year&limit=-1")
    assert answer.status_code == 401


@pytest.mark.parametrize("token", [TOKEN, TEXT_TOKEN])
@pytest.mark.parametrize("route", ROUTES)
async def test_either_token_opens_every_route(
    token: str, route: str, settings: Settings, story: Story
) -> None:
    story.dialog(story.user(1, NOW), NOW)
    async with serve(settings, token) as client:
        assert (await client.get(route)).status_code == 200


@pytest.mark.parametrize(("token", "expected"), [(TOKEN, None), (TEXT_TOKEN, "text")])
async def test_only_its_own_scope_shows_what_people_wrote(
    token: str, expected: str | None, settings: Settings, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.said(dialog, NOW)
    async with serve(settings, token) as client:
        answer = (await client.get(f"/api/v1/dialogs/{dialog}")).json()
    assert answer["text"] is (expected is not None)
    assert [message["content"] for message in answer["messages"]] == [expected]


async def test_one_cache_never_shows_texts_to_who_may_not_read_them(
    settings: Settings, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.said(dialog, NOW)
    async with serve(settings, token=None) as client:
        for token, expected in [(TEXT_TOKEN, "text"), (TOKEN, None), (TEXT_TOKEN, "text")]:
            answer = await client.get(f"/api/v1/dialogs/{dialog}", headers=bearer(token))
            assert answer.json()["messages"][0]["content"] == expected
            assert answer.headers["vary"] == "Authorization"


@pytest.mark.parametrize("header", [{}, bearer("unknown"), bearer(TEXT_TOKEN)])
async def test_answering_everybody_is_not_about_texts(
    header: dict[str, str], settings: Settings, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.said(dialog, NOW)
    url = settings.database_url.get_secret_value()
    open_to_all = make_settings(url, api_token=None, api_anonymous=True)
    async with serve(open_to_all, token=None) as client:
        assert (await client.get("/api/v1/stats", headers=header)).status_code == 200
        answer = (await client.get(f"/api/v1/dialogs/{dialog}", headers=header)).json()
    assert answer["text"] is (header == bearer(TEXT_TOKEN))


async def test_without_a_token_for_texts_nobody_reads_them(
    settings: Settings, story: Story
) -> None:
    dialog = story.dialog(story.user(1, NOW), NOW)
    story.said(dialog, NOW)
    url = settings.database_url.get_secret_value()
    async with serve(make_settings(url, api_text_token=None), token=None) as client:
        for token in (TOKEN, TEXT_TOKEN, "None", "null", ""):
            answer = await client.get(f"/api/v1/dialogs/{dialog}", headers=bearer(token))
            assert "text" not in [m["content"] for m in answer.json().get("messages", [])]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version"])
async def test_probes_need_no_token(path: str, settings: Settings) -> None:
    async with serve(settings, token=None) as client:
        assert (await client.get(path)).status_code == 200


async def test_metrics_are_not_on_the_public_port(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404
