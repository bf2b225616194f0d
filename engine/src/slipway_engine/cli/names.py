"""Names as the command line spells them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9])|(?<=[A-Z])(?=[A-Z][a-z])")


def kebab(name: str) -> str:
    """`with_exec`, `withExec` → `with-exec`; digits stand alone, as in the original: `e2e` → `e-2-e`."""
    return re.sub(r"[-_ .]+", "-", _BOUNDARY.sub("-", name)).strip("-").lower()


def camel(name: str) -> str:
    """`with_exec` → `withExec`."""
    head, *rest = [part for part in re.split(r"[-_ .]+", name) if part] or [""]
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def plain(name: str) -> str:
    """What is left of a name for comparing across spellings: `PUBLISH_TAG`, `publishTag` → `publishtag`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for a near miss, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def listed(known: Iterable[str], empty: str = "none") -> str:
    """Names in a row."""
    return ", ".join(sorted(known)) or empty
