"""What a tag stands for: asked of the registry anew, and pulled only when something needs the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.faulty_registry import FaultyRegistry, faulty
from tests.support.publishing import layered, login, to
from tests.support.registry import PASSWORD, USER, Registry, free_address
from tests.support.session import Refused, Step, ask, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine


def asked(address: str, number: int, *before: Step) -> tuple[Step, ...]:
    """A container whose `from` is another recipe for each number, as the module asks."""
    nonce = step("withEnvVariable", name="ASKED", value=str(number))
    return (step("container"), nonce, *before, step("from", address=address))


async def test_a_tag_has_the_new_digest_right_after_a_push_of_the_same_run(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    first = await ask(engine, *await layered(engine, tmp_path, 1000), to(address))
    assert await ask(engine, *asked(address, 1), "imageRef") == first
    second = await ask(engine, *await layered(engine, tmp_path, 1000), to(address))
    assert second != first
    assert await ask(engine, *asked(address, 2), "imageRef") == second
    # One recipe stays what it was for its run: what is pulled is what was named.
    assert await ask(engine, *asked(address, 1), "imageRef") == first


async def test_a_run_pulls_what_the_tag_has_by_then(engine: Engine, nonce: str, proxy: FaultyRegistry) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    for text in ("old", "new"):
        image = (step("container"), step("withNewFile", path="/f", contents=f"{text} {nonce}"))
        published = await ask(engine, *image, to(address))
        async with Engine.open(progress=Progress("silent")) as another:
            pulled = (step("container"), step("from", address=address))
            assert await ask(another, *pulled, "imageRef") == published
            assert await ask(another, *pulled, step("file", path="/f"), "contents") == f"{text} {nonce}"


async def test_asking_for_the_digest_pulls_nothing_and_a_second_run_pulls_nothing_again(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    published = await ask(engine, *await layered(engine, tmp_path, 50_000), to(address))
    proxy.seen.clear()
    assert await ask(engine, *asked(address, 1), "imageRef") == published
    assert [(each.method, each.path) for each in proxy.seen] == [("HEAD", f"/v2/{nonce}/app/manifests/1")]
    await ask(engine, *asked(address, 1), "sync")
    assert proxy.count("GET", "/blobs/") == 2
    proxy.seen.clear()
    async with Engine.open(progress=Progress("silent")) as another:
        assert await ask(another, *asked(address, 2), "rootfs", "entries") == ["0/"]
        by_digest = f"{proxy.address}/{nonce}/app@{published.partition('@')[2]}"
        assert await ask(another, *asked(by_digest, 2), "imageRef") == by_digest
        assert await ask(another, *asked(by_digest, 2), "rootfs", "entries") == ["0/"]
    assert proxy.count("GET", "/v2/.") == 0
    assert proxy.count("HEAD") == 1


async def test_what_a_base_of_the_same_registry_has_is_mounted_from_it(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    base = f"{proxy.address}/{nonce}/base:1"
    await ask(engine, *await layered(engine, tmp_path, 700_000), to(base))
    proxy.seen.clear()
    async with Engine.open(progress=Progress("silent")) as another:
        image = (*asked(base, 1), step("withNewFile", path="/f", contents=nonce))
        await ask(another, *image, to(f"{proxy.address}/{nonce}/app:1"))
    assert proxy.uploaded < 10_000


async def test_an_image_of_one_small_file_and_one_of_none_come_back(
    engine: Engine, nonce: str, closed_registry: Registry
) -> None:
    credentials = await login(engine, closed_registry.address, USER, PASSWORD)
    label = step("withLabel", name="org.example.kind", value=nonce)
    for name, image in (
        ("file", (step("container"), step("withNewFile", path="/release.json", contents=nonce), label)),
        ("nothing", (step("container"), label)),
    ):
        address = f"{closed_registry.address}/{nonce}/{name}:1"
        published = await ask(engine, *image, credentials, to(address))
        pulled = asked(address, 1, credentials)
        assert await ask(engine, *pulled, "imageRef") == published
        assert await ask(engine, *pulled, step("label", name="org.example.kind")) == nonce
        entries = await ask(engine, *pulled, "rootfs", "entries")
        assert entries == (["release.json"] if name == "file" else [])
    file = asked(f"{closed_registry.address}/{nonce}/file:1", 1, credentials)
    assert await ask(engine, *file, "rootfs", step("file", path="release.json"), "contents") == nonce
    with pytest.raises(Refused, match=r"failed to resolve image .*401 Unauthorized.*nobody is signed in"):
        await ask(engine, *asked(f"{closed_registry.address}/{nonce}/file:1", 2), "imageRef")


async def test_a_tag_that_is_not_there_is_told_in_the_registrys_words(
    engine: Engine, nonce: str, proxy: FaultyRegistry
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    with pytest.raises(Refused, match=f'failed to resolve image "{address}": .*404 Not Found.*manifest unknown'):
        await ask(engine, *asked(address, 1), "imageRef")


async def test_a_registry_that_is_busy_is_asked_again(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    published = await ask(engine, *await layered(engine, tmp_path, 10), to(address))
    proxy.fault("HEAD", "/manifests/1", times=2, status=503)
    assert await ask(engine, *asked(address, 1), "imageRef") == published


async def test_without_the_registry_the_last_image_is_used_and_its_digest_is_not_told(
    engine: Engine, nonce: str, open_registry: Registry, tmp_path: Path
) -> None:
    async with faulty(open_registry) as proxy:
        address = f"{proxy.address}/{nonce}/app:1"
        await ask(engine, *await layered(engine, tmp_path, 10), to(address))
        await ask(engine, *asked(address, 1), "sync")
    with (tmp_path / "progress").open("w") as stream:
        async with Engine.open(progress=Progress("plain", stream)) as another:
            assert await ask(another, *asked(address, 2), "rootfs", "entries") == ["0/"]
            with pytest.raises(Refused, match="its registry cannot be reached, so what it holds now is not known"):
                await ask(another, *asked(address, 3), "imageRef")
    assert (
        f"! {address}: its registry cannot be reached, using what it held when asked last"
        in (tmp_path / "progress").read_text()
    )
    with pytest.raises(Refused, match=r'failed to resolve image ".*connection refused'):
        await ask(engine, *asked(f"{free_address()}/app:1", 1), "imageRef")


async def test_without_the_registry_a_tag_that_moved_is_the_last_one_that_was_asked_for(
    engine: Engine, nonce: str, open_registry: Registry, tmp_path: Path
) -> None:
    async with faulty(open_registry) as proxy:
        old, new = (
            await layered(engine, tmp_path, 10),
            (step("container"), step("withNewFile", path="/n", contents="")),
        )
        for image, tag in ((old, "1"), (new, "2"), (new, "1")):
            address = f"{proxy.address}/{nonce}/app:{tag}"
            await ask(engine, *image, to(address))
            async with Engine.open(progress=Progress("silent")) as another:
                await ask(another, *asked(address, 1), "sync")
    async with Engine.open(progress=Progress("silent")) as another:
        assert await ask(another, *asked(address, 2), "rootfs", "entries") == ["n"]


async def test_the_reference_of_a_changed_container_is_not_told(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    published = await ask(engine, *await layered(engine, tmp_path, 10), to(address))
    signed = await login(engine, proxy.address, USER, PASSWORD)
    assert await ask(engine, *asked(address, 1), signed, "imageRef") == published
    with pytest.raises(Refused, match="only be retrieved immediately after"):
        await ask(engine, *asked(address, 1), step("withEnvVariable", name="A", value="b"), "imageRef")
