# /// script
# requires-python = ">=3.11"
# dependencies = ["cyclonedx-python-lib[json-validation]==11.12.0", "spdx-tools==0.8.5"]
# ///
"""Whether documents keep to their specification: `uv run --locked --script validate_sbom.py FILE…`."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion  # type: ignore[import-not-found,unused-ignore]
from cyclonedx.validation.json import JsonStrictValidator  # type: ignore[import-not-found,unused-ignore]
from spdx_tools.spdx.parser.parse_anything import parse_file  # type: ignore[import-not-found,unused-ignore]
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document  # type: ignore[import-not-found,unused-ignore]


def problems(path: Path) -> list[str]:
    """What is wrong with a document; the name tells its format."""
    if path.name.endswith(".spdx.json"):
        return [message.validation_message for message in validate_full_spdx_document(parse_file(str(path)))]
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    return [str(error)] if error else []


if __name__ == "__main__":
    found = [f"{name}: {problem}" for name in sys.argv[1:] for problem in problems(Path(name))]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
