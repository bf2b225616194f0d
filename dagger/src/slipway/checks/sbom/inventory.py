"""What an image has installed, as the packages that a bill of materials lists."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

# The expressions that are sure to be valid: whatever else a package calls its licence is told as
# a name, because a reader of SPDX refuses a document with one unknown identifier.
_KNOWN = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC-BY-4.0", "CC0-1.0",
    "GPL-2.0-or-later", "GPL-3.0-or-later", "HPND", "ISC", "LGPL-2.1-or-later",
    "LGPL-3.0-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1", "PSF-2.0",
    "Python-2.0", "Unlicense", "Zlib",
})  # fmt: skip
_WORD = re.compile(r"[\w.+-]+")
_OPERATORS = {"AND", "OR"}
_SAFE = ".-_~:"


@dataclass(frozen=True)
class Image:
    """The image that is described: its repository and digest, and its time in RFC 3339."""

    reference: str
    digest: str
    created: str

    @property
    def name(self) -> str:
        """The whole reference."""
        return f"{self.reference}@{self.digest}"

    @property
    def purl(self) -> str:
        """The package URL of the image."""
        name = self.reference.rpartition("/")[2]
        url = quote(self.reference, safe=_SAFE)
        return f"pkg:oci/{name}@{quote(self.digest, safe=_SAFE)}?repository_url={url}"


@dataclass(frozen=True)
class Package:
    """A package: what it is by its URL, and every place where it was found."""

    name: str
    version: str
    purl: str
    licence: str
    places: tuple[str, ...]

    @property
    def has_known_licence(self) -> bool:
        """Whether the licence is an expression of identifiers that SPDX has."""
        words = _WORD.findall(self.licence)
        names = [word for word in words if word not in _OPERATORS]
        return bool(names) and _KNOWN.issuperset(names) and "/" not in self.licence


def packages(text: str) -> list[Package]:
    """The packages of an inventory that the toolbox printed, one for each URL, sorted by it."""
    data = json.loads(text)
    found: dict[str, list[dict[str, str]]] = {}
    for each in data["packages"]:
        found.setdefault(_purl(each, data["os"]), []).append(each)
    return [
        Package(
            some[0]["name"],
            some[0]["version"],
            purl,
            next((each["licence"] for each in some if each.get("licence")), ""),
            tuple(dict.fromkeys(each["path"] for each in some)),
        )
        for purl, some in sorted(found.items())
    ]


def _purl(package: dict[str, str], system: dict[str, str]) -> str:
    kind, name = package["kind"], package["name"]
    version = quote(package["version"], safe=_SAFE)
    if kind == "deb":
        distribution = system["id"] or "debian"
        where = f"arch={package['architecture']}&distro={distribution}-{system['version']}"
        return f"pkg:deb/{distribution}/{quote(name, safe=_SAFE)}@{version}?{where}"
    if kind == "pypi":
        # Names that differ in case and in . _ - are one project.
        name = re.sub(r"[-_.]+", "-", name).lower()
    scope, slash, rest = name.partition("/")
    path = f"{quote(scope, safe=_SAFE)}{slash}{quote(rest, safe=_SAFE)}"
    return f"pkg:{kind}/{path}@{version}"
