"""A real image registry on loopback, for one test run."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "pusher", "registry-password"

# `htpasswd -nbB pusher registry-password`
_HTPASSWD = "pusher:$2y$05$bv9QdiFdBhHoATWWR4odhuDzKIRG3xpDYHQsdaLJUUvE0FSvtE87O"

_ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True, slots=True)
class Registry:
    """A started registry; `address` is host and port."""

    address: str
    authenticated: bool

    def manifest(self, name: str, tag: str) -> tuple[str, dict[str, object]]:
        """The digest and manifest that the registry has for a tag."""
        request = urllib.request.Request(
            f"http://{self.address}/v2/{name}/manifests/{tag}", headers={"Accept": _ACCEPT}
        )
        if self.authenticated:
            token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.headers["Docker-Content-Digest"], json.load(answer)


@contextlib.contextmanager
def registry(folder: Path, *, authenticated: bool = False) -> Iterator[Registry]:
    """Debian's docker-registry on a free port, its data in `folder`."""
    program = shutil.which("docker-registry")
    assert program, "docker-registry is not installed: sudo apt-get install docker-registry"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": address},
    }
    if authenticated:
        (folder / "htpasswd").write_text(_HTPASSWD + "\n")
        config["auth"] = {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        _wait(address, process, folder / "log")
        yield Registry(address, authenticated)
    finally:
        process.terminate()
        process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://{address}/v2/", timeout=1):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the registry does not answer:\n{log.read_text()}")
