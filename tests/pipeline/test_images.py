"""What is in the built images, and what is not."""

from __future__ import annotations

import json
import re

import pytest
from tests.pipeline.conftest import SERVICES
from tests.support.commands import Result, slipway
from tests.support.containers import Host

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]

# Compressed megabytes. Most of PostgreSQL's is LLVM, which its packages need.
LIMITS = {"api": 90, "bot": 90, "web": 100, "db": 190}

_FORBIDDEN = re.compile(
    r"(^|/)(\.env(\.|$)|id_(rsa|ed25519|ecdsa)|.*\.pem$|\.git(/|$)|\.npmrc$|uv\.lock$|pnpm-lock\.yaml$|Dockerfile$)"
)


def test_build_prints_a_row_for_each_of_the_four_services(built: Result, rows: dict[str, dict[str, str]]) -> None:
    assert sorted(rows) == list(SERVICES), built.out
    for row in rows.values():
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", row["digest"]), built.out
        assert row["reference"].startswith("ghcr.io/")


@pytest.mark.parametrize("service", SERVICES)
def test_the_digest_in_the_table_is_that_of_the_exported_image(
    images: Host, rows: dict[str, dict[str, str]], service: str
) -> None:
    assert images.digests[service] == rows[service]["digest"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_runs_as_a_numeric_user_that_is_not_root(images: Host, service: str) -> None:
    user = images.configs[service]["User"]
    assert re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", user)
    done = slipway("-s", "call", "image", "--service", service, "with-exec", "--args=id,-u", "stdout")
    assert done.code == 0, done
    assert int(done.out) > 0


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_says_what_it_is_and_how_it_is(images: Host, service: str) -> None:
    config = images.configs[service]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert config["Entrypoint"]
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == service
    assert labels["org.opencontainers.image.source"].startswith("https://")
    # Nothing reads the clock: without a commit's time there is no time.
    assert "org.opencontainers.image.created" not in labels


def test_labels_carry_the_commit_and_its_time_where_they_are_given() -> None:
    done = slipway(
        "-s", "call", f"--commit={'a' * 40}", "--commit-time=2026-01-02T03:04:05Z", "image", "--service", "api",
        "label", "--name", "org.opencontainers.image.created",
    )  # fmt: skip
    assert (done.code, done.out) == (0, "2026-01-02T03:04:05Z"), done


def test_an_image_tells_its_commit_to_the_service() -> None:
    done = slipway(
        "-s", "call", f"--commit={'a' * 40}", "image", "--service", "web", "env-variable", "--name", "SLIPWAY_COMMIT"
    )
    assert (done.code, done.out) == (0, "a" * 40), done


def _files(images: Host, service: str) -> list[str]:
    done = images.once(
        service, "-c", "find / -xdev -not -path '/proc/*' -not -path '/sys/*' 2>/dev/null",
        options=("--entrypoint", "/bin/sh", "--user", "0:0"),
    )  # fmt: skip
    return done.out.splitlines()


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_no_secret_no_lock_and_no_history(images: Host, service: str) -> None:
    found = [path for path in _files(images, service) if _FORBIDDEN.search(path)]
    # Certificates of the distribution are .pem files and public; npm ships an .npmrc with its own defaults.
    found = [
        path
        for path in found
        if not re.match(
            r"/(etc/ssl|usr/lib/ssl|usr/share/ca-certificates|usr/local/lib/node_modules/npm|app/\.venv/.*/certifi)",
            path,
        )
    ]
    assert found == []


@pytest.mark.parametrize("service", ["api", "bot"])
def test_a_python_image_holds_no_build_tools_and_no_development_packages(images: Host, service: str) -> None:
    files = set(_files(images, service))
    assert not [path for path in files if re.search(r"/bin/(uv|uvx|gcc|cc|make|pip\d*)$", path)]
    packages = {path.rsplit("/", 1)[1] for path in files if path.endswith(".dist-info")}
    assert not [name for name in packages if re.match(r"(pytest|ruff|mypy|coverage)[-_]", name)]
    assert [path for path in files if path.startswith("/app/.venv/") and path.endswith(".pyc")], "bytecode is compiled"


def test_the_web_image_holds_the_standalone_server_only(images: Host) -> None:
    files = _files(images, "web")
    assert not [
        path for path in files if re.search(r"^/app/.*/(typescript|vitest|@biomejs|tailwindcss)/package.json$", path)
    ]
    assert not [path for path in files if re.search(r"/bin/(pnpm|gcc|make)$", path)]
    assert not [path for path in files if path.startswith("/app/src/")]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_small(rows: dict[str, dict[str, str]], service: str) -> None:
    number, unit = re.match(r"([\d.]+)\s*(\w+)", rows[service]["size"]).groups()  # type: ignore[union-attr]  # the table has it
    megabytes = float(number) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[unit]
    assert 5 < megabytes < LIMITS[service], json.dumps(rows[service])
