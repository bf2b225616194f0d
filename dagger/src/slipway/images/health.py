"""Health checks, run by the interpreter that the image has anyway: slim images have no curl."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipway.config import Node, PythonUv

INTERVAL = "10s"
TIMEOUT = "3s"
START_PERIOD = "30s"
START_INTERVAL = "1s"
RETRIES = 3

# Without a user the answer is the same, and the server log has no line about a missing role.
# TCP, because the server that runs the init scripts listens on its socket already.
POSTGRES = ("pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres")


def python(service: PythonUv) -> tuple[str, ...] | None:
    """One request by urllib: any answer of 400 or more, or none, is unhealthy."""
    if (url := _url(service)) is None:
        return None
    # No proxy: HTTP_PROXY in the container must not carry a request to itself.
    code = (
        "import urllib.request as r; "
        f"r.build_opener(r.ProxyHandler({{}})).open('{url}', timeout=2).close()"
    )
    return ("python", "-c", code)


def node(service: Node) -> tuple[str, ...] | None:
    """One request by fetch, with the same meaning."""
    if (url := _url(service)) is None:
        return None
    code = (
        f"fetch('{url}', {{signal: AbortSignal.timeout(2000)}})"
        ".then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
    )
    return ("node", "-e", code)


def _url(service: PythonUv | Node) -> str | None:
    if service.health == "none":
        return None
    return f"http://127.0.0.1:{service.health_port or service.port}{service.health}"
