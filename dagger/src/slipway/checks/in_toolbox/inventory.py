"""What is installed in the root file system of an image, read from its own records.

Debian packages from dpkg, Python distributions from their metadata, Node.js packages from their
manifests, and the two interpreters, which official images bring outside of dpkg.
"""

from __future__ import annotations

import json
import os
import re
import sys
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = {"proc", "sys", "dev"}
_PACKAGE = re.compile(r"(^|/)node_modules/(?:@[^/]+/)?[^/@.][^/]*$")
_PYTHON = re.compile(r'#define PY_VERSION\s+"([^"]+)"')
_NODE = re.compile(r"#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)")


def read(root: Path) -> dict[str, Any]:
    """The distribution and every package, sorted: kind, name, version, licence, place."""
    found = [*_debian(root), *_interpreters(root)]
    for folder, folders, files in os.walk(root):
        here = os.path.relpath(folder, root)
        if here == ".":
            folders[:] = [name for name in folders if name not in _SKIPPED]
        folders.sort()
        for name in folders:
            if name.endswith((".dist-info", ".egg-info")):
                found += _python(root, Path(folder) / name)
        found += [
            package
            for name in files
            if name.endswith(".egg-info")
            for package in _python(root, Path(folder) / name)
        ]
        if "package.json" in files and _PACKAGE.search(here):
            found += _node_package(root, Path(folder) / "package.json")
    return {"os": _os(root), "packages": sorted(found, key=lambda package: sorted(package.items()))}


def _package(kind: str, name: str, version: str, path: str, licence: str = "") -> dict[str, str]:
    made = {"kind": kind, "name": name, "version": version, "path": path}
    return {**made, "licence": licence} if licence else made


def _os(root: Path) -> dict[str, str]:
    for name in ("etc/os-release", "usr/lib/os-release"):
        path = root / name
        if path.is_file() and not path.is_symlink():
            pairs = (line.partition("=") for line in path.read_text().splitlines())
            values = {key: value.strip('"') for key, _, value in pairs}
            return {"id": values.get("ID", ""), "version": values.get("VERSION_ID", "")}
    return {"id": "", "version": ""}


def _debian(root: Path) -> Iterator[dict[str, str]]:
    records = [root / "var/lib/dpkg/status", *sorted((root / "var/lib/dpkg").glob("status.d/*"))]
    for path in records:
        if not path.is_file():
            continue
        where = path.relative_to(root).as_posix()
        for stanza in path.read_text(encoding="utf-8", errors="replace").split("\n\n"):
            fields = HeaderParser().parsestr(stanza.lstrip("\n"))
            name, version = fields["Package"], fields["Version"]
            state = fields["Status"] or "install ok installed"
            if name and version and state.endswith(" installed"):
                made = _package("deb", name, version, where)
                yield {**made, "architecture": fields["Architecture"] or "all"}


def _python(root: Path, path: Path) -> Iterator[dict[str, str]]:
    for record in (path / "METADATA", path / "PKG-INFO", path):
        if record.is_file():
            fields = HeaderParser().parsestr(record.read_text(encoding="utf-8", errors="replace"))
            if fields["Name"] and fields["Version"]:
                licence = fields["License-Expression"] or ""
                place = path.relative_to(root).as_posix()
                yield _package("pypi", fields["Name"], fields["Version"], place, licence)
            return


def _node_package(root: Path, path: Path) -> Iterator[dict[str, str]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        return
    name, version = data.get("name"), data.get("version")
    # Next.js keeps compiled copies with no version, and folders that only name a module type.
    if isinstance(name, str) and isinstance(version, str):
        licence = data.get("license")
        place = path.parent.relative_to(root).as_posix()
        yield _package("npm", name, version, place, licence if isinstance(licence, str) else "")


def _interpreters(root: Path) -> Iterator[dict[str, str]]:
    for path in sorted(root.glob("usr/local/include/python3*/patchlevel.h")):
        if match := _PYTHON.search(path.read_text()):
            yield _package("generic", "python", match[1], path.relative_to(root).as_posix())
    header = root / "usr/local/include/node/node_version.h"
    if header.is_file():
        parts = dict(_NODE.findall(header.read_text()))
        version = ".".join(parts[name] for name in ("MAJOR", "MINOR", "PATCH"))
        yield _package("generic", "node", version, header.relative_to(root).as_posix())


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
