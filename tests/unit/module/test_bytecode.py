"""The script that compiles a virtual environment in the builder, run on small environments made by hand."""

import importlib.util
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

SCRIPT = files("slipway.images.in_builder").joinpath("bytecode.py")
TAG = sys.implementation.cache_tag
SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A dependency with a template in it, and a package of the repository."""
    venv = tmp_path / "app" / ".venv"
    write(venv / SITE / "dependency/__init__.py", "X = 1\n")
    write(venv / SITE / "dependency/template.py", "class {{ name }}: ...\n")
    install(venv, "own", {"own/__init__.py": "Y = 2\n", "own/data.txt": "data"}, local=True)
    install(venv, "other", {"other.py": "Z = 3\n"}, local=False)
    return venv


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def install(venv: Path, name: str, sources: dict[str, str], *, local: bool) -> None:
    info = f"{name}-1.0.dist-info"
    sources = sources | {f"{info}/METADATA": f"Name: {name}\nVersion: 1.0\n"}
    if local:
        origin = {"url": "file:///src", "dir_info": {"editable": False}}
        sources |= {f"{info}/direct_url.json": json.dumps(origin), f"{info}/uv_cache.json": "{}"}
    record = "".join(f"{path},,\n" for path in [*sources, f"{info}/RECORD"])
    for path, text in (sources | {f"{info}/RECORD": record}).items():
        write(venv / SITE / path, text)


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_dependencies_are_compiled_and_what_is_no_python_is_left_alone(venv: Path) -> None:
    assert run("dependencies", venv).returncode == 0
    compiled = [path for path in below(venv / SITE) if path.endswith(".pyc")]
    assert compiled == [
        f"__pycache__/other.{TAG}.pyc",
        f"dependency/__pycache__/__init__.{TAG}.pyc",
        f"own/__pycache__/__init__.{TAG}.pyc",
    ]


def test_bytecode_names_no_time_and_is_not_checked_against_its_source(venv: Path) -> None:
    run("dependencies", venv)
    header = (venv / SITE / f"dependency/__pycache__/__init__.{TAG}.pyc").read_bytes()[:16]
    assert header[:4] == importlib.util.MAGIC_NUMBER
    assert header[4:8] == (0b01).to_bytes(4, "little")
    assert header[8:] == importlib.util.source_hash(b"X = 1\n")


def test_the_repositorys_own_packages_move_without_uvs_note(venv: Path, tmp_path: Path) -> None:
    assert run("own", venv, tmp_path / "out").returncode == 0
    moved = tmp_path / "out" / (venv / SITE).relative_to("/")
    assert below(moved) == [
        "own-1.0.dist-info/METADATA",
        "own-1.0.dist-info/RECORD",
        "own-1.0.dist-info/direct_url.json",
        "own/__init__.py",
        f"own/__pycache__/__init__.{TAG}.pyc",
        "own/data.txt",
    ]
    assert "uv_cache.json" not in (moved / "own-1.0.dist-info/RECORD").read_text()
    assert "other.py" in below(venv / SITE)


def test_sources_that_are_no_package_move_beside_the_environment(venv: Path, tmp_path: Path) -> None:
    write(tmp_path / "src/tool/__main__.py", "print('hello')\n")
    assert run("own", venv, tmp_path / "out", tmp_path / "src").returncode == 0
    moved = tmp_path / "out" / (tmp_path / "app/tool").relative_to("/")
    assert below(moved) == ["__main__.py", f"__pycache__/__main__.{TAG}.pyc"]


def test_every_fault_in_the_repositorys_own_code_is_told(venv: Path, tmp_path: Path) -> None:
    write(venv / SITE / "own/__init__.py", "def broken(:\n")
    write(tmp_path / "src/also.py", "x = = 1\n")
    done = run("own", venv, tmp_path / "out", tmp_path / "src")
    assert done.returncode == 1
    assert done.stderr.count("SyntaxError: invalid syntax") == 2
    assert f'File "{venv}/{SITE}/own/__init__.py", line 1' in done.stderr
    assert f'File "{tmp_path}/app/also.py", line 1' in done.stderr
