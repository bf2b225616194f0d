"""The faults of compose files that a schema lets pass."""

from typing import Any

import pytest

from slipway.checks.in_toolbox.compose_lint import lint

BASE = "compose/compose.yaml"
DEV = "compose/compose.dev.yaml"
PROD = "compose/compose.prod.yaml"
DIGEST = f"ghcr.io/a/b@sha256:{'a' * 64}"
GOOD: dict[str, Any] = {"image": DIGEST, "healthcheck": {"test": ["CMD", "true"]}}


def _rules(file: str, **changes: Any) -> list[str]:
    service = {**GOOD, **changes}
    return [fault.rule for fault in lint({file: {"services": {"api": service}}})]


@pytest.mark.parametrize(
    ("file", "changes", "rules"),
    [
        (BASE, {}, []),
        (BASE, {"image": "a/b:latest"}, ["image-latest"]),
        (BASE, {"image": "a/b"}, ["image-latest"]),
        (DEV, {"image": "localhost:5000/a/b"}, ["image-latest"]),
        (BASE, {"image": "${API_IMAGE:-a/b:latest}"}, ["image-latest"]),
        (BASE, {"image": "a/b:1.2"}, ["image-not-pinned"]),
        (DEV, {"image": "a/b:1.2"}, []),
        (BASE, {"image": "${API_IMAGE}"}, ["image-variable"]),
        (BASE, {"image": "${API_IMAGE:-a/b:1.2}"}, ["image-variable"]),
        (BASE, {"image": "${API_IMAGE:?should be by digest}"}, []),
        (BASE, {"container_name": "api"}, ["container-name"]),
        (PROD, {"build": "."}, ["build"]),
        (DEV, {"build": "."}, []),
        (BASE, {"privileged": True}, ["privileged"]),
        (PROD, {"ports": ["5432:5432"]}, ["database-port"]),
        (PROD, {"ports": ["127.0.0.1:5432:5432"]}, []),
        (PROD, {"ports": ["${DB_PORT:-5432}:5432/tcp"]}, ["database-port"]),
        (PROD, {"ports": [{"target": 5432, "published": "5432"}]}, ["database-port"]),
        (PROD, {"ports": [{"target": 5432, "published": "5432", "host_ip": "127.0.0.1"}]}, []),
        (PROD, {"ports": ["[::1]:6379:6379"]}, []),
        (PROD, {"ports": ["8000:8000"]}, ["open-port"]),
        (PROD, {"ports": ["8000"]}, ["open-port"]),
        (PROD, {"ports": ["80:80", "443:443/udp"]}, []),
        (BASE, {"ports": ["80:80"]}, ["open-port"]),
        (DEV, {"ports": ["127.0.0.1:${API_PORT:-8000}:8000"]}, []),
        (BASE, {"environment": {"NEXT_PUBLIC_API_URL": "x"}}, ["build-time-variable"]),
        (BASE, {"environment": {"POSTGRES_PASSWORD": "postgres"}}, ["known-password"]),
        (BASE, {"environment": ["API_TOKEN=${API_TOKEN:-secret}"]}, ["known-password"]),
        (BASE, {"environment": {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:?}"}}, []),
        (BASE, {"environment": {"POSTGRES_PASSWORD_FILE": "/run/secrets/x", "API_TOKEN": None}}, []),
        (DEV, {"environment": {"POSTGRES_PASSWORD": "dev"}}, []),
        (BASE, {"command": ["sh", "-c", "sleep 10 && run"]}, ["fixed-sleep"]),
        (BASE, {"healthcheck": {"test": "curl -f http://localhost"}}, ["curl-health"]),
        (BASE, {"volumes": ["/var/run/docker.sock:/var/run/docker.sock"]}, ["docker-socket"]),
        (BASE, {"volumes": ["/var/run/docker.sock:/var/run/docker.sock:ro"]}, []),
        (BASE, {"healthcheck": None}, []),
    ],
)
def test_a_fault_is_found_and_nothing_else(file: str, changes: dict[str, Any], rules: list[str]) -> None:
    assert _rules(file, **changes) == rules


def test_a_service_without_a_health_check_is_found_unless_it_is_to_end() -> None:
    services = {
        "api": {"image": DIGEST, "depends_on": {"migrate": {"condition": "service_completed_successfully"}}},
        "migrate": {"image": DIGEST},
        "once": {"image": DIGEST, "restart": "no"},
        "tool": {"image": DIGEST, "profiles": ["tools"]},
        "web": {"image": DIGEST},
    }
    overlay = {"web": {"healthcheck": {"test": ["CMD", "true"]}}}
    faults = lint({BASE: {"services": services}, PROD: {"services": overlay}})
    assert [(fault.file, fault.key, fault.rule) for fault in faults] == [(BASE, ("services", "api"), "no-health-check")]


def test_an_overlay_that_only_limits_a_service_needs_its_base() -> None:
    limits: dict[str, Any] = {"services": {"api": {"deploy": {}}}}
    assert [fault.rule for fault in lint({PROD: limits})] == ["no-image"]
    assert lint({BASE: {"services": {"api": GOOD}}, PROD: limits}) == []


def test_what_is_no_compose_file_is_left_to_the_schema() -> None:
    assert lint({BASE: None, DEV: {"services": {"a": None}}, PROD: []}) == []
