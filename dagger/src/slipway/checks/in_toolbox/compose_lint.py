"""The faults of compose files that a schema lets pass; pure, on parsed documents.

A file is a base (`compose.yaml`), a development overlay (a name with `dev`), or another overlay.
Development builds and publishes on loopback; everything else runs images by digest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Key = tuple[str | int, ...]

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(?P<bare>[A-Za-z_]\w*))")
_REQUIRED = re.compile(r"\w+:?\?")
_DEFAULTED = re.compile(r"\w+:?-(?P<value>.+)")
_SECRET = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)S?$")
_SLEEP = re.compile(r"\bsleep\s+\d")
_DATABASES = frozenset({1433, 1521, 3306, 5432, 6379, 9042, 27017})
_WEB = frozenset({80, 443})
_LOOPBACK = ("127.", "::1", "localhost")


@dataclass(frozen=True)
class Fault:
    """A fault: the file, the path of keys in it, the rule's name, and what to do."""

    file: str
    key: Key
    rule: str
    message: str


def is_development(file: str) -> bool:
    """Whether a file is for a developer's machine only.

    >>> is_development("compose/compose.dev.yaml"), is_development("compose/compose.prod.yaml")
    (True, False)
    """
    return "dev" in re.split(r"[.\-/_]", file.rpartition("/")[2])


def is_base(file: str) -> bool:
    """Whether a file stands by itself, and the others of its folder upon it."""
    return file.rpartition("/")[2] in {
        "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml",
    }  # fmt: skip


def lint(files: Mapping[str, Any]) -> list[Fault]:
    """The faults of all compose files of one folder; `files` is documents by name."""
    services = {
        file: {n: s for n, s in (document.get("services") or {}).items() if isinstance(s, dict)}
        for file, document in files.items()
        if isinstance(document, dict)
    }
    faults: list[Fault] = []
    for file, named in services.items():
        for name, service in named.items():
            faults += _service(file, ("services", name), service)
    faults += _together(services)
    return faults


def _service(file: str, key: Key, service: dict[str, Any]) -> Iterator[Fault]:
    if "container_name" in service:
        message = "a fixed name forbids a second container: leave it to compose"
        yield Fault(file, (*key, "container_name"), "container-name", message)
    if "build" in service and not is_development(file):
        message = "builds on the machine it runs on: name an image; builds are for development"
        yield Fault(file, (*key, "build"), "build", message)
    if service.get("privileged") is True:
        message = "gives the container the whole machine: name the capabilities it needs"
        yield Fault(file, (*key, "privileged"), "privileged", message)
    yield from _image(file, (*key, "image"), service.get("image"))
    yield from _ports(file, (*key, "ports"), service.get("ports"))
    yield from _environment(file, (*key, "environment"), service.get("environment"))
    yield from _waiting(file, key, service)
    yield from _socket(file, (*key, "volumes"), service.get("volumes"))


def _image(file: str, key: Key, image: object) -> Iterator[Fault]:
    if not isinstance(image, str):
        return
    words = [match["braced"] or match["bare"] for match in _VARIABLE.finditer(image)]
    defaults = [match["value"] for word in words if (match := _DEFAULTED.match(word))]
    tag = _tag(image if not words else (defaults[0] if defaults else ""))
    if tag == "latest" or (tag == "" and not words and not _DIGEST.search(image)):
        message = f"{image} moves by itself: pin it by digest, or take a required variable"
        yield Fault(file, key, "image-latest", message)
        return
    if is_development(file) or _DIGEST.search(image):
        return
    if words and all(_REQUIRED.match(word) for word in words):
        return
    if words:
        message = f"{image} may be empty or a default: write ${{NAME:?say what to set}}"
        yield Fault(file, key, "image-variable", message)
    else:
        message = f"{image} is a tag, which may move: add @sha256:…, or take a required variable"
        yield Fault(file, key, "image-not-pinned", message)


def _tag(image: str) -> str:
    """The tag of a reference; "" without one."""
    name = _DIGEST.sub("", image)
    return name.rpartition(":")[2] if ":" in name.rpartition("/")[2] else ""


def _ports(file: str, key: Key, ports: object) -> Iterator[Fault]:
    for index, port in enumerate(ports if isinstance(ports, list) else []):
        address, published, target = _port(port)
        if published is None or address.startswith(_LOOPBACK):
            continue
        where = (*key, index)
        if target in _DATABASES:
            message = f"publishes a database ({target}) to the network: leave it out, or 127.0.0.1"
            yield Fault(file, where, "database-port", message)
        elif is_base(file) or published not in _WEB:
            message = f"publishes {published} on every address: only a proxy's 80 and 443 should be"
            yield Fault(file, where, "open-port", message)


def _port(port: object) -> tuple[str, int | None, int | None]:
    """The address, the published and the container's port; a variable's default counts."""
    if isinstance(port, dict):
        address = str(port.get("host_ip") or "")
        return address, _number(port.get("published")), _number(port.get("target"))
    text = _VARIABLE.sub(_default, str(port)).partition("/")[0]
    address, _, ports = text.lstrip("[").rpartition("]:")
    parts = ports.split(":")
    if len(parts) > 2:  # noqa: PLR2004  # address:published:target
        address, parts = ":".join(parts[:-2]), parts[-2:]
    # A target alone is published too, on a port that Docker picks.
    published = _number(parts[0]) if len(parts) > 1 else 0
    return address, published, _number(parts[-1])


def _default(match: re.Match[str]) -> str:
    word = match["braced"] or match["bare"]
    found = _DEFAULTED.match(word)
    return found["value"] if found else "1"


def _number(value: object) -> int | None:
    text = str(value).partition("-")[0] if value is not None else ""
    return int(text) if text.isdigit() else None


def _environment(file: str, key: Key, environment: object) -> Iterator[Fault]:
    for name, value, where in _variables(environment):
        if name.startswith(("NEXT_PUBLIC_", "VITE_", "REACT_APP_")):
            message = f"{name} is baked in when the image is built; set at start it does nothing"
            yield Fault(file, (*key, where), "build-time-variable", message)
        if _SECRET.search(name) and not is_development(file) and _is_known(value):
            message = f"{name} has a value in the file: take a required variable or a secret's file"
            yield Fault(file, (*key, where), "known-password", message)


def _variables(environment: object) -> Iterator[tuple[str, str, str | int]]:
    if isinstance(environment, dict):
        for name, value in environment.items():
            yield name, "" if value is None else str(value), name
    elif isinstance(environment, list):
        for index, item in enumerate(environment):
            name, _, value = str(item).partition("=")
            yield name, value, index


def _is_known(value: str) -> bool:
    """Whether a reader of the file knows the value: written out, or as a default."""
    words = [match["braced"] or match["bare"] for match in _VARIABLE.finditer(value)]
    if not words:
        return bool(value)
    return any(_DEFAULTED.match(word) for word in words)


def _waiting(file: str, key: Key, service: dict[str, Any]) -> Iterator[Fault]:
    for name in ("command", "entrypoint"):
        text = service.get(name)
        line = " ".join(map(str, text)) if isinstance(text, list) else str(text or "")
        if _SLEEP.search(line):
            message = "waits for a fixed time: depends_on with a condition waits for the event"
            yield Fault(file, (*key, name), "fixed-sleep", message)
    test = (service.get("healthcheck") or {}).get("test")
    line = " ".join(map(str, test)) if isinstance(test, list) else str(test or "")
    if re.search(r"\bcurl\b", line):
        message = "slim images have no curl: use the image's own interpreter"
        yield Fault(file, (*key, "healthcheck"), "curl-health", message)


def _socket(file: str, key: Key, volumes: object) -> Iterator[Fault]:
    for index, volume in enumerate(volumes if isinstance(volumes, list) else []):
        if isinstance(volume, dict):
            is_open = "docker.sock" in str(volume.get("source")) and not volume.get("read_only")
        else:
            is_open = "docker.sock" in str(volume) and not str(volume).endswith(":ro")
        if is_open:
            message = "Docker's socket is the whole machine: read-only at the least, or a proxy"
            yield Fault(file, (*key, index), "docker-socket", message)


def _together(services: Mapping[str, dict[str, dict[str, Any]]]) -> Iterator[Fault]:
    """What only all files of a folder tell: services without an image, and without health."""
    base = next((file for file in services if is_base(file)), None)
    based = services[base] if base else {}
    one_offs = set(_one_offs(services))
    for file, named in services.items():
        for name, service in named.items():
            key = ("services", name)
            makes = {"image", "build", "extends"} & service.keys()
            if not makes and (file == base or name not in based):
                message = "has neither image nor build, here or in the base file"
                yield Fault(file, key, "no-image", message)
            if (
                not makes
                or name in one_offs
                or service.get("profiles")
                or (file != base and name in based)
            ):
                continue
            if not any("healthcheck" in other.get(name, {}) for other in services.values()):
                message = "has no healthcheck: nothing can wait for it, and nobody sees it fail"
                yield Fault(file, key, "no-health-check", message)


def _one_offs(services: Mapping[str, dict[str, dict[str, Any]]]) -> Iterator[str]:
    """The services that others wait for to end, and those that are said never to restart."""
    for named in services.values():
        for name, service in named.items():
            if service.get("restart") == "no":
                yield name
            needed = service.get("depends_on")
            for other, how in needed.items() if isinstance(needed, dict) else ():
                if (
                    isinstance(how, dict)
                    and how.get("condition") == "service_completed_successfully"
                ):
                    yield other
