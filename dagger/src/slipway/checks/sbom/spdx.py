"""SPDX 2.3 as JSON."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway.checks.sbom.inventory import Image, Package

_UNKNOWN = "NOASSERTION"
_ROOT = "SPDXRef-image"


def document(image: Image, packages: Sequence[Package]) -> str:
    """The document; the same packages of the same image give the same bytes."""
    digest = image.digest.removeprefix("sha256:")
    described = {
        "SPDXID": _ROOT,
        "name": image.reference,
        "versionInfo": image.digest,
        "primaryPackagePurpose": "CONTAINER",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
        **_common(image.purl),
    }
    ids = [_id(package) for package in packages]
    relations = [_relation("SPDXRef-DOCUMENT", "DESCRIBES", _ROOT)]
    relations += [_relation(_ROOT, "CONTAINS", each) for each in ids]
    data = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": image.name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{image.reference}-{digest}",
        "creationInfo": {"created": image.created, "creators": ["Tool: slipway"]},
        "packages": [
            described,
            *(_package(i, package) for i, package in zip(ids, packages, strict=True)),
        ],
        "relationships": relations,
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _package(identity: str, package: Package) -> dict[str, Any]:
    made = {
        "SPDXID": identity,
        "name": package.name,
        "versionInfo": package.version,
        "sourceInfo": f"found in {', '.join(package.places)}",
        **_common(package.purl),
    }
    if package.has_known_licence:
        made["licenseDeclared"] = package.licence
    elif package.licence:
        made["licenseComments"] = f"The package calls its licence: {package.licence}"
    return made


def _common(purl: str) -> dict[str, Any]:
    reference = {
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": purl,
    }
    return {
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "licenseConcluded": _UNKNOWN,
        "licenseDeclared": _UNKNOWN,
        "copyrightText": _UNKNOWN,
        "externalRefs": [reference],
    }


def _id(package: Package) -> str:
    """An identifier may hold letters, digits, dots and hyphens only; URLs are unique."""
    return f"SPDXRef-{hashlib.sha256(package.purl.encode()).hexdigest()[:20]}"


def _relation(element: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other}
