"""Rules for the compose files, one for each fault that projects of this shape were seen with.

Each takes what `docker compose config` resolved and gives its findings, a sentence each that begins with the service;
none is good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

Config = dict[str, Any]

ONE_OFFS = {"migrate", "seed"}

# Read by a bundler when the image is built: at start it is too late.
_BAKED = re.compile(r"^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC)_")
_MIGRATION = re.compile(r"\b(alembic|migrate)\b")
_SECRET = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL)$")
_REQUIRED = re.compile(r"^\$\{[A-Z_]+:\?.+\}$")
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_PRIVATE = re.compile(r"(^|/)(\.env(\..+)?|id_[a-z0-9]+|.+\.(pem|key|p12|pfx))$")
_EXAMPLE = re.compile(r"(^|/)\.env(\..+)?\.example$|\.pub$")

# Its official image has busybox, and with it wget; the services' images have neither.
_HAS_WGET = {"caddy"}


def baked_addresses(config: Config) -> list[str]:
    """1: an address for the browser, given to a container whose bundle was built long before."""
    found = []
    for name, service in _services(config):
        names = [*_environment(service), *service.get("build", {}).get("args", {})]
        found += [
            f"{name}: {variable} is baked in when the image is built" for variable in names if _BAKED.match(variable)
        ]
    return found


def racing_migrations(config: Config) -> list[str]:
    """2: services that migrate at their start, or start before the migrations are done."""
    found = []
    for name, service in _services(config):
        words = _words(service)
        if name not in ONE_OFFS:
            if _MIGRATION.search(words):
                found.append(f"{name}: migrates at its start; only `migrate` may")
            if _reads_database(service) and _condition(service, "migrate") != "service_completed_successfully":
                found.append(f"{name}: does not wait until migrate has completed")
        if re.search(r"\bsleep\b", words):
            found.append(f"{name}: sleeps for a fixed time instead of waiting for something")
    migrate = config["services"].get("migrate", {})
    if _condition(migrate, "db") != "service_healthy":
        found.append("migrate: does not wait until db is healthy")
    return found


def missing_health(config: Config) -> list[str]:
    """3: no health check, or one by a program that the image does not have."""
    found = []
    for name, service in _services(config):
        if name in ONE_OFFS:
            continue
        check = service.get("healthcheck", {})
        words = " ".join(check.get("test", []))
        if check.get("disable") or not words or words == "NONE":
            found.append(f"{name}: has no health check")
        elif (program := re.search(r"\bcurl\b|\bwget\b", words)) and not (program[0] == "wget" and name in _HAS_WGET):
            found.append(f"{name}: its health check needs {program[0]}, which its image does not have")
    return found


def moving_images(raw: Config) -> list[str]:
    """5: an image that may be another one tomorrow. Takes the configuration as it is written, variables and all."""
    return [
        f"{name}: {service['image']} is neither a required variable nor a digest"
        for name, service in _services(raw)
        if not _REQUIRED.match(service["image"]) and not _DIGEST.search(service["image"])
    ]


def tag_in_production(config: Config) -> list[str]:
    """5: an image of production without its digest."""
    return [
        f"{name}: {service['image']} has no digest"
        for name, service in _services(config)
        if not _DIGEST.search(service["image"])
    ]


def entangled_api(config: Config) -> list[str]:
    """6: an API that needs what only the bot needs."""
    api = config["services"]["api"]
    found = [f"api: is given {name}" for name in _environment(api) if re.match(r"TELEGRAM_|LLM_", name)]
    found += [f"api: is given the secret {name}" for name in _secrets(api) if re.match(r"telegram_|llm_", name)]
    return found + (["api: waits for bot"] if "bot" in api.get("depends_on", {}) else [])


def exposed_ports(config: Config) -> list[str]:
    """7: a port that the world can reach, other than the proxy's."""
    found = []
    for name, service in _services(config):
        for port in service.get("ports", []):
            if name == "db":
                found.append(f"db: publishes port {port['target']}")
            elif port.get("host_ip") != "127.0.0.1" and not (name == "caddy" and port["target"] in {80, 443}):
                found.append(f"{name}: publishes port {port['target']} beyond this machine")
        if service.get("network_mode") == "host":
            found.append(f"{name}: is in the network of the host")
    return found


def root_users(config: Config) -> list[str]:
    """7: what a container may do that it need not."""
    found = []
    for name, service in _services(config):
        if str(service.get("user", "1000")).split(":")[0] in {"0", "root"}:
            found.append(f"{name}: runs as root")
        if service.get("privileged"):
            found.append(f"{name}: is privileged")
        if service.get("cap_drop") != ["ALL"]:
            found.append(f"{name}: keeps capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            found.append(f"{name}: may gain privileges")
        if not service.get("read_only"):
            found.append(f"{name}: may write to its root file system")
    return found


def written_secrets(raw: Config) -> list[str]:
    """7: a password in a file of the repository, as a value or as a default. Takes what is written, as in 5."""
    found = []
    for name, service in _services(raw):
        for variable, value in _environment(service).items():
            if _SECRET.search(variable) and value:
                found.append(f"{name}: {variable} should be a secret's file, {variable}_FILE")
    return found


def wide_mounts(config: Config) -> list[str]:
    """8: a build here, a file of variables, or a folder of the repository in a container."""
    found = []
    for name, service in _services(config):
        if "build" in service:
            found.append(f"{name}: is built by compose, from a folder with whatever is in it")
        if "env_file" in service:
            found.append(f"{name}: takes a whole file of variables")
        for volume in service.get("volumes", []):
            if volume["type"] != "bind":
                continue
            ours = volume["source"].endswith(("/compose/Caddyfile", "/services/bot/tests"))
            if not ours or not volume.get("read_only"):
                found.append(f"{name}: mounts {volume['source']}")
    return found


def unlimited(config: Config) -> list[str]:
    """What production adds: limits, rotation of logs, restarts."""
    found = []
    for name, service in _services(config):
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        found += [f"{name}: has no limit of {kind}" for kind in ("cpus", "memory", "pids") if not limits.get(kind)]
        if "max-size" not in service.get("logging", {}).get("options", {}):
            found.append(f"{name}: its log grows without end")
        if name not in ONE_OFFS and service.get("restart") != "unless-stopped":
            found.append(f"{name}: is not restarted")
    return found


def reaches(config: Config, one: str, other: str) -> bool:
    """Whether two services share a network."""
    first, second = (set(config["services"][name].get("networks", {})) for name in (one, other))
    return bool(first & second)


def private_files(files: list[str]) -> list[str]:
    """8: keys, files of variables and installed packages among the files of the repository."""
    return [
        path
        for path in files
        if (_PRIVATE.search(path) and not _EXAMPLE.search(path)) or "node_modules" in PurePosixPath(path).parts
    ]


def bad_encoding(content: bytes) -> list[str]:
    """10: a byte-order mark, or text that was encoded twice."""
    if content.startswith(b"\xef\xbb\xbf"):
        return ["begins with a byte-order mark"]
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ["is not UTF-8"]
    for codec in ("cp1252", "latin-1", "cp1251"):
        for word in re.findall(r"[^\x00-\x7f]{2,}", text):
            try:
                word.encode(codec).decode()
            except UnicodeError:
                continue
            return [f"has text that was encoded twice: {word}"]
    return []


def stray_locks(files: list[str]) -> list[str]:
    """11: a folder with locks of two tools, or with a lock that its project has nothing to do with."""
    found = []
    locks = {"pnpm-lock.yaml": "package.json", "package-lock.json": "package.json", "yarn.lock": "package.json",
             "bun.lockb": "package.json", "uv.lock": "pyproject.toml", "poetry.lock": "pyproject.toml"}  # fmt: skip
    by_folder: dict[str, set[str]] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        by_folder.setdefault(folder, set()).add(name)
    for folder, names in sorted(by_folder.items()):
        here = sorted(names & set(locks))
        found += [f"{folder}/{lock}: without {locks[lock]}" for lock in here if locks[lock] not in names]
        if len(here) > 1:
            found.append(f"{folder}: has {' and '.join(here)}")
    return found


def _services(config: Config) -> Iterator[tuple[str, Config]]:
    yield from sorted(config["services"].items())


def _environment(service: Config) -> Config:
    found = service.get("environment") or {}
    if isinstance(found, list):  # as it is where variables are not resolved
        found = dict(each.split("=", 1) for each in found)
    return dict(found)


def _secrets(service: Config) -> list[str]:
    return [secret["source"] for secret in service.get("secrets", [])]


def _words(service: Config) -> str:
    return " ".join([*(service.get("entrypoint") or []), *(service.get("command") or [])])


def _reads_database(service: Config) -> bool:
    return any(name.startswith("DATABASE_URL") for name in _environment(service))


def _condition(service: Config, name: str) -> str:
    return str(service.get("depends_on", {}).get(name, {}).get("condition", ""))
