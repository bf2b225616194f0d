"""What a registry takes as a tag, and how the name of a branch becomes one."""

from __future__ import annotations

import re
from hashlib import sha256

LONGEST = 128
"""Characters that a tag may have."""

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_REPLACED = re.compile(r"[^A-Za-z0-9._-]+")
_HASH_DIGITS = 10


def is_tag(text: str) -> bool:
    """Whether every registry accepts this as a tag."""
    return _TAG.fullmatch(text) is not None


def sanitise(name: str) -> str:
    """Each run of characters that no tag may have becomes one hyphen; the rest stays.

    >>> sanitise("feature/login")
    'feature-login'
    """
    return _REPLACED.sub("-", name)


def branch_tag(template: str, branch: str) -> str:
    """The tag of a branch, always one that registries accept.

    Names that cannot be tags (a first character that is not allowed, too long, nothing left)
    are cut and get the hash of the branch's name, so that they stay apart.

    >>> branch_tag("branch-{branch}", "feature/login")
    'branch-feature-login'
    >>> branch_tag("{branch}", "#lead")
    'lead-28473507d6'
    """
    plain = sanitise(branch)
    tag = template.replace("{branch}", plain)
    if is_tag(tag) and plain.strip(".-"):
        return tag
    mark = "-" + sha256(branch.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    room = LONGEST - len(template.replace("{branch}", mark))
    kept = plain.strip(".-")[:room].rstrip(".-") or "branch"
    return template.replace("{branch}", kept + mark)
