"""Signing in: passwords, tokens, what docker left on the machine; and that a password is seen by nobody else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.faulty_registry import FaultyRegistry, faulty
from tests.support.publishing import layered, login, to
from tests.support.registry import Registry
from tests.support.session import Refused, Step, ask, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine

USER = "someone"


@pytest.fixture
async def proxy(open_registry: Registry, nonce: str) -> AsyncIterator[FaultyRegistry]:
    """It wants a name and a password."""
    async with faulty(open_registry) as made:
        made.basic = (USER, f"sentinel-{nonce}")
        yield made


@pytest.fixture
async def bearer(proxy: FaultyRegistry) -> FaultyRegistry:
    """It wants a token, and gives it for a name and a password."""
    proxy.tokens = set()
    return proxy


@pytest.fixture
async def image(engine: Engine, tmp_path: Path) -> tuple[Step, ...]:
    return await layered(engine, tmp_path, 300_000, 200_000)


async def signed(engine: Engine, image: tuple[Step, ...], proxy: FaultyRegistry) -> tuple[Step, ...]:
    assert proxy.basic is not None
    return *image, await login(engine, proxy.address, *proxy.basic)


async def test_a_token_is_fetched_for_each_scope_and_kept(
    engine: Engine, nonce: str, bearer: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    by = await signed(engine, image, bearer)
    await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:1"))
    await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:2"))
    assert bearer.scopes == [(f"repository:{nonce}/a:pull,push",)]
    await ask(engine, *by, to(f"{bearer.address}/{nonce}/b:1"))
    assert bearer.scopes[1:] == [
        (f"repository:{nonce}/b:pull,push",),
        (f"repository:{nonce}/b:pull,push", f"repository:{nonce}/a:pull"),
    ]
    assert [each.status for each in bearer.seen if each.status == 401] == [401], "the greeting"
    assert {each.status for each in bearer.seen if "mount=" in each.path} == {201}


async def test_a_token_that_has_ended_is_renewed_once(
    engine: Engine, nonce: str, bearer: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    by = await signed(engine, image, bearer)
    await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:1"))
    assert bearer.tokens is not None
    bearer.tokens.clear()
    bearer.seen.clear()
    await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:2"))
    assert len(bearer.scopes) == 2
    assert [each.status for each in bearer.seen] == [401, 201, 200]


async def test_a_token_that_is_refused_is_not_asked_for_again_and_again(
    engine: Engine, nonce: str, bearer: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    body = '{"errors": [{"code": "UNAUTHORIZED", "message": "no push for you"}]}'
    bearer.fault("POST", "/blobs/uploads/", status=401, body=body)
    by = await signed(engine, (image[0], image[1]), bearer)
    with pytest.raises(Refused, match="401 Unauthorized: UNAUTHORIZED no push for you; check the user name"):
        await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:1"))
    assert bearer.count("POST") == 2
    assert len(bearer.scopes) == 2


async def test_a_password_that_the_token_server_refuses_is_told_and_not_shown(
    engine: Engine, nonce: str, bearer: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    wrong = (*image, await login(engine, bearer.address, USER, f"wrong-{nonce}"))
    with pytest.raises(Refused) as caught:
        await ask(engine, *wrong, to(f"{bearer.address}/{nonce}/a:1"))
    message = str(caught.value)
    assert f"GET http://{bearer.address}/token (a token for repository:{nonce}/a:pull,push): 401" in message
    assert f"check the user name and password for {bearer.address}" in message
    assert f"wrong-{nonce}" not in message
    assert bearer.uploaded == 0


async def test_a_password_goes_to_no_token_server_without_tls(
    engine: Engine, nonce: str, bearer: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    bearer.realm = "http://tokens.invalid/token"
    by = await signed(engine, image, bearer)
    with pytest.raises(
        Refused, match=r"GET http://tokens\.invalid/token: this address is without TLS.*SLIPWAY_INSECURE_REGIST"
    ):
        await ask(engine, *by, to(f"{bearer.address}/{nonce}/a:1"))


async def test_a_place_for_uploads_elsewhere_is_not_told_the_password(
    engine: Engine, nonce: str, proxy: FaultyRegistry, image: tuple[Step, ...], tmp_path: Path
) -> None:
    async with faulty(proxy.upstream) as storage:
        proxy.fault(
            "POST",
            "/blobs/uploads/",
            change=lambda told, body: (
                {**told, "Location": told["Location"].replace(proxy.address, storage.address)},
                body,
            ),
        )
        await ask(engine, *await signed(engine, image, proxy), to(f"{proxy.address}/{nonce}/a:1"))
        assert storage.count("PUT") == 3
        assert {each.authorization for each in storage.seen} == {""}
    proxy.fault("POST", f"/{nonce}/b/", change=lambda told, body: ({**told, "Location": "http://x.invalid/u"}, body))
    proxy.faults.reverse()
    other = await signed(engine, await layered(engine, tmp_path, 10), proxy)
    with pytest.raises(Refused, match=r"PUT http://x\.invalid/u: this address is without TLS"):
        await ask(engine, *other, to(f"{proxy.address}/{nonce}/b:1"))


async def test_what_docker_login_left_is_used_where_nothing_was_passed(
    engine: Engine, nonce: str, proxy: FaultyRegistry, image: tuple[Step, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert proxy.basic is not None
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    token = base64.b64encode(":".join(proxy.basic).encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {f"https://{proxy.address}": {"auth": token}}}))
    address = f"{proxy.address}/{nonce}/a:1"
    assert (await ask(engine, *image, to(address))).startswith(f"{address}@sha256:")


async def test_a_credential_helper_is_asked(
    engine: Engine, nonce: str, proxy: FaultyRegistry, image: tuple[Step, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert proxy.basic is not None
    (tmp_path / "secret.json").write_text(json.dumps({"Username": USER, "Secret": proxy.basic[1]}))
    helper = tmp_path / "docker-credential-tests"
    helper.write_text(f'#!/bin/sh\n[ "$1 $(cat)" = "get {proxy.address}" ] && cat {tmp_path}/secret.json\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"credHelpers": {proxy.address: "tests"}}))
    address = f"{proxy.address}/{nonce}/a:1"
    assert (await ask(engine, *image, to(address))).startswith(f"{address}@sha256:")


class Watcher(threading.Thread):
    """Looks for a word in the arguments and environments of all processes, until it is stopped."""

    def __init__(self, word: str) -> None:
        super().__init__(daemon=True)
        self.word = word.encode()
        self.found: set[str] = set()
        self.names: set[str] = set()
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            for entry in filter(str.isdigit, os.listdir("/proc")):
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        if self.word in Path(f"/proc/{entry}/{name}").read_bytes():
                            self.found.add(f"{name} of {entry}")
                with contextlib.suppress(OSError):
                    self.names.add(Path(f"/proc/{entry}/comm").read_text().strip())
            time.sleep(0.005)

    def stop(self) -> None:
        self._ended.set()
        self.join()


@contextlib.contextmanager
def watching(word: str) -> Iterator[Watcher]:
    watcher = Watcher(word)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.stop()


def holding(value: str, folder: Path) -> list[str]:
    """The files of a folder that have the value; those in memory are on another file system."""
    words = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", "--", value, str(folder)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines()


async def test_the_password_and_the_tokens_are_nowhere(
    nonce: str, bearer: FaultyRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_CACHE_DIR", str(tmp_path / "cache"))
    assert bearer.basic is not None
    assert bearer.tokens is not None
    value = bearer.basic[1]
    # Slow enough that whoever looks can see it.
    bearer.fault("PUT", "/blobs/uploads/", times=2, status=503)
    with (tmp_path / "progress").open("w") as stream, watching(value) as watcher:
        async with Engine.open(progress=Progress("plain", stream)) as engine:
            by = await signed(engine, await layered(engine, tmp_path / "source", 500_000), bearer)
            address = f"{bearer.address}/{nonce}/a:1"
            await ask(engine, *by, to(address))
            pulled = (step("container"), by[-1], step("from", address=address))
            assert await ask(engine, *pulled, "rootfs", "entries") == ["0/"]
            assert list(engine.runner().memory.iterdir()) == [], "the file for skopeo is gone"
            bearer.fault("POST", "/blobs/uploads/", status=401)
            bearer.tokens.clear()
            other = (*await layered(engine, tmp_path / "source", 5), by[-1])
            with pytest.raises(Refused) as caught:
                await ask(engine, *other, to(f"{bearer.address}/{nonce}/b:1"))
            while_it_runs = await asyncio.to_thread(holding, value, tmp_path / "cache")
    assert "skopeo" in watcher.names
    assert watcher.found == set()
    encoded = base64.b64encode(f"{USER}:{value}".encode()).decode()
    shown = str(caught.value) + (tmp_path / "progress").read_text()
    for secret in (value, encoded, "token-"):
        assert secret not in shown
        assert holding(secret, tmp_path / "cache") == []
    assert while_it_runs == []


async def test_what_a_registry_repeats_is_taken_out_of_the_error(
    engine: Engine, nonce: str, proxy: FaultyRegistry, image: tuple[Step, ...]
) -> None:
    wrong = f"wrong-{nonce}"
    by = (*image, await login(engine, proxy.address, USER, wrong))
    with pytest.raises(Refused, match=r"authentication required, not Basic \*\*\*; check the user name") as caught:
        await ask(engine, *by, to(f"{proxy.address}/{nonce}/a:1"))
    assert base64.b64encode(f"{USER}:{wrong}".encode()).decode() not in str(caught.value)
