"""Faults that projects of this shape were seen with, by their numbers: absent here, and found where they are seeded.

A seed is laid over the real files, so that a rule is tried on what it will see.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e import faults
from tests.e2e.compositions import BASE, DEV, PROD, SETTINGS, config, run_config
from tools.stack.docker import REPOSITORY
from tools.stack.stack import COMPOSE

STACKS = {"base": (BASE,), "demo": (BASE, DEV), "production": (BASE, PROD)}

Rule = Callable[[dict[str, Any]], list[str]]


@pytest.fixture
def seeded(tmp_path: Path) -> Callable[..., list[str]]:
    """Findings of a rule when a fault is laid over a stack."""

    def look(rule: Rule, fault: str, over: tuple[Path, ...] = (BASE,), *, raw: bool = False) -> list[str]:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.yaml"  # what was resolved is kept by its name
        file.write_text(f"services:\n  {fault}\n")
        return rule(config(*over, file, raw=raw))

    return look


def nowhere(rule: Rule, *, raw: bool = False) -> bool:
    """Whether no stack has a finding."""
    for name, files in STACKS.items():
        assert rule(config(*files, raw=raw)) == [], name
    return True


def tracked() -> list[str]:
    """The files of the repository, new ones included."""
    done = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"),
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for path in done.stdout.split("\0") if path and (REPOSITORY / path).exists()]


def test_fault_01_no_address_for_the_browser_is_given_at_start(seeded: Callable[..., list[str]]) -> None:
    assert nowhere(faults.baked_addresses)
    assert config(BASE)["services"]["web"]["environment"]["API_URL"] == "http://api:8000"
    found = seeded(faults.baked_addresses, "web: {environment: {NEXT_PUBLIC_API_URL: https://api.example}}")
    assert found == ["web: NEXT_PUBLIC_API_URL is baked in when the image is built"]


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("bot: {command: [alembic, upgrade, head]}", "bot: migrates at its start; only `migrate` may"),
        ("api: {command: [sh, -c, sleep 5]}", "api: sleeps for a fixed time instead of waiting for something"),
        ("api: {depends_on: !reset {}}", "api: does not wait until migrate has completed"),
        (
            "bot: {depends_on: {migrate: {condition: service_started}}}",
            "bot: does not wait until migrate has completed",
        ),
        ("migrate: {depends_on: {db: {condition: service_started}}}", "migrate: does not wait until db is healthy"),
    ],
)
def test_fault_02_migrations_run_once_and_before_everything_else(
    seeded: Callable[..., list[str]], fault: str, finding: str
) -> None:
    assert nowhere(faults.racing_migrations)
    assert seeded(faults.racing_migrations, fault) == [finding]


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        (
            "api: {healthcheck: {test: [CMD, curl, -f, http://localhost:8000/readyz]}}",
            "api: its health check needs curl, which its image does not have",
        ),
        (
            "web: {healthcheck: {test: wget -q http://localhost:3000/readyz}}",
            "web: its health check needs wget, which its image does not have",
        ),
        ("bot: {healthcheck: {disable: true}}", "bot: has no health check"),
        ("worker: {image: worker}", "worker: has no health check"),
    ],
)
def test_fault_03_every_service_has_a_health_check_that_its_image_can_run(
    seeded: Callable[..., list[str]], fault: str, finding: str
) -> None:
    assert nowhere(faults.missing_health)
    assert seeded(faults.missing_health, fault) == [finding]


def test_fault_04_an_overlay_alone_is_refused_and_the_example_names_both_files(tmp_path: Path) -> None:
    for overlay in (DEV, PROD):
        alone = run_config(overlay, options=("--quiet",), **SETTINGS)
        assert alone.returncode != 0, f"{overlay.name} is accepted alone"
    # The file of variables says which files belong together, so that nobody has to.
    example = (COMPOSE / ".env.production.example").read_text().splitlines()
    assert "COMPOSE_FILE=compose.yaml:compose.prod.yaml" in example
    whole = run_config(options=("--quiet",), COMPOSE_FILE="compose.yaml:compose.prod.yaml", **SETTINGS)
    assert whole.returncode == 0, whole.stderr
    # A resource-only overlay that brings its own networks is refused for want of an image.
    bare = tmp_path / "limits.yaml"
    bare.write_text("services:\n  api: {deploy: {resources: {limits: {memory: 1G}}}}\n")
    assert "neither an image nor a build context" in run_config(bare, options=("--quiet",)).stderr


def test_fault_05_images_are_required_variables_and_digests_in_production(seeded: Callable[..., list[str]]) -> None:
    assert nowhere(faults.moving_images, raw=True)
    assert faults.tag_in_production(config(BASE, PROD)) == []
    for image in ("redis:latest", "redis", "redis:7", "${REDIS_IMAGE:-redis:7}"):
        found = seeded(faults.moving_images, f'cache: {{image: "{image}"}}', raw=True)
        assert found == [f"cache: {image} is neither a required variable nor a digest"]
    found = seeded(faults.tag_in_production, "api: {image: registry.example/api:latest}", (BASE, PROD))
    assert found == ["api: registry.example/api:latest has no digest"]


@pytest.mark.parametrize("name", sorted(set(SETTINGS) - {"WEB_PORT", "CHAT_PORT", "API_PORT"}))
def test_fault_05_a_variable_that_is_missing_or_empty_is_named(name: str) -> None:
    for settings in ({**SETTINGS, name: ""}, {key: value for key, value in SETTINGS.items() if key != name}):
        done = run_config(BASE, PROD, options=("--quiet",), **settings)
        assert done.returncode != 0
        assert f"required variable {name} is missing a value: should be" in done.stderr


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("api: {environment: {TELEGRAM_BOT_TOKEN_FILE: /run/secrets/x}}", "api: is given TELEGRAM_BOT_TOKEN_FILE"),
        ("api: {secrets: [telegram_bot_token]}", "api: is given the secret telegram_bot_token"),
        ("api: {depends_on: {bot: {condition: service_healthy}}}", "api: waits for bot"),
    ],
)
def test_fault_06_the_api_needs_nothing_of_the_bot(seeded: Callable[..., list[str]], fault: str, finding: str) -> None:
    assert nowhere(faults.entangled_api)
    assert seeded(faults.entangled_api, fault) == [finding]


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ('db: {ports: ["5432:5432"]}', "db: publishes port 5432"),
        ('db: {ports: ["127.0.0.1:5432:5432"]}', "db: publishes port 5432"),
        ('api: {ports: ["8000:8000"]}', "api: publishes port 8000 beyond this machine"),
        ('caddy: {image: caddy, ports: ["2019:2019"]}', "caddy: publishes port 2019 beyond this machine"),
        ("web: {network_mode: host, networks: !reset {}}", "web: is in the network of the host"),
    ],
)
def test_fault_07_no_port_is_published_but_the_proxys(
    seeded: Callable[..., list[str]], fault: str, finding: str
) -> None:
    assert nowhere(faults.exposed_ports)
    assert seeded(faults.exposed_ports, fault) == [finding]
    assert not any("ports" in service for service in config(BASE)["services"].values())


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("api: {user: root}", "api: runs as root"),
        ('bot: {user: "0:0"}', "bot: runs as root"),
        ("api: {privileged: true}", "api: is privileged"),
        ("api: {cap_drop: !reset []}", "api: keeps capabilities"),
        ("web: {security_opt: !reset []}", "web: may gain privileges"),
        ("bot: {read_only: false}", "bot: may write to its root file system"),
    ],
)
def test_fault_07_no_container_may_do_more_than_it_needs(
    seeded: Callable[..., list[str]], fault: str, finding: str
) -> None:
    assert nowhere(faults.root_users)
    assert seeded(faults.root_users, fault) == [finding]


@pytest.mark.parametrize("value", ["postgres", "${POSTGRES_PASSWORD:-changeme}", "${POSTGRES_PASSWORD:?}"])
def test_fault_07_no_password_is_written_down_or_passed_as_a_variable(
    seeded: Callable[..., list[str]], value: str
) -> None:
    assert nowhere(faults.written_secrets, raw=True)
    found = seeded(faults.written_secrets, f'db: {{environment: {{POSTGRES_PASSWORD: "{value}"}}}}', raw=True)
    assert found == ["db: POSTGRES_PASSWORD should be a secret's file, POSTGRES_PASSWORD_FILE"]


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("api: {build: ..}", "api: is built by compose, from a folder with whatever is in it"),
        ('api: {volumes: ["..:/app"]}', f"api: mounts {REPOSITORY}"),
        ('caddy: {image: c, volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]}', f"caddy: mounts {COMPOSE}/Caddyfile"),
    ],
)
def test_fault_08_nothing_of_the_repository_is_built_or_mounted_whole(
    seeded: Callable[..., list[str]], fault: str, finding: str
) -> None:
    assert nowhere(faults.wide_mounts)
    assert seeded(faults.wide_mounts, fault) == [finding]


def test_fault_08_no_key_no_variables_and_no_packages_are_in_the_repository() -> None:
    assert faults.private_files(tracked()) == []
    bad = [".env", "compose/.env.production", "deploy/id_ed25519", "a/server.key", "x.pem", "w/node_modules/a/b.js"]
    good = [".env.example", "compose/.env.production.example", "src/env.py", "keys.md", "id_rsa.pub", "src/id_map.py"]
    assert faults.private_files([*bad, *good]) == bad


def test_fault_10_examples_are_plain_utf_8_and_hold_no_value_that_works() -> None:
    examples = sorted(COMPOSE.glob(".env*.example"))
    assert [path.name for path in examples] == [".env.example", ".env.production.example"]
    for path in [*examples, *COMPOSE.glob("*.yaml"), COMPOSE / "Caddyfile"]:
        assert faults.bad_encoding(path.read_bytes()) == [], path
    for path in examples:
        values = dict(line.split("=", 1) for line in path.read_text().splitlines() if line and line[0] != "#")
        assert {name for name, value in values.items() if value} <= {"COMPOSE_FILE"}, path


def test_fault_10_a_mark_and_text_encoded_twice_are_found() -> None:
    assert faults.bad_encoding("# пример ключа — naïve".encode()) == []
    assert faults.bad_encoding(b"\xef\xbb\xbfTOKEN=") == ["begins with a byte-order mark"]
    assert faults.bad_encoding("# пример".encode("cp1251")) == ["is not UTF-8"]
    for codec in ("cp1252", "latin-1", "cp1251"):
        twice = "é—й".encode().decode(codec, "ignore").encode()
        assert faults.bad_encoding(twice)[0].startswith("has text that was encoded twice"), codec


def test_fault_10_every_variable_that_the_files_read_is_explained() -> None:
    known = {"base": ".env.example", "production": ".env.production.example"}
    for stack, example in known.items():
        listing = run_config(*STACKS[stack], options=("--variables",), **SETTINGS)
        assert listing.returncode == 0, listing.stderr
        wanted = {line.split()[0] for line in listing.stdout.splitlines()[1:]}
        assert {"SECRETS_DIR", "LOG_LEVEL"} <= wanted
        text = (COMPOSE / example).read_text()
        assert [name for name in sorted(wanted) if f"{name}=" not in text] == []


def test_fault_11_each_folder_has_the_one_lock_of_its_project() -> None:
    assert faults.stray_locks(tracked()) == []
    assert faults.stray_locks(["web/package.json", "web/pnpm-lock.yaml", "web/package-lock.json", "web/uv.lock"]) == [
        "web/uv.lock: without pyproject.toml",
        "web: has package-lock.json and pnpm-lock.yaml and uv.lock",
    ]


def test_production_has_limits_rotated_logs_and_restarts(seeded: Callable[..., list[str]]) -> None:
    assert faults.unlimited(config(BASE, PROD)) == []
    found = seeded(faults.unlimited, "worker: {image: worker, restart: unless-stopped}", (BASE, PROD))
    assert "worker: has no limit of memory" in found
    assert "worker: its log grows without end" in found
    assert "bot: is not restarted" in faults.unlimited(config(BASE))


def test_nobody_reaches_further_than_the_next() -> None:
    served = config(BASE, PROD)
    reach = {(a, b) for a in served["services"] for b in served["services"] if a < b and faults.reaches(served, a, b)}
    assert reach == {
        ("api", "bot"), ("api", "db"), ("api", "migrate"), ("api", "web"), ("bot", "db"), ("bot", "migrate"),
        ("bot", "web"), ("caddy", "web"), ("db", "migrate"),
    }  # fmt: skip
    internal = {name for name, network in served["networks"].items() if network.get("internal")}
    assert internal == {"frontend", "backend", "data"}
    # Only the bot speaks to others than ours, and the proxy to visitors.
    outside = {name for name, service in served["services"].items() if set(service["networks"]) - internal}
    assert outside == {"bot", "caddy"}


def test_the_stand_ins_are_in_the_demo_alone() -> None:
    for stack in ("base", "production"):
        assert "fakes" not in str(config(*STACKS[stack]))
    demo = config(*STACKS["demo"])
    assert demo["services"]["bot"]["environment"]["TELEGRAM_API_BASE"] == "http://fakes:8100"
