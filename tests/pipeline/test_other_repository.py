"""The module is a general one: another repository, laid out differently, builds with its own slipway.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY, Result, slipway
from tests.support.containers import host, wait_status

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the other repository, outside of ours."""
    target = tmp_path_factory.mktemp("other") / "mixed"
    shutil.copytree(REPOSITORY / "tests/repositories/mixed", target)
    return target


@pytest.fixture(scope="module")
def build(mixed: Path) -> Result:
    """Its build, with our module."""
    return slipway("call", "--source", str(mixed), "build")


def test_all_three_services_are_built(build: Result) -> None:
    assert build.code == 0, build
    assert [line.split()[0] for line in build.out.splitlines()] == ["SERVICE", "greeter", "page", "tool"]
    assert "registry.example.com/team/greeter" in build.out


def test_the_images_start_and_answer(build: Result, mixed: Path, tmp_path: Path) -> None:
    assert build.code == 0, build
    with host() as other:
        for service in ("greeter", "page", "tool"):
            tarball = tmp_path / f"{service}.tar"
            done = slipway("-s", "call", "--source", str(mixed), "image", "--service", service, "-o", str(tarball))
            assert done.code == 0, done
            other.load(service, tarball)
        greeter, page = other.start("greeter"), other.start("page")
        assert wait_status(f"http://{greeter}:8080/", 200).startswith("hello.")
        assert wait_status(f"http://{page}:8090/", 200) == "a day is 86400000 ms\n"
        # The Dockerfile's own user and argument.
        assert other.once("tool").out == "hello from a Dockerfile\n1234\n"
