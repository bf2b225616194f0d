"""Publishing when the registry or the way to it fails: what passes is tried again, what does not is told at once."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.faulty_registry import FaultyRegistry
from tests.support.publishing import layered, to
from tests.support.registry import free_address, registry
from tests.support.session import Refused, Step, ask

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine

UPLOADS = "/blobs/uploads/"


@pytest.fixture
async def image(engine: Engine, tmp_path: Path) -> tuple[Step, ...]:
    return await layered(engine, tmp_path, 600_000, 500_000, 400_000)


async def refused(engine: Engine, image: tuple[Step, ...], address: str) -> str:
    with pytest.raises(Refused) as caught:
        await ask(engine, *image, to(address))
    message = str(caught.value)
    assert message.startswith(f"failed to publish {address}: ")
    return message


async def test_a_registry_that_is_down_is_tried_five_times_and_named(engine: Engine, image: tuple[Step, ...]) -> None:
    address = free_address()
    begun = time.monotonic()
    message = await refused(engine, image, f"{address}/team/app:1")
    assert f"GET https://{address}/v2/: connection refused (after 5 tries)" in message
    assert "check the registry's address and the network" in message
    assert 5 < time.monotonic() - begun < 20


async def test_a_host_that_does_not_exist_is_told_at_once(engine: Engine, image: tuple[Step, ...]) -> None:
    begun = time.monotonic()
    message = await refused(engine, image, "registry.invalid/team/app:1")
    assert "GET https://registry.invalid/v2/: " in message
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "NAME_INVALID", "400 Bad Request: NAME_INVALID not so"),
        (401, "UNAUTHORIZED", "401 Unauthorized: UNAUTHORIZED not so; nobody is signed in"),
        (403, "DENIED", "403 Forbidden: DENIED not so; nobody is signed in"),
        (404, "NAME_UNKNOWN", "404 Not Found: NAME_UNKNOWN not so; check the repository's name"),
        (413, "SIZE_INVALID", "413 Request Entity Too Large: SIZE_INVALID not so"),
    ],
)
async def test_a_refusal_is_final_and_in_the_registrys_words(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry, status: int, code: str, words: str
) -> None:
    body = f'{{"errors": [{{"code": "{code}", "message": "not so"}}]}}'
    proxy.fault("POST", UPLOADS, status=status, body=body)
    message = await refused(engine, image, f"{proxy.address}/{nonce}/app:1")
    assert f"POST http://{proxy.address}/v2/{nonce}/app/blobs/uploads/: {words}" in message
    assert proxy.count("POST") == 3, "once a layer"
    assert proxy.count("PUT") == 0


async def test_too_many_requests_are_waited_out_as_long_as_the_registry_says(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    proxy.fault("HEAD", "/manifests/", times=1, status=429, headers={"Retry-After": "2"})
    soon = email.utils.formatdate(time.time() + 6, usegmt=True)
    proxy.fault("PUT", "/manifests/", times=1, status=429, headers={"Retry-After": soon})
    begun = time.monotonic()
    address = f"{proxy.address}/{nonce}/app:1"
    assert (await ask(engine, *image, to(address))).startswith(f"{address}@sha256:")
    assert 4 < time.monotonic() - begun < 12
    assert (proxy.count("HEAD", "/manifests/"), proxy.count("PUT", "/manifests/")) == (2, 2)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_the_third_blob_fails_once_and_is_sent_again_alone(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry, status: int
) -> None:
    proxy.fault("PUT", UPLOADS, after=2, times=1, status=status)
    await ask(engine, *image, to(f"{proxy.address}/{nonce}/app:1"))
    sent = [each for each in proxy.seen if each.method == "PUT" and UPLOADS in each.path]
    assert sorted(each.status for each in sent) == [201, 201, 201, 201, status]
    failed = next(each for each in sent if each.status == status)
    again = next(each for each in sent if each.status == 201 and each.octets == failed.octets)
    assert again.path.partition("?")[0] != failed.path.partition("?")[0], "in a session of its own"


async def test_the_third_blob_that_never_comes_through_is_named_and_the_others_are_not_sent_again(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    body = '{"errors": [{"code": "UNKNOWN", "message": "unknown error", "detail": {"Err": 5}}]}'
    fault = proxy.fault("PUT", UPLOADS, after=2, status=500, body=body)
    address = f"{proxy.address}/{nonce}/app:1"
    message = await refused(engine, image, address)
    assert f" to {proxy.address}/{nonce}/app: 500 Internal Server Error: UNKNOWN unknown error" in message
    assert "(after 5 tries); try again later: what was uploaded is not sent again" in message
    assert fault.met == 2 + 5
    assert proxy.count("PUT", "/manifests/") == 0, "no tag for half an image"
    proxy.faults.clear()
    before = proxy.count("PUT", UPLOADS)
    await ask(engine, *image, to(address))
    assert proxy.count("PUT", UPLOADS) == before + 2, "the third layer and the configuration"


async def test_a_connection_that_is_cut_in_the_middle_of_a_blob_is_made_again(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    proxy.fault("PUT", UPLOADS, times=2, cut=100_000)
    published = await ask(engine, *image, to(f"{proxy.address}/{nonce}/app:1"))
    assert published.endswith(proxy.upstream.manifest(f"{nonce}/app", "1")[0])
    cut = [each for each in proxy.seen if each.method == "PUT" and not each.status]
    assert len(cut) == 2
    assert all(each.octets >= 100_000 for each in cut)


async def test_a_blob_that_is_always_cut_is_given_up(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    proxy.fault("PUT", UPLOADS, cut=100_000)
    message = await refused(engine, image, f"{proxy.address}/{nonce}/app:1")
    assert "PUT sha256:" in message
    assert "(after 5 tries)" in message
    assert "check the registry's address and the network" in message


@pytest.mark.parametrize("method", ["PUT", "GET"])
async def test_a_registry_that_says_another_digest_is_not_believed(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry, method: str
) -> None:
    other = f"sha256:{'0' * 64}"
    proxy.fault(method, "/manifests/1$", change=lambda told, body: ({**told, "Docker-Content-Digest": other}, body))
    message = await refused(engine, image, f"{proxy.address}/{nonce}/app:1")
    digest = proxy.upstream.manifest(f"{nonce}/app", "1")[0]
    assert other in message
    assert digest in message
    assert f"{method} {proxy.address}/{nonce}/app:1: the registry " in message


async def test_a_tag_that_has_other_bytes_is_not_believed(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    proxy.fault("GET", "/manifests/1$", change=lambda told, body: (told, body + b" "))
    message = await refused(engine, image, f"{proxy.address}/{nonce}/app:1")
    digest = proxy.upstream.manifest(f"{nonce}/app", "1")[0]
    assert f"where {digest} was pushed; somebody else may have pushed this tag" in message


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tests", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


async def test_a_registry_whose_disk_is_full_is_told_by_what_it_said(
    engine: Engine, image: tuple[Step, ...], tmp_path: Path
) -> None:
    (tmp_path / "registry").mkdir()
    with (
        small_disk(tmp_path / "disk") as disk,
        registry(tmp_path / "registry", storage=disk) as store,
    ):
        message = await refused(engine, image, f"{store.address}/team/app:1")
        assert "no space left" in message or '"Err": 28' in message
        assert "(after 5 tries)" in message
        await asyncio.to_thread(
            subprocess.run, ["mount", "-o", "remount,size=8m", str(disk)], capture_output=True, check=True
        )
        published = await ask(engine, *image, to(f"{store.address}/team/app:1"))
        assert published.endswith(store.manifest("team/app", "1")[0])


async def test_what_a_full_disk_left_empty_is_pushed_again(
    engine: Engine, image: tuple[Step, ...], tmp_path: Path
) -> None:
    (tmp_path / "registry").mkdir()
    with registry(tmp_path / "registry") as store:
        published = await ask(engine, *image, to(f"{store.address}/team/app:1"))
        repository = tmp_path / "registry/data/docker/registry/v2/repositories/team/app"
        links = [next(repository.glob("_layers/sha256/*/link")), *repository.glob("_manifests/revisions/sha256/*/link")]
        assert len(links) == 2
        for link in links:
            link.write_text("")
        with pytest.raises(urllib.error.HTTPError, match="500"):
            store.manifest("team/app", published.partition("@")[2])
        assert await ask(engine, *image, to(f"{store.address}/team/app:1")) == published
        assert store.manifest("team/app", "1")[0] == published.partition("@")[2]
        assert all(link.read_text() for link in links)


async def test_one_image_that_fails_does_not_take_another_with_it(
    engine: Engine, nonce: str, image: tuple[Step, ...], proxy: FaultyRegistry
) -> None:
    proxy.fault("PUT", f"/{nonce}/bad/blobs/uploads/", status=403)
    proxy.fault("POST", f"/{nonce}/bad/blobs/uploads/", status=403)
    names = ("good", "bad")
    work = [ask(engine, *image, to(f"{proxy.address}/{nonce}/{name}:1")) for name in names]
    ended: list[object] = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(ended[1], Refused)
    assert str(ended[0]).endswith(proxy.upstream.manifest(f"{nonce}/good", "1")[0])
