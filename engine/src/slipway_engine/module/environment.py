"""The module's Python environment, made once per lock file in the cache, and the variables its processes get."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from slipway_engine.log import Progress
from slipway_engine.module.errors import ModuleError
from slipway_engine.store.store import Store

# What a program needs to find itself, its language and its certificates. Nothing else of the caller's crosses.
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)
_FOR_UV = ("UV_", "XDG_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def clean_environment() -> dict[str, str]:
    """The variables that any process of a module may see."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


async def prepare(store: Store, source: Path, progress: Progress) -> Path:
    """The environment's Python, installed from `source`'s uv.lock when it is not in the cache yet."""
    project = read_project(source)
    target = store.path / "venvs" / _key(source)
    python = target / "bin" / "python"
    if python.exists():
        return python
    with store.lock(f"venv-{target.name}"):
        if not python.exists():
            if target.exists():  # its interpreter is gone
                shutil.rmtree(target)
            made = store.tmp / f"venv-{target.name}"
            with progress.task(f"install the module's packages ({project['name']})"):
                await _sync(source, made)
            store.commit(made, target)
    return python


def read_project(source: Path) -> dict[str, Any]:
    """The `[project]` table of a module whose environment can be made."""
    path = source / "pyproject.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"{path}: not found; a Python module needs one"
        raise ModuleError(msg) from None
    except (OSError, ValueError) as error:
        msg = f"{path}: {error}"
        raise ModuleError(msg) from error
    if "dagger-io" in content.get("tool", {}).get("uv", {}).get("sources", {}):
        msg = (
            f"{path}: tool.uv.sources: dagger-io comes from a folder that only a Dagger engine writes; "
            'remove it, depend on "dagger-io==0.21.8", and run `uv lock`'
        )
        raise ModuleError(msg)
    if not (source / "uv.lock").is_file():
        msg = f"{source / 'uv.lock'}: not found; run `uv lock` in {source} and commit it"
        raise ModuleError(msg)
    project: dict[str, Any] = content.get("project", {})
    if "name" not in project:
        msg = f"{path}: project.name: missing"
        raise ModuleError(msg)
    return project


def find_uv() -> str:
    """The uv on PATH, or the one installed with this package."""
    found = shutil.which("uv")
    beside = Path(sys.executable).parent / "uv"
    if found is None and beside.exists():
        return str(beside)
    if found is None:
        msg = "uv: not on PATH; install it (https://docs.astral.sh/uv/getting-started/installation/)"
        raise ModuleError(msg)
    return found


def _key(source: Path) -> str:
    parts = [(source / name).read_bytes() for name in ("pyproject.toml", "uv.lock")]
    version = source / ".python-version"
    parts.append(version.read_bytes() if version.exists() else b"")
    return hashlib.sha256(b"\0".join([*parts, os.uname().machine.encode()])).hexdigest()[:32]


async def _sync(source: Path, target: Path) -> None:
    words = ["sync", "--frozen", "--no-dev", "--no-install-project", "--compile-bytecode", "--quiet", "--no-progress"]
    variables = clean_environment()
    variables.update({name: value for name, value in os.environ.items() if name.startswith(_FOR_UV)})
    variables["UV_PROJECT_ENVIRONMENT"] = str(target)
    process = await asyncio.create_subprocess_exec(
        find_uv(),
        *words,
        cwd=source,
        env=variables,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        text = errors.decode("utf-8", "replace").strip()
        msg = f"the module's packages could not be installed from {source.name}/uv.lock:\n{text}"
        raise ModuleError(msg)
