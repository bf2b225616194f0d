"""Dagger's session protocol over HTTP, by hand and through the published SDK."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator

import dagger
import pytest
from tests.support.session import IMAGE, Refused, ask, ask_node, base, step

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine


async def post(
    session: dict[str, str], body: object, *, token: str | None = None, path: str = "/query"
) -> tuple[int, dict[str, object]]:
    """A request as a client makes it: the status and the answer."""
    given = session["DAGGER_SESSION_TOKEN"] if token is None else token
    request = urllib.request.Request(
        f"http://127.0.0.1:{session['DAGGER_SESSION_PORT']}{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Basic " + base64.b64encode(f"{given}:".encode()).decode()},
    )

    def send() -> tuple[int, dict[str, object]]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    return await asyncio.to_thread(send)


@pytest.fixture
async def session(engine: Engine) -> dict[str, str]:
    """The variables of a served session."""
    return await engine.serve()


@pytest.fixture
async def client(session: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dagger.Client]:
    """The published SDK, connected."""
    for name, value in session.items():
        monkeypatch.setenv(name, value)
    async with dagger.connection():
        yield dagger.dag


async def test_a_request_is_answered_as_json(session: dict[str, str]) -> None:
    assert await post(session, {"query": "{ version }"}) == (200, {"data": {"version": "v0.21.8"}})


async def test_a_wrong_token_is_refused(session: dict[str, str]) -> None:
    for token in ("", "wrong"):
        status, answer = await post(session, {"query": "{ version }"}, token=token)
        assert (status, "unauthorized" in str(answer)) == (401, True)


async def test_what_is_no_request_is_refused(session: dict[str, str]) -> None:
    assert (await post(session, {"query": "{ version }"}, path="/other"))[0] == 404
    assert (await post(session, ["query"]))[0] == 400
    status, answer = await post(session, {"query": "{ version"})
    assert (status, "Syntax Error" in str(answer["errors"])) == (200, True)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{ container { terminal { id } } }", "Container.terminal"),
        ('{ git(url: "x") { id } }', "Query.git"),
        ('{ container { build(context: "x") { id } } }', "Container.build"),
        ('{ node(id: "x") { ... on Changeset { id } } }', "Changeset"),
        ('{ container { withExec(args: ["x"], nosuch: true) { id } } }', "Container.withExec(nosuch:)"),
    ],
)
async def test_a_field_or_argument_that_is_not_served_is_named(session: dict[str, str], query: str, name: str) -> None:
    _, answer = await post(session, {"query": query})
    assert answer["data"] is None
    message = answer["errors"][0]["message"]  # type: ignore[index]
    assert message == f"{name} is not served by the embedded engine; use a Dagger engine for it (SLIPWAY_ENGINE=dagger)"


async def test_the_sdk_runs_a_command(client: dagger.Client, nonce: str) -> None:
    made = client.container().from_(IMAGE).with_env_variable("A", nonce).with_exec(["sh", "-c", "echo $A"])
    assert await made.stdout() == f"{nonce}\n"


async def test_the_sdk_gets_a_failed_command_as_its_own_error(client: dagger.Client, nonce: str) -> None:
    words = ["sh", "-c", f"echo out; echo err {nonce} >&2; exit 7"]
    with pytest.raises(dagger.ExecError) as caught:
        await client.container().from_(IMAGE).with_exec(words).sync()
    error = caught.value
    assert (error.exit_code, error.stdout, error.stderr, error.command) == (7, "out", f"err {nonce}", words)


async def test_the_sdk_is_told_what_is_not_served(client: dagger.Client) -> None:
    with pytest.raises(dagger.QueryError, match=r"Container\.terminal is not served by the embedded engine"):
        await client.container().from_(IMAGE).terminal().sync()


async def test_the_sdk_passes_objects_and_reads_lists(client: dagger.Client, nonce: str) -> None:
    folder = client.directory().with_new_file("f", nonce)
    secret = client.set_secret("s", f"value-{nonce}")
    made = (
        client.container().from_(IMAGE).with_directory("/d", folder).with_secret_variable("S", secret)
        .with_label("l", "v").with_exposed_port(80)
    )  # fmt: skip
    made = made.with_exec(["sh", "-c", "cat /d/f; echo $S"])
    assert await made.stdout() == f"{nonce}***\n"
    assert [(await each.name(), await each.value()) for each in await made.labels() if await each.name() == "l"] == [
        ("l", "v")
    ]
    assert [await each.port() for each in await made.exposed_ports()] == [80]
    assert await (await made.sync()).exit_code() == 0


async def test_an_id_of_nothing_is_refused_by_name(engine: Engine, nonce: str) -> None:
    unknown = f"Directory@sha256:{nonce}"
    with pytest.raises(Refused, match=f"{unknown}: nothing is known of this value"):
        await ask(engine, step("node", id=unknown), "id")
    with pytest.raises(Refused, match=r"Container.withDirectory\(source:\): 'nonsense' is not an ID of this engine"):
        await ask(engine, *base(), step("withDirectory", path="/", source="nonsense"), "sync")
    with pytest.raises(Refused, match="nothing is known of this value"):
        await ask(engine, *base(), step("withDirectory", path="/", source=unknown), "sync")


async def test_text_that_looks_like_a_question_for_the_schema_is_only_text(engine: Engine, nonce: str) -> None:
    steps = (step("directory"), step("withNewFile", path="f", contents=f"__schema {nonce}"), step("file", path="f"))
    assert await ask(engine, *steps, "contents") == f"__schema {nonce}"
    answer = await engine.query('{ directory { nosuch(x: "__schema") } }')
    assert "Directory.nosuch is not served" in answer["errors"][0]["message"]


async def test_the_schema_can_be_asked_for(engine: Engine) -> None:
    for _ in range(2):
        answer = await engine.query("query Introspection { __schema { queryType { name } types { name } } }")
        assert answer["data"]["__schema"]["queryType"] == {"name": "Query"}
        assert {"name": "Container"} in answer["data"]["__schema"]["types"]


async def test_an_error_on_purpose_is_passed_on(engine: Engine, nonce: str) -> None:
    with pytest.raises(Refused, match=f"^because {nonce}$"):
        await ask(engine, *base(), step("withError", err=f"because {nonce}"), "sync")
    made = await ask(engine, step("directory"), step("withError", err=""), "id")
    assert await ask_node(engine, "Directory", made, "entries") == []
