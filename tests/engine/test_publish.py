"""Publishing: what is sent and what is not, and that a tag then has what was pushed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.support.faulty_registry import FaultyRegistry
from tests.support.publishing import layered, login, to
from tests.support.registry import PASSWORD, USER, Certificate, Registry, certificate, registry
from tests.support.session import Refused, Step, ask, ask_node, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificate"))


async def publish(engine: Engine, image: tuple[Step, ...], *addresses: str) -> list[str]:
    """All at once."""
    return list(await asyncio.gather(*(ask(engine, *image, to(address)) for address in addresses)))


async def test_by_tls_and_with_a_password_the_tag_has_what_the_archive_names(
    engine: Engine, nonce: str, own: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.path))
    (tmp_path / "registry").mkdir()
    with registry(tmp_path / "registry", authenticated=True, tls=own) as store:
        credentials = await login(engine, store.address, USER, PASSWORD)
        image = await layered(engine, tmp_path, 100_000, 50_000)
        made = await ask(engine, *image, credentials, step("withLabel", name="l", value="v"), "id")
        await ask_node(engine, "Container", made, "asTarball", step("export", path=str(tmp_path / "image.tar")))
        with tarfile.open(tmp_path / "image.tar") as tar:
            index = tar.extractfile("index.json")
            assert index is not None
            digest = json.load(index)["manifests"][0]["digest"]
        address = f"{store.address}/team/app:{nonce}"
        assert await ask_node(engine, "Container", made, to(address)) == f"{address}@{digest}"
        assert store.manifest("team/app", nonce)[0] == digest
        pulled = (step("container"), credentials, step("from", address=address))
        assert await ask(engine, *pulled, "imageRef") == f"{address}@{digest}"
        assert await ask(engine, *pulled, "rootfs", step("glob", pattern="*/data-*")) == ["0/data-0", "1/data-1"]


async def test_a_certificate_of_an_unknown_authority_is_refused(
    engine: Engine, own: Certificate, tmp_path: Path
) -> None:
    with registry(tmp_path, tls=own) as store:
        image = await layered(engine, tmp_path, 10)
        with pytest.raises(Refused, match=r"certificate is not trusted: self-signed certificate.*SSL_CERT_FILE"):
            await ask(engine, *image, to(f"{store.address}/app:1"))
        with pytest.raises(Refused, match=r"certificate is not trusted: self-signed certificate.*SSL_CERT_FILE"):
            await ask(engine, step("container"), step("from", address=f"{store.address}/app:1"), "sync")
        # A digest is not looked up, and its pull must not go around the certificate either.
        credentials = await login(engine, store.address, USER, PASSWORD)
        pinned = step("from", address=f"{store.address}/app@sha256:{'0' * 64}")
        with pytest.raises(Refused, match="x509: certificate signed by unknown authority"):
            await ask(engine, step("container"), credentials, pinned, "sync")
        assert store.catalog() == []


async def test_again_no_byte_is_sent_and_a_new_tag_is_only_a_manifest(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    image = await layered(engine, tmp_path, 300_000, 200_000)
    made = await ask(engine, *image, "id")
    first = await ask_node(engine, "Container", made, to(f"{proxy.address}/{nonce}/app:1"))
    assert proxy.uploaded > 500_000
    for tag in ("1", "2"):
        proxy.seen.clear()
        async with Engine.open(progress=Progress("silent")) as another:
            again = await ask_node(another, "Container", made, to(f"{proxy.address}/{nonce}/app:{tag}"))
        assert again.partition("@")[2] == first.partition("@")[2]
        assert proxy.uploaded == 0
        asked = [(each.method, each.path.rpartition("/")[2][:7]) for each in proxy.seen if each.path != "/v2/"]
        assert asked == [("HEAD", "sha256:"), ("PUT", tag), ("GET", tag)]


async def test_a_layer_that_several_images_have_is_sent_once_and_mounted_elsewhere(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    shared = await layered(engine, tmp_path, 1_000_000)
    images = [(*shared, step("withNewFile", path="/name", contents=f"{nonce} {number}")) for number in range(4)]
    addresses = [f"{proxy.address}/{nonce}/service-{number}:1" for number in range(4)]
    await asyncio.gather(*(ask(engine, *image, to(at)) for image, at in zip(images, addresses, strict=True)))
    assert 1_000_000 < proxy.uploaded < 1_100_000
    mounted = [each for each in proxy.seen if "mount=" in each.path]
    assert [each.status for each in mounted] == [201, 201, 201]
    for number in range(4):
        digest, manifest = proxy.upstream.manifest(f"{nonce}/service-{number}", "1")
        assert len(manifest["layers"]) == 2, digest


async def test_a_registry_without_mounts_gets_the_layer_once_a_repository(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    proxy.fault("POST", "/blobs/uploads/$", after=2, times=1, status=403)
    image = await layered(engine, tmp_path, 500_000)
    await publish(engine, image, f"{proxy.address}/{nonce}/a:1", f"{proxy.address}/{nonce}/a:2")
    assert 500_000 < proxy.uploaded < 510_000
    await publish(engine, image, f"{proxy.address}/{nonce}/b:1")
    assert 1_000_000 < proxy.uploaded < 1_020_000
    assert next(each.status for each in proxy.seen if "mount=" in each.path) == 403


async def test_one_image_under_two_tags_at_once_is_sent_once_and_not_asked_for_again(
    engine: Engine, nonce: str, proxy: FaultyRegistry, tmp_path: Path
) -> None:
    image = await layered(engine, tmp_path, 400_000, 100_000)
    name = f"{proxy.address}/{nonce}/app"
    first, second = await publish(engine, image, f"{name}:1", f"{name}:2")
    assert first.partition("@")[2] == second.partition("@")[2]
    assert 500_000 < proxy.uploaded < 510_000
    assert proxy.count("HEAD", "/blobs/") == 3
    other = (*image, step("withLabel", name="n", value=nonce))
    await publish(engine, other, f"{name}:3")
    assert proxy.count("HEAD", "/blobs/") == 4, "its configuration is new, its layers are known"


async def test_two_runs_at_once_leave_one_whole_image(nonce: str, proxy: FaultyRegistry, tmp_path: Path) -> None:
    async with (
        Engine.open(progress=Progress("silent")) as one,
        Engine.open(progress=Progress("silent")) as two,
    ):
        made = await ask(one, *await layered(one, tmp_path, 2_000_000, 1_000_000), "id")
        await ask_node(one, "Container", made, "sync")
        address = f"{proxy.address}/{nonce}/app:1"
        results = await asyncio.gather(*(ask_node(each, "Container", made, to(address)) for each in (one, two)))
    assert results[0] == results[1] == f"{address}@{proxy.upstream.manifest(f'{nonce}/app', '1')[0]}"
    source = f"docker://{proxy.upstream.address}/{nonce}/app:1"
    words = ["skopeo", "copy", "--src-tls-verify=false", source, f"oci:{tmp_path}/copy:1"]
    done = await asyncio.to_thread(subprocess.run, words, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_a_manifest_whose_blobs_the_registry_lost_is_made_whole_again(
    engine: Engine, nonce: str, open_registry: Registry, tmp_path: Path
) -> None:
    image = await layered(engine, tmp_path, 100_000)
    address = f"{open_registry.address}/{nonce}/app:1"
    first = await ask(engine, *image, to(address))
    layers = open_registry.folder / f"data/docker/registry/v2/repositories/{nonce}/app/_layers/sha256"
    for link in layers.glob("*/link"):
        link.unlink()
    assert await ask(engine, *image, to(address)) == first
    assert len(list(layers.glob("*/link"))) == 2


async def test_what_was_sent_is_told(nonce: str, proxy: FaultyRegistry, tmp_path: Path) -> None:
    with (tmp_path / "progress").open("w") as stream:
        async with Engine.open(progress=Progress("plain", stream)) as engine:
            image = await layered(engine, tmp_path, 2_000_000, 1000)
            await publish(engine, image, f"{proxy.address}/{nonce}/a:1")
            await publish(engine, image, f"{proxy.address}/{nonce}/b:1")
            await publish(engine, image, f"{proxy.address}/{nonce}/b:2")
    told = (tmp_path / "progress").read_text()
    assert f"  {proxy.address}/{nonce}/a:1: 2.0 MB sent; blobs: 3 uploaded" in told
    assert f"  {proxy.address}/{nonce}/b:1: 0.0 MB sent; blobs: 3 mounted" in told
    assert f"  {proxy.address}/{nonce}/b:2: 0.0 MB sent; blobs: 3 there" in told
    assert f"✔ push {proxy.address}/{nonce}/a: sha256:" in told
    assert "(2.0 MB)" in told


async def test_a_digest_is_no_name_to_publish_under(engine: Engine, open_registry: Registry, tmp_path: Path) -> None:
    image = await layered(engine, tmp_path, 10)
    address = f"{open_registry.address}/app@sha256:{'0' * 64}"
    with pytest.raises(Refused, match="an image is published under a tag"):
        await ask(engine, *image, to(address))
