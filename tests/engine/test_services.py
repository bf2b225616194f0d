"""Services: reached by name, waited for, stopped."""

from __future__ import annotations

import asyncio
import os
import urllib.request

import pytest
from tests.support.processes import containers
from tests.support.session import Name, Refused, Step, ask, ask_node, base, run, shell, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine

PYTHON = "python:3.13-slim"


async def server(engine: Engine, text: str, *more: Step) -> str:
    """A service that serves one file, `page`; its ID."""
    return str(
        await ask(
            engine, *base(PYTHON),
            step("withNewFile", path="/www/page", contents=text), step("withWorkdir", path="/www"),
            step("withExposedPort", port=8000), *more,
            step("asService", args=["python3", "-m", "http.server", "8000"]), "id",
        )
    )  # fmt: skip


def fetch(host: str) -> Step:
    """A command that prints that file."""
    return run(
        "python3", "-c", f"import urllib.request as u; print(u.urlopen('http://{host}:8000/page').read().decode())"
    )


async def test_a_service_is_reached_by_its_alias_and_its_own_name(engine: Engine, nonce: str) -> None:
    service = await server(engine, nonce)
    name = await ask_node(engine, "Service", service, "hostname")
    bound = (*base(PYTHON), step("withServiceBinding", alias="web", service=service))
    assert await ask(engine, *bound, fetch("web"), "stdout") == f"{nonce}\n"
    assert await ask(engine, *bound, fetch(name), "stdout") == f"{nonce}\n"
    assert engine.log.counts["service"] == 1


async def test_a_service_is_reached_from_this_machine_and_stopped(engine: Engine, nonce: str) -> None:
    service = await server(engine, nonce)
    address = await ask_node(engine, "Service", service, step("endpoint", scheme="http"))
    with await asyncio.to_thread(urllib.request.urlopen, f"{address}/page", timeout=5) as page:
        assert page.read().decode() == nonce
    assert len(containers(os.getpid())) == 1
    await ask_node(engine, "Service", service, "stop")
    assert containers(os.getpid()) == []


async def test_no_service_is_left_when_the_engine_ends(nonce: str) -> None:
    async with Engine.open(progress=Progress("silent")) as engine:
        await ask_node(engine, "Service", await server(engine, nonce), "start")
        assert len(containers(os.getpid())) == 1
    assert containers(os.getpid()) == []


async def test_a_command_waits_until_the_health_check_passes(engine: Engine, nonce: str) -> None:
    healthy = step("withDockerHealthcheck", args=["test", "-e", "/tmp/ready"])
    service = await ask(
        engine, *base(), step("withEnvVariable", name="N", value=nonce), healthy,
        step("asService", args=["sh", "-c", "sleep 2; touch /tmp/ready; sleep 100"]), "id",
    )  # fmt: skip
    begun = asyncio.get_running_loop().time()
    await ask(engine, *base(), step("withServiceBinding", alias="s", service=service), shell(f": {nonce}"), "sync")
    assert asyncio.get_running_loop().time() - begun > 2


async def test_a_service_that_dies_gives_its_log_without_secrets(engine: Engine, nonce: str) -> None:
    secret = await ask(engine, step("setSecret", name="s", plaintext=f"value-{nonce}"), "id")
    service = await ask(
        engine, *base(), step("withExposedPort", port=1), step("withSecretVariable", name="S", secret=secret),
        step("asService", args=["sh", "-c", f'echo "cannot start {nonce} $S" >&2; exit 3']), "id",
    )  # fmt: skip
    with pytest.raises(Refused, match=rf"ended before it was ready:\ncannot start {nonce} \*\*\*$"):
        await ask(engine, *base(), step("withServiceBinding", alias="s", service=service), shell(f": {nonce}"), "sync")
    assert containers(os.getpid()) == []


async def test_services_made_by_commands_start_while_every_slot_is_wanted(engine: Engine, nonce: str) -> None:
    async def one(number: int) -> None:
        service = await ask(
            engine, *base(PYTHON), shell(f"mkdir -p /www; echo {nonce}{number} > /www/page; sleep 0.3"),
            step("withWorkdir", path="/www"), step("withExposedPort", port=8000),
            step("asService", args=["python3", "-m", "http.server", "8000"]), "id",
        )  # fmt: skip
        bound = step("withServiceBinding", alias="web", service=service)
        assert (await ask(engine, *base(PYTHON), bound, fetch("web"), "stdout")).strip() == f"{nonce}{number}"

    await asyncio.wait_for(asyncio.gather(*(one(n) for n in range(6))), 60)


async def test_a_port_of_udp_is_not_waited_for(engine: Engine, nonce: str) -> None:
    service = await ask(
        engine, *base(), step("withEnvVariable", name="N", value=nonce),
        step("withExposedPort", port=53, protocol=Name("UDP")), step("asService", args=["sleep", "100"]), "id",
    )  # fmt: skip
    await asyncio.wait_for(ask_node(engine, "Service", service, "start"), 20)


async def test_a_service_without_a_port_has_no_endpoint(engine: Engine) -> None:
    service = await ask(engine, *base(), step("asService", args=["sleep", "100"]), "id")
    with pytest.raises(Refused, match="exposes no port; use withExposedPort"):
        await ask_node(engine, "Service", service, "endpoint")
