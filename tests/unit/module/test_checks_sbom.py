"""What an image's own records say is installed, and the two documents that tell it."""

import json
from pathlib import Path

import pytest

from slipway.checks.in_toolbox.inventory import read
from slipway.checks.sbom import cyclonedx, spdx
from slipway.checks.sbom.inventory import Image, packages

STATUS = """Package: libssl3t64
Status: install ok installed
Architecture: amd64
Version: 3.5.1-1+deb13u1

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: base-files
Status: install ok installed
Architecture: amd64
Version: 2:13.8
"""
IMAGE = Image("ghcr.io/example/shop-api", f"sha256:{'a' * 64}", "2026-01-31T12:00:00Z")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root file system with a package of every kind, one of them twice."""
    files = {
        "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
        "var/lib/dpkg/status": STATUS,
        "app/.venv/lib/python3.13/site-packages/Foo_Bar-1.0.dist-info/METADATA": (
            "Metadata-Version: 2.4\nName: Foo_Bar\nVersion: 1.0\nLicense-Expression: MIT OR Apache-2.0\n\nText: x\n"
        ),
        "usr/lib/python3/dist-packages/old-0.1.egg-info": "Name: old\nVersion: 0.1\n",
        "app/node_modules/.pnpm/@a+b@2.0.0/node_modules/@a/b/package.json": (
            '{"name": "@a/b", "version": "2.0.0", "license": "SEE LICENSE IN x"}'
        ),
        "app/node_modules/@a/b/package.json": '{"name": "@a/b", "version": "2.0.0"}',
        "app/node_modules/c/package.json": '{"name": "c", "version": "1.0.0", "license": "MIT"}',
        "app/node_modules/c/dist/esm/package.json": '{"type": "module", "name": "inner", "version": "9"}',
        "app/node_modules/d/package.json": "{",
        "app/package.json": '{"name": "own", "version": "1.0.0"}',
        "usr/local/include/python3.13/patchlevel.h": '#define PY_VERSION      "3.13.18"\n',
        "usr/local/include/node/node_version.h": (
            "#define NODE_MAJOR_VERSION 24\n#define NODE_MINOR_VERSION 19\n#define NODE_PATCH_VERSION 0\n"
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_every_package_is_listed_once_by_its_url(root: Path) -> None:
    found = packages(json.dumps(read(root)))
    assert [each.purl for each in found] == [
        "pkg:deb/debian/base-files@2:13.8?arch=amd64&distro=debian-13",
        "pkg:deb/debian/libssl3t64@3.5.1-1%2Bdeb13u1?arch=amd64&distro=debian-13",
        "pkg:generic/node@24.19.0",
        "pkg:generic/python@3.13.18",
        "pkg:npm/%40a/b@2.0.0",
        "pkg:npm/c@1.0.0",
        "pkg:pypi/foo-bar@1.0",
        "pkg:pypi/old@0.1",
    ]
    twice = next(each for each in found if each.name == "@a/b")
    assert len(twice.places) == 2
    assert twice.licence == "SEE LICENSE IN x"


def test_the_same_files_give_the_same_bytes(root: Path) -> None:
    first, second = (packages(json.dumps(read(root))) for _ in range(2))
    for write in (spdx.document, cyclonedx.document):
        assert write(IMAGE, first) == write(IMAGE, second)


def test_spdx_names_the_image_and_what_it_contains(root: Path) -> None:
    document = json.loads(spdx.document(IMAGE, packages(json.dumps(read(root)))))
    image, *rest = document["packages"]
    assert document["name"] == f"ghcr.io/example/shop-api@{IMAGE.digest}"
    assert image["checksums"] == [{"algorithm": "SHA256", "checksumValue": "a" * 64}]
    assert len({each["SPDXID"] for each in rest}) == len(rest) == 8
    licences = {each["name"]: each["licenseDeclared"] for each in rest}
    assert licences["Foo_Bar"] == "MIT OR Apache-2.0"
    # No identifier of SPDX: a reader would refuse the whole document.
    assert licences["@a/b"] == "NOASSERTION"
    assert document["relationships"][0]["relationshipType"] == "DESCRIBES"
    assert len(document["relationships"]) == 9


def test_cyclonedx_names_the_image_and_what_it_contains(root: Path) -> None:
    document = json.loads(cyclonedx.document(IMAGE, packages(json.dumps(read(root)))))
    assert document["metadata"]["component"]["version"] == IMAGE.digest
    assert document["metadata"]["timestamp"] == "2026-01-31T12:00:00Z"
    by_name = {each["name"]: each for each in document["components"]}
    assert by_name["Foo_Bar"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert by_name["@a/b"]["licenses"] == [{"license": {"name": "SEE LICENSE IN x"}}]
    assert by_name["c"]["evidence"] == {"occurrences": [{"location": "/app/node_modules/c"}]}
