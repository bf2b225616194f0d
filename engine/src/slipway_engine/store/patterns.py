"""Include and exclude patterns as the engine's file sync reads them (github.com/moby/patternmatcher).

Patterns are anchored at the root; `*` stays within one name, `**` crosses them; a pattern that matches a folder
matches all below it; `!` makes an exception; the last match wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from slipway_engine.errors import InputError
from slipway_engine.store.tree import clean

Keep = Callable[[str, bool], bool]


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    out, i = "", 0
    while i < len(pattern):
        char = pattern[i]
        if pattern.startswith("**", i):
            i += 2
            if pattern.startswith("/", i):
                i += 1
                out += "(?:.*/)?"
            else:
                out += ".*"
            continue
        if char == "*":
            out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[":
            end = pattern.find("]", i + 2)
            if end == -1:
                msg = f"pattern {pattern!r}: '[' is not closed"
                raise InputError(msg)
            out += pattern[i : end + 1].replace("[!", "[^", 1)
            i = end
        elif char == "\\" and i + 1 < len(pattern):
            i += 1
            out += re.escape(pattern[i])
        else:
            out += re.escape(char)
        i += 1
    return re.compile(out + r"\Z")


class Patterns:
    """A list of patterns, in order, with exceptions."""

    def __init__(self, patterns: list[str] | tuple[str, ...]) -> None:
        self.rules: list[tuple[bool, str, re.Pattern[str]]] = []
        for raw in patterns:
            text = raw.strip()
            negated = text.startswith("!")
            body = clean(text[1:] if negated else text)
            if body:
                self.rules.append((negated, body, _regex(body)))
        # Without exceptions the order does not matter, and one expression decides.
        plain = not any(negated for negated, _, _ in self.rules)
        self._any = re.compile("|".join(rule[2].pattern for rule in self.rules) or "(?!)") if plain else None
        self._folders: dict[str, tuple[bool, ...]] = {"": (False,) * len(self.rules)}

    def matches(self, path: str) -> bool:
        """Whether the path, or a folder above it, is matched after all exceptions."""
        if self._any is None:
            return self._last(path) is False
        return self._any.match(path) is not None or True in self._hits(path.rpartition("/")[0])

    def may_match_below(self, folder: str, *, negated: bool) -> bool:
        """Whether a rule of that sign could still decide over something below `folder`.

        The last rule that matches wins, so exceptions that stand before the rule that excluded the folder are void.
        """
        depth = folder.count("/") + 1
        hits = self._hits(folder)
        start = max((index for index, hit in enumerate(hits) if hit), default=-1) + 1 if negated else 0
        for sign, body, _ in self.rules[start:]:
            if sign is not negated:
                continue
            parts = body.split("/")
            head = parts[:depth]
            if "**" in head or (len(parts) > depth and _regex("/".join(head)).match(folder)):
                return True
        return False

    def _last(self, path: str) -> bool | None:
        """The sign of the last rule that matches (False: a plain pattern), or None."""
        above = self._hits(path.rpartition("/")[0])
        for index in range(len(self.rules) - 1, -1, -1):
            if above[index] or self.rules[index][2].match(path):
                return self.rules[index][0]
        return None

    def _hits(self, folder: str) -> tuple[bool, ...]:
        """Which rules match a folder or one above it; remembered, since every path below asks."""
        found = self._folders.get(folder)
        if found is None:
            above = self._hits(folder.rpartition("/")[0])
            pairs = zip(above, self.rules, strict=True)
            found = tuple(hit or rule[2].match(folder) is not None for hit, rule in pairs)
            self._folders[folder] = found
        return found


def selector(include: list[str] | None, exclude: list[str] | None) -> Keep | None:
    """The test for one path, or None where everything is kept."""
    wanted = Patterns(include) if include else None
    unwanted = Patterns(exclude) if exclude else None
    if wanted is None and unwanted is None:
        return None

    def keep(path: str, is_folder: bool) -> bool:
        if unwanted is not None and unwanted.matches(path):
            return False
        # A folder is kept for what is in it, unless it is itself asked for.
        return wanted is None or wanted.matches(path)

    return keep


def enters(include: list[str] | None, exclude: list[str] | None) -> Callable[[str], bool]:
    """Whether a folder can hold anything that `selector` keeps: what need not be read is not read."""
    wanted = Patterns(include) if include else None
    unwanted = Patterns(exclude) if exclude else None

    def enter(folder: str) -> bool:
        if unwanted is not None and unwanted.matches(folder) and not unwanted.may_match_below(folder, negated=True):
            return False
        return wanted is None or wanted.matches(folder) or wanted.may_match_below(folder, negated=False)

    return enter
