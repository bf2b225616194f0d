"""Images: pushed to and pulled from a real registry, written to and read from archives."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.support.registry import PASSWORD, USER, Registry
from tests.support.session import Name, Refused, Step, ask, ask_node, base, run, shell, step

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine

Base = tuple[Step, Step]


def index(archive: Path) -> str:
    """The digest that an OCI archive's index names."""
    with tarfile.open(archive) as tar:
        member = tar.extractfile("index.json")
        assert member is not None
        digest: str = json.load(member)["manifests"][0]["digest"]
        return digest


async def test_the_digest_is_one_before_in_and_after_the_push(
    engine: Engine, small: Base, nonce: str, open_registry: Registry, tmp_path: Path
) -> None:
    made = await ask(
        engine, *small, step("withNewFile", path="/f", contents=nonce), step("withLabel", name="l", value="v"), "id"
    )
    archive = tmp_path / "image.tar"
    await ask_node(engine, "Container", made, "asTarball", step("export", path=str(archive)))
    address = f"{open_registry.address}/team/app:{nonce}"
    published = await ask_node(engine, "Container", made, step("publish", address=address))
    stored, manifest = open_registry.manifest("team/app", nonce)
    assert published == f"{address}@{stored}"
    assert index(archive) == stored
    assert manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    again = await ask_node(
        engine, "Container", made, step("publish", address=f"{open_registry.address}/team/app:other")
    )
    assert again.endswith(f":other@{stored}")


async def test_a_reference_without_a_tag_is_the_latest(
    engine: Engine, small: Base, nonce: str, open_registry: Registry
) -> None:
    address = f"{open_registry.address}/untagged/{nonce}"
    published = await ask(engine, *small, step("publish", address=address))
    assert published == f"{address}:latest@{open_registry.manifest(f'untagged/{nonce}', 'latest')[0]}"


async def test_dockers_media_types_are_pushed_where_asked_for(
    engine: Engine, small: Base, nonce: str, open_registry: Registry
) -> None:
    address = f"{open_registry.address}/docker:{nonce}"
    published = await ask(engine, *small, step("publish", address=address, mediaTypes=Name("DockerMediaTypes")))
    digest, manifest = open_registry.manifest("docker", nonce)
    assert published.endswith(digest)
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"


async def test_a_pulled_image_is_what_was_pushed_without_what_was_deleted(
    engine: Engine, small: Base, nonce: str, open_registry: Registry
) -> None:
    made = (
        *small, shell(f"mkdir /d; echo {nonce} > /d/old; echo 1 > /gone"),
        shell(f"rm -r /d /gone; mkdir /d; echo {nonce} > /d/new"),
        step("withEnvVariable", name="A", value="b=c"), step("withEntrypoint", args=["sh"]),
        step("withDefaultArgs", args=["-c", "id"]), step("withWorkdir", path="/d"), step("withUser", name="1000:1000"),
        step("withLabel", name="l", value="v"), step("withExposedPort", port=80),
        step("withDockerHealthcheck", args=["true"], interval="1m30s", retries=3),
    )  # fmt: skip
    address = f"{open_registry.address}/pulled:{nonce}"
    published = await ask(engine, *made, step("publish", address=address))
    for name in (address, published, f"{open_registry.address}/pulled@{published.partition('@')[2]}"):
        pulled = base(name)
        assert await ask(engine, *pulled, "rootfs", step("glob", pattern="d/**")) == ["d/new"]
        assert await ask(engine, *pulled, step("exists", path="/gone")) is False
    assert await ask(engine, *pulled, run("ls", "/", "/d"), "stdout") == await ask(
        engine, *made, run("ls", "/", "/d"), "stdout"
    )
    for each in (
        step("envVariable", name="A"),
        "entrypoint",
        "defaultArgs",
        "workdir",
        "user",
        step("label", name="l"),
    ):
        assert await ask(engine, *pulled, each) == await ask(engine, *made, each)
    assert await ask(engine, *pulled, "dockerHealthcheck", "interval") == "90000ms"
    # Nothing changed: what is pushed again is what was pulled, with the layers' own digests.
    layers = open_registry.manifest("pulled", nonce)[1]["layers"]
    await ask(engine, *pulled, step("publish", address=f"{open_registry.address}/again:{nonce}"))
    assert open_registry.manifest("again", nonce)[1]["layers"] == layers


async def test_the_references_digest_is_known_right_after_from_and_not_later(
    engine: Engine, small: Base, nonce: str, open_registry: Registry
) -> None:
    address = f"{open_registry.address}/named:{nonce}"
    published = await ask(engine, *small, step("publish", address=address))
    assert await ask(engine, *base(address), "imageRef") == published
    with pytest.raises(Refused, match="Image reference can only be retrieved immediately after"):
        await ask(engine, *base(address), step("withNewFile", path="/f", contents=nonce), "imageRef")


async def login(engine: Engine, registry: Registry, password: str) -> Step:
    """Credentials for a registry."""
    secret = await ask(engine, step("setSecret", name="password", plaintext=password), "id")
    return step("withRegistryAuth", address=registry.address, username=USER, secret=secret)


async def test_a_registry_with_credentials_is_pushed_to_and_pulled_from(
    engine: Engine, small: Base, nonce: str, closed_registry: Registry
) -> None:
    credentials = await login(engine, closed_registry, PASSWORD)
    address = f"{closed_registry.address}/private:{nonce}"
    published = await ask(engine, *small, credentials, step("publish", address=address))
    assert published.endswith(closed_registry.manifest("private", nonce)[0])
    pulled = await ask(engine, "container", credentials, step("from", address=address), run("id", "-u"), "stdout")
    assert pulled == "0\n"


async def test_a_refused_password_is_reported_with_the_reference_and_not_shown(
    engine: Engine, small: Base, nonce: str, closed_registry: Registry
) -> None:
    address = f"{closed_registry.address}/private:{nonce}"
    wrong = f"wrong-{nonce}"
    for credentials in ((), (await login(engine, closed_registry, wrong),)):
        with pytest.raises(
            Refused, match=f"failed to publish {address}: .*(unauthorized|authentication required)"
        ) as caught:
            await ask(engine, *small, *credentials, step("publish", address=address))
        assert wrong not in str(caught.value)
        with pytest.raises(
            Refused, match=f'failed to resolve image "{address}".*(unauthorized|authentication required)'
        ):
            await ask(engine, "container", *credentials, step("from", address=address), "sync")


async def test_an_image_that_is_not_there_and_a_name_that_cannot_be_are_named(
    engine: Engine, open_registry: Registry
) -> None:
    with pytest.raises(Refused, match=f'failed to resolve image "{open_registry.address}/nosuch:1".*manifest unknown'):
        await ask(engine, *base(f"{open_registry.address}/nosuch:1"), "sync")
    with pytest.raises(Refused, match="'Not/A:Name' is not an image reference"):
        await ask(engine, *base("Not/A:Name"), "sync")
    with pytest.raises(Refused, match=r'failed to resolve image "localhost:1/nope:1".*connection refused'):
        await ask(engine, *base("localhost:1/nope:1"), "sync")


async def test_a_stand_in_is_published_only_when_told_to(
    engine: Engine, nonce: str, open_registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SLIPWAY_PUBLISH_STAND_INS", raising=False)
    if await ask(engine, *base(), step("label", name="dev.slipway.stand-in")) is None:
        pytest.skip("the base came from its registry: no stand-in was needed")
    address = f"{open_registry.address}/stand-in:{nonce}"
    made = (*base(), step("withNewFile", path="/f", contents=nonce))
    with pytest.raises(Refused, match=f"{address}: the image stands on a stand-in.*SLIPWAY_PUBLISH_STAND_INS=1"):
        await ask(engine, *made, step("publish", address=address))
    # Nor does it lose its name on the way through an archive.
    tarball = await ask(engine, *made, "asTarball", "id")
    imported = ("container", step("import", source=tarball))
    with pytest.raises(Refused, match="stand-in"):
        await ask(engine, *imported, step("publish", address=address))
    monkeypatch.setenv("SLIPWAY_PUBLISH_STAND_INS", "1")
    assert (await ask(engine, *made, step("publish", address=address))).startswith(f"{address}@sha256:")


async def test_an_exported_archive_is_read_by_others_and_comes_back_the_same(
    engine: Engine, small: Base, nonce: str, tmp_path: Path
) -> None:
    made = (
        *small,
        shell(f"echo {nonce} > /f; mkdir -m 1777 /d"),
        step("withEnvVariable", name="A", value="b"),
        step("withUser", name="7:8"),
    )
    first, second = tmp_path / "1.tar", tmp_path / "2.tar"
    assert await ask(engine, *made, step("export", path=str(first))) == str(first)
    words = ["skopeo", "inspect", "--config", "--raw", f"oci-archive:{first}"]
    shown = await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)
    assert json.loads(shown.stdout)["config"] == {"User": "7:8", "Env": ["A=b"]}
    source = await ask(engine, "host", step("file", path=str(first)), "id")
    imported = ("container", step("import", source=source))
    assert await ask(engine, *imported, step("file", path="/f"), "contents") == f"{nonce}\n"
    await ask(engine, *imported, step("export", path=str(second)))
    assert index(first) == index(second)


async def test_what_is_no_archive_is_refused_by_name(engine: Engine, nonce: str) -> None:
    source = await ask(engine, step("file", name="notes.txt", contents=nonce), "id")
    with pytest.raises(Refused, match=r"Container.import: notes.txt is not an OCI archive"):
        await ask(engine, "container", step("import", source=source), "sync")


async def test_what_this_engine_cannot_pack_is_refused_by_name(engine: Engine, small: Base, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="forcedCompression: Zstd"):
        await ask(engine, *small, step("export", path=str(tmp_path / "x"), forcedCompression=Name("Zstd")))
