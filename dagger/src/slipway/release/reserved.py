"""Tags with a meaning of their own, which the name of a branch must not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipway.config import Tags

LATEST = "latest"
VERSIONS = "versions"

# Also what is read as a version, whatever templates are configured today: 1.2, v1.2.3, 1.2.3-rc.1.
_LIKE_A_VERSION = r"v?[0-9]+\.[0-9]+(?:\.[0-9]+(?:-[0-9A-Za-z.-]+)?)?"
_SHAPES = {
    "{sha}": "[0-9a-f]{7,40}",
    "{number}": "[0-9]+",
    "{version}": r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?",
    "{major}": "[0-9]+",
    "{minor}": "[0-9]+",
    "{patch}": "[0-9]+",
}
_PLACEHOLDER = re.compile(r"(\{[a-z]+\})")


def kept_for(tag: str, rules: Tags) -> str | None:
    """What a tag is kept for, or `None` where a branch may have it.

    Kept are `latest`, `sha-*`, `pr-*`, versions, and what the configured templates make.
    """
    if tag == LATEST:
        return "the default branch"
    if tag.startswith("sha-") or _made_by(rules.sha, tag):
        return "commits"
    if tag.startswith("pr-") or (rules.pull_request and _made_by(rules.pull_request, tag)):
        return "pull requests"
    if re.fullmatch(_LIKE_A_VERSION, tag) or any(_made_by(text, tag) for text in rules.versions):
        return VERSIONS
    return None


def _made_by(template: str, tag: str) -> bool:
    parts = _PLACEHOLDER.split(template)
    return re.fullmatch("".join(_SHAPES.get(p) or re.escape(p) for p in parts), tag) is not None
