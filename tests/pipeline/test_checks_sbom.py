"""The bill of materials of every image against what the tools inside of it list, and against the specifications."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.pipeline.conftest import SERVICES
from tests.support.commands import REPOSITORY, clone, run, slipway
from tests.support.toolbox import UV

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]

FORMATS = ("spdx", "cyclonedx")
PYTHON = "import importlib.metadata as m; [print(d.name, d.version) for d in m.distributions()]"
NODE = """
const fs = require("fs"), path = require("path"), found = new Set();
const walk = (folder) => { for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
  if (name.startsWith(".")) { if (name === ".pnpm") for (const each of fs.readdirSync(path.join(folder, name)))
    walk(path.join(folder, name, each, "node_modules")); continue; }
  if (name.startsWith("@")) { walk(path.join(folder, name)); continue; }
  const file = path.join(folder, name, "package.json");
  if (fs.existsSync(file)) { const p = JSON.parse(fs.readFileSync(file)); if (p.version) found.add(p.name + " " + p.version); }
  walk(path.join(folder, name, "node_modules"));
} };
walk("/app/node_modules"); console.log([...found].join("\\n"));
""".replace("\n", " ")
LISTINGS = {
    "api": [("pypi", ["python", "-c", PYTHON])],
    "bot": [("pypi", ["python", "-c", PYTHON])],
    "db": [],
    "web": [("npm", ["node", "-e", NODE])],
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone, so that everything is read from the same sources."""
    return clone(tmp_path_factory.mktemp("sbom") / "clone")


@pytest.fixture(scope="module")
def documents(repository: Path) -> dict[tuple[str, str], Path]:
    """Both documents of every image."""
    made = {}
    for service in SERVICES:
        for kind in FORMATS:
            path = repository.parent / f"{service}.{kind}.json"
            words = ("-s", "call", "-o", str(path), "sbom", "--service", service, "--format", kind)
            done = slipway(*words, cwd=repository)
            assert done.code == 0, done
            made[service, kind] = path
    return made


def _inside(repository: Path, service: str, *words: str) -> set[str]:
    # A list is commas and quotes to the command line: each word is quoted, and its quotes are doubled.
    arguments = ['--args="' + word.replace('"', '""') + '"' for word in words]
    words = ("-s", "call", "image", "--service", service, "with-exec", *arguments, "stdout")
    done = slipway(*words, cwd=repository)
    assert done.code == 0, done
    return set(done.out.split("\n")) - {""}


def _name(kind: str, text: str) -> str:
    name, version = text.split(" ", 1)
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    return f"{name} {version}"


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_missing(repository: Path, documents: dict[tuple[str, str], Path], service: str) -> None:
    components = json.loads(documents[service, "cyclonedx"].read_text())["components"]
    packages = json.loads(documents[service, "spdx"].read_text())["packages"]
    assert [c["purl"] for c in components] == [p["externalRefs"][0]["referenceLocator"] for p in packages[1:]]
    listed = [(c["purl"].partition(":")[2].partition("/")[0], f"{c['name']} {c['version']}") for c in components]
    debian = _inside(repository, service, "dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n")
    assert debian
    assert debian - {text for kind, text in listed if kind == "deb"} == set()
    for kind, command in LISTINGS[service]:
        wanted = {_name(kind, text) for text in _inside(repository, service, *command)}
        assert len(wanted) > 5
        assert wanted - {_name(kind, text) for other, text in listed if other == kind} == set()


def test_they_keep_to_their_specifications(documents: dict[tuple[str, str], Path]) -> None:
    script = REPOSITORY / "tests/support/validate_sbom.py"
    done = run(UV, "run", "--locked", "--script", script, *documents.values(), env={"UV_SYSTEM_CERTS": "1"})
    assert done.code == 0, done


def test_a_second_reading_gives_the_same_bytes(
    repository: Path, documents: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    # Another source of the module's, so that everything is asked again; the image is the same.
    with (repository / "dagger/src/slipway/checks/in_toolbox/inventory.py").open("a") as program:
        program.write(f"# {tmp_path}\n")
    again = tmp_path / "again.json"
    words = ("call", "-o", str(again), "sbom", "--service", "api", "--format", "spdx")
    done = slipway(*words, cwd=repository)
    assert done.code == 0, done
    assert "in_toolbox.inventory" in done.err, done
    assert again.read_bytes() == documents["api", "spdx"].read_bytes()
