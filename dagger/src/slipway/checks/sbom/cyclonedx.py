"""CycloneDX 1.6 as JSON."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway.checks.sbom.inventory import Image, Package


def document(image: Image, packages: Sequence[Package]) -> str:
    """The document; the same packages of the same image give the same bytes."""
    described = {
        "type": "container",
        "bom-ref": image.purl,
        "name": image.reference,
        "version": image.digest,
        "hashes": [{"alg": "SHA-256", "content": image.digest.removeprefix("sha256:")}],
        "purl": image.purl,
    }
    tool = {"type": "application", "name": "slipway"}
    data = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # A serial number is unique to what it describes, not to the moment it was written.
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, image.purl).urn,
        "version": 1,
        "metadata": {
            "timestamp": image.created,
            "tools": {"components": [tool]},
            "component": described,
        },
        "components": [_component(package) for package in packages],
        "dependencies": [{"ref": image.purl, "dependsOn": [p.purl for p in packages]}],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _component(package: Package) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "evidence": {"occurrences": [{"location": f"/{place}"} for place in package.places]},
    }
    if package.has_known_licence:
        made["licenses"] = [{"expression": package.licence}]
    elif package.licence:
        made["licenses"] = [{"license": {"name": package.licence}}]
    return made
