"""A real image registry on loopback, for one test run."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The password is put together: a search for it where it must not be shall not find copies of this file.
USER = "pusher"
PASSWORD = f"{USER}-password-of-the-tests"

# `htpasswd -nbB` of the two.
_HTPASSWD = "pusher:$2y$05$fICkY1ffb6LxcUbJeuJtrOZ6qzJpGz8gPRJVFnHSTvfATO9CXRBXu"

_ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

# What the registry writes of a request that brings bytes of a blob.
_UPLOAD = re.compile(r'"(?:PUT|PATCH) /v2/\S+/blobs/uploads/')


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for loopback that signs itself, and its key."""

    path: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Registry:
    """A started registry; `address` is host and port, `folder` where its data and its log are."""

    address: str
    authenticated: bool
    folder: Path
    certificate: Certificate | None = None

    def manifest(self, name: str, tag: str, kind: str = _ACCEPT) -> tuple[str, dict[str, Any]]:
        """The digest and manifest that the registry has for a tag; `kind` is its media type."""
        with self._open(f"{name}/manifests/{tag}", kind) as answer:
            return answer.headers["Docker-Content-Digest"], json.load(answer)

    def catalog(self) -> list[str]:
        """The names of its repositories."""
        with self._open("_catalog?n=1000") as answer:
            names: list[str] = json.load(answer)["repositories"] or []
            return names

    def uploads(self) -> int:
        """How many requests have brought bytes of blobs so far."""
        return len(_UPLOAD.findall((self.folder / "log").read_text(errors="replace")))

    @contextlib.contextmanager
    def refusing(self, name: str) -> Iterator[None]:
        """While the body runs, nothing can be pushed to this repository: a file is in its place."""
        place = self.folder / "data/docker/registry/v2/repositories" / name
        aside = self.folder / "aside"
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            place.rename(aside)
        place.write_text("")
        try:
            yield
        finally:
            place.unlink()
            if aside.exists():
                aside.rename(place)

    def _open(self, path: str, kind: str = _ACCEPT) -> Any:
        scheme = "https" if self.certificate else "http"
        request = urllib.request.Request(f"{scheme}://{self.address}/v2/{path}", headers={"Accept": kind})
        if self.authenticated:
            token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        return urllib.request.urlopen(request, timeout=5, context=trusting(self.certificate))


def trusting(certificate: Certificate | None) -> ssl.SSLContext | None:
    """What makes a client trust it."""
    return ssl.create_default_context(cafile=certificate.path) if certificate else None


def certificate(folder: Path) -> Certificate:
    """Make a certificate for 127.0.0.1 and localhost."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    words = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
        "-keyout", str(made.key), "-out", str(made.path),
    ]  # fmt: skip
    subprocess.run(words, capture_output=True, check=True)
    return made


def free_address() -> str:
    """A loopback address with a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextlib.contextmanager
def registry(
    folder: Path, *, authenticated: bool = False, tls: Certificate | None = None, storage: Path | None = None
) -> Iterator[Registry]:
    """Debian's docker-registry on a free port, its data in `folder`, or in `storage`."""
    program = shutil.which("docker-registry")
    assert program, "docker-registry is not installed: sudo apt-get install docker-registry"
    address = free_address()
    config: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(storage or folder / "data")}},
        "http": {"addr": address},
    }
    if tls is not None:
        config["http"]["tls"] = {"certificate": str(tls.path), "key": str(tls.key)}
    if authenticated:
        (folder / "htpasswd").write_text(_HTPASSWD + "\n")
        config["auth"] = {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    made = Registry(address, authenticated, folder, tls)
    try:
        _wait(made, process)
        yield made
    finally:
        process.terminate()
        process.wait()


def _wait(made: Registry, process: subprocess.Popen[bytes]) -> None:
    log = made.folder / "log"
    for _ in range(100):
        assert process.poll() is None, log.read_text()
        try:
            with made._open(""):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the registry does not answer:\n{log.read_text()}")
