"""A stand-in for OSV's API that answers as it is documented, from a few advisories."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Written by hand in the form of OSV's schema, about a known advisory; no recording of an answer.
JINJA = {
    "schema_version": "1.6.0",
    "id": "GHSA-g3rq-g295-4j3m",
    "modified": "2024-09-24T18:10:24Z",
    "published": "2021-03-19T21:28:05Z",
    "aliases": ["CVE-2020-28493", "PYSEC-2021-66"],
    "summary": "Regular Expression Denial of Service (ReDoS) in Jinja2",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2", "purl": "pkg:pypi/jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.11.3"}]}],
        }
    ],
}


@dataclass
class Osv:
    """The stand-in: advisories by ecosystem, name and version; `status` answers instead where it is set."""

    known: dict[tuple[str, str, str], list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a batch of queries, in their order."""
        self.asked += body["queries"]
        results: list[dict[str, Any]] = []
        for query in body["queries"]:
            package = query["package"]
            found = self.known.get((package["ecosystem"], package["name"], query["version"]), [])
            vulns = [{"id": each["id"], "modified": each["modified"]} for each in found]
            results.append({"vulns": vulns} if vulns else {})
        return {"results": results}

    def advisory(self, name: str) -> dict[str, Any]:
        """One advisory in full."""
        return next(each for some in self.known.values() for each in some if each["id"] == name)


def own_address() -> str:
    """An address of this machine that containers reach; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address: str = probe.getsockname()[0]
        return address


@contextlib.contextmanager
def osv(host: str = "127.0.0.1") -> Iterator[Osv]:
    """Start it on a free port."""
    state = Osv()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(state.answer(body) if self.path == "/v1/querybatch" else None)

        def do_GET(self) -> None:
            self._send(state.advisory(self.path.removeprefix("/v1/vulns/")))

        def _send(self, answer: dict[str, Any] | None) -> None:
            data = json.dumps(answer).encode()
            self.send_response(state.status if answer is not None else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.address = f"http://{host}:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
