"""Images for several platforms: one index in an archive and in a registry, and what cannot be done for another machine."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.support.faulty_registry import FaultyRegistry
from tests.support.publishing import to
from tests.support.registry import Registry
from tests.support.session import Refused, Step, ask, ask_node, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress
from slipway_engine.platforms import NATIVE

pytestmark = pytest.mark.engine

OTHER = "linux/arm64" if NATIVE == "linux/amd64" else "linux/amd64"
INDEX = "application/vnd.oci.image.index.v1+json"


@pytest.fixture
async def variants(engine: Engine, nonce: str) -> list[str]:
    """One image for this machine and one for another, with a layer in common."""
    found = []
    for platform in (NATIVE, OTHER):
        chain = (
            step("container", platform=platform),
            step("withNewFile", path="/common", contents=nonce),
            step("withNewFile", path="/own", contents=platform),
            step("withLabel", name="for", value=platform),
        )
        found.append(str(await ask(engine, *chain, "id")))
    return found


async def publish(engine: Engine, address: str, variants: list[str]) -> str:
    return str(await ask(engine, "container", step("publish", address=address, platformVariants=variants)))


def machine(platform: str) -> dict[str, str]:
    return {"os": "linux", "architecture": platform.partition("/")[2]}


async def test_a_registry_gets_an_index_that_names_the_image_of_each_platform(
    engine: Engine, nonce: str, variants: list[str], proxy: FaultyRegistry
) -> None:
    address = f"{proxy.address}/{nonce}/app:1"
    published = await publish(engine, address, variants)
    digest, index = proxy.upstream.manifest(f"{nonce}/app", "1", INDEX)
    assert published == f"{address}@{digest}"
    assert index["mediaType"] == INDEX
    assert [row["platform"] for row in index["manifests"]] == [machine(NATIVE), machine(OTHER)]
    for row in index["manifests"]:
        own, manifest = proxy.upstream.manifest(f"{nonce}/app", row["digest"])
        assert own == row["digest"]
        assert len(manifest["layers"]) == 2
    # Two configurations, the layer of each, and one layer that they share.
    assert len([each for each in proxy.seen if each.method == "PUT" and "/blobs/" in each.path]) == 5


async def test_again_only_the_tag_is_put(
    engine: Engine, nonce: str, variants: list[str], proxy: FaultyRegistry
) -> None:
    first = await publish(engine, f"{proxy.address}/{nonce}/app:1", variants)
    proxy.seen.clear()
    async with Engine.open(progress=Progress("silent")) as another:
        again = await publish(another, f"{proxy.address}/{nonce}/app:2", variants)
    assert again.partition("@")[2] == first.partition("@")[2]
    asked = [(each.method, each.path.rpartition("/")[2][:7]) for each in proxy.seen if each.path != "/v2/"]
    assert asked == [("HEAD", "sha256:"), ("PUT", "2"), ("GET", "2")]


async def test_what_the_registry_lost_of_a_platform_is_sent_again(
    engine: Engine, nonce: str, variants: list[str], proxy: FaultyRegistry
) -> None:
    body = '{"errors": [{"code": "MANIFEST_BLOB_UNKNOWN", "message": "gone"}]}'
    proxy.fault("PUT", "/manifests/1$", times=1, status=400, body=body)
    await publish(engine, f"{proxy.address}/{nonce}/app:1", variants)
    parts = [each for each in proxy.seen if each.method == "PUT" and "/manifests/sha256:" in each.path]
    assert len(parts) == 4, "two, and both again"


async def test_from_takes_the_image_of_the_containers_platform(
    engine: Engine, nonce: str, variants: list[str], open_registry: Registry
) -> None:
    address = f"{open_registry.address}/{nonce}/app:1"
    published = await publish(engine, address, variants)
    for platform in (NATIVE, OTHER):
        base = (step("container", platform=platform), step("from", address=address))
        assert await ask(engine, *base, step("file", path="/own"), "contents") == platform
        assert await ask(engine, *base, step("label", name="for")) == platform
        assert await ask(engine, *base, "platform") == platform
        assert await ask(engine, *base, "imageRef") == published


async def test_an_archive_names_the_index_that_is_published(
    engine: Engine, nonce: str, variants: list[str], open_registry: Registry, tmp_path: Path
) -> None:
    target = tmp_path / "image.tar"
    await ask(engine, "container", step("asTarball", platformVariants=variants), step("export", path=str(target)))
    with tarfile.open(target) as tar:
        [entry] = _json(tar, "index.json")["manifests"]
        index = _json(tar, _path(entry["digest"]))
        for row in index["manifests"]:
            manifest = _json(tar, _path(row["digest"]))
            config = _json(tar, _path(manifest["config"]["digest"]))
            assert {key: config[key] for key in ("os", "architecture")} == row["platform"]
            assert all(_path(layer["digest"]) in tar.getnames() for layer in manifest["layers"])
    published = await publish(engine, f"{open_registry.address}/{nonce}/app:1", variants)
    assert published.partition("@")[2] == entry["digest"]
    source = await ask(engine, "host", step("file", path=str(target)), "id")
    for platform in (NATIVE, OTHER):
        back = (step("container", platform=platform), step("import", source=source))
        assert await ask(engine, *back, step("file", path="/own"), "contents") == platform


async def test_a_single_variant_is_an_image_and_not_an_index(
    engine: Engine, nonce: str, variants: list[str], open_registry: Registry
) -> None:
    alone = await ask_node(engine, "Container", variants[1], to(f"{open_registry.address}/{nonce}/app:1"))
    among = await publish(engine, f"{open_registry.address}/{nonce}/app:2", variants[1:])
    assert among.partition("@")[2] == alone.partition("@")[2]


async def test_two_containers_for_one_platform_are_refused(
    engine: Engine, nonce: str, variants: list[str], tmp_path: Path
) -> None:
    chain = (step("container", platform=OTHER), step("withNewFile", path="/x", contents=nonce))
    both = [*variants, await ask(engine, *chain, "id")]
    with pytest.raises(Refused, match=f"several containers are for {OTHER}"):
        await ask(engine, "container", step("export", path=str(tmp_path / "x"), platformVariants=both))
    assert list(tmp_path.iterdir()) == []


async def test_containers_without_files_are_refused(engine: Engine, tmp_path: Path) -> None:
    empty = await ask(engine, step("container", platform=OTHER), "id")
    with pytest.raises(Refused, match="none of the containers has any files"):
        await ask(engine, "container", step("export", path=str(tmp_path / "x"), platformVariants=[empty]))


@pytest.mark.parametrize("what", ["windows/amd64", "arm64", "linux/", "linux/arm/six"])
async def test_what_is_no_platform_is_refused(engine: Engine, what: str) -> None:
    with pytest.raises(Refused, match=f"'{what}' is not a platform"):
        await ask(engine, step("container", platform=what), "sync")


async def test_a_platform_with_two_names_is_one(engine: Engine) -> None:
    for written, read in (("linux/arm64/v8", "linux/arm64"), ("linux/arm", "linux/arm/v7")):
        assert await ask(engine, step("container", platform=written), "platform") == read


async def test_what_is_for_another_machine_is_not_run(engine: Engine, variants: list[str]) -> None:
    with pytest.raises(Refused, match=f"true: the container is for {OTHER} and this machine is {NATIVE}"):
        await ask_node(engine, "Container", variants[1], step("withExec", args=["true"]), "sync")
    with pytest.raises(Refused, match=f"the container is for {OTHER}"):
        await ask_node(engine, "Container", variants[1], step("asService", args=["true"]), "start")


async def test_a_dockerfile_without_commands_is_built_for_another_platform(engine: Engine, nonce: str) -> None:
    text = f"FROM scratch\nLABEL nonce={nonce}\nCOPY note /note\n"
    directory: tuple[Step | str, ...] = (
        "directory",
        step("withNewFile", path="Dockerfile", contents=text),
        step("withNewFile", path="note", contents=nonce),
    )
    for platform in (OTHER, NATIVE):
        built = (*directory, step("dockerBuild", platform=platform))
        assert await ask(engine, *built, "platform") == platform
        assert await ask(engine, *built, step("file", path="/note"), "contents") == nonce


async def test_a_base_that_cannot_be_reached_has_no_stand_in_for_another_machine(engine: Engine) -> None:
    chain = (step("container", platform="linux/s390x"), step("from", address="registry.invalid/debian:1"))
    with pytest.raises(Refused, match="there is no stand-in for linux/s390x"):
        await ask(engine, *chain, "sync")


def _json(tar: tarfile.TarFile, name: str) -> Any:
    member = tar.extractfile(name)
    assert member is not None
    return json.load(member)


def _path(digest: str) -> str:
    return f"blobs/sha256/{digest.removeprefix('sha256:')}"
