"""Images: the same content gives the same bytes; what is written can be read back."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_engine.bases.resolve import Reference
from slipway_engine.errors import ImageError
from slipway_engine.state import Config, Container, Health, Port
from slipway_engine.store.host import load_directory
from slipway_engine.store.image import archive, assemble, config_of, nanoseconds, read_config
from slipway_engine.store.layers import Layer
from slipway_engine.store.pack import blob
from slipway_engine.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "cache")
    yield made
    made.close()


CONFIG = Config(
    env=(("PATH", "/bin"), ("EMPTY", "")),
    entrypoint=("python", "-m", "api"),
    args=("--fast",),
    user="1000:1000",
    workdir="/app",
    labels=(("b", "2"), ("org.opencontainers.image.created", "2025-05-05T05:05:05Z")),
    ports=(Port(8000),),
    volumes=("/data",),
    stop_signal="SIGINT",
    health=Health(("python", "-c", "1"), interval="10s", timeout="500ms", start_period="1m30s", retries=3),
)


def test_a_configuration_reads_back_as_it_was_written() -> None:
    written = config_of(Container("linux/amd64", config=CONFIG), ["sha256:0"])
    assert written["created"] == "2025-05-05T05:05:05Z"
    assert written["config"]["Healthcheck"]["StartPeriod"] == 90_000_000_000
    again = read_config(written)
    assert config_of(Container("linux/amd64", config=again), ["sha256:0"]) == written


def _source(folder: Path, name: str) -> Path:
    source = folder / name
    (source / "app").mkdir(parents=True)
    (source / "app" / "main.py").write_text("print('hello')\n")
    (source / "app" / "run.sh").write_text("#!/bin/sh\n")
    (source / "app" / "run.sh").chmod(0o755)
    (source / "app" / "link").symlink_to("main.py")
    return source


def test_the_same_files_give_the_same_image_in_two_caches(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        made = Store(tmp_path / f"cache-{name}")
        tree = load_directory(made, _source(tmp_path, name), None, None)
        image = assemble(made, Container("linux/amd64", (Layer(tree.key, tree=tree),), CONFIG))
        target = tmp_path / f"{name}.tar"
        archive(made, image, target)
        digests.append((image.digest, target.read_bytes()))
        made.close()
    assert digests[0] == digests[1]


def test_an_archive_starts_with_its_index_and_names_the_digest(store: Store, tmp_path: Path) -> None:
    tree = load_directory(store, _source(tmp_path, "src"), None, None)
    image = assemble(store, Container("linux/amd64", (Layer(tree.key, tree=tree),), CONFIG))
    archive(store, image, tmp_path / "image.tar")
    with tarfile.open(tmp_path / "image.tar") as tar:
        names = tar.getnames()
        index = tar.extractfile("index.json")
        assert index is not None
        assert json.load(index)["manifests"][0]["digest"] == image.digest
    assert names[0] == "index.json"
    assert len(names) == len(set(names))


def test_a_layer_holds_numeric_owners_clamped_times_and_whiteouts(store: Store, tmp_path: Path) -> None:
    tree = load_directory(store, _source(tmp_path, "src"), None, None)
    image = assemble(store, Container("linux/amd64", (Layer("k", tree=tree, removed=("gone/file",)),), CONFIG))
    with tarfile.open(blob(store, image.blobs[1])) as tar:
        members = {member.name: member for member in tar}
    assert set(members) == {"app", "app/main.py", "app/run.sh", "app/link", "gone/.wh.file"}
    assert members["app/run.sh"].mode == 0o755
    assert members["app/link"].linkname == "main.py"
    assert {member.mtime for member in members.values()} == {1735689600}
    assert {(member.uid, member.uname) for member in members.values()} == {(0, "")}


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("debian", "docker.io/library/debian:latest"),
        ("python:3.13-slim", "docker.io/library/python:3.13-slim"),
        ("me/app", "docker.io/me/app:latest"),
        ("ghcr.io/astral-sh/uv:0.9.11", "ghcr.io/astral-sh/uv:0.9.11"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c"),
        ("localhost/a", "localhost/a:latest"),
        ("a@sha256:" + "0" * 64, "docker.io/library/a@sha256:" + "0" * 64),
    ],
)
def test_references_are_read_with_dockers_defaults(text: str, parsed: str) -> None:
    assert str(Reference.parse(text)) == parsed


@pytest.mark.parametrize("text", ["", "Upper/Case", "a:b:c", "a b", "-a", "a:" + "x" * 129])
def test_a_bad_reference_is_refused(text: str) -> None:
    with pytest.raises(ImageError, match="is not an image reference"):
        Reference.parse(text)


@pytest.mark.parametrize(
    ("text", "value"), [("10s", 10**10), ("1m30s", 9 * 10**10), ("500ms", 5 * 10**8), ("1h", 3600 * 10**9)]
)
def test_durations_are_read_as_go_writes_them(text: str, value: int) -> None:
    assert nanoseconds(text) == value


@pytest.mark.parametrize("text", ["10", "abc", "5 s", "s"])
def test_a_bad_duration_is_refused(text: str) -> None:
    with pytest.raises(ImageError, match="is not a duration"):
        nanoseconds(text)
