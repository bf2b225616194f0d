"""The flags that every command has, wherever they stand among the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slipway_engine.cli.errors import UsageError, invalid


@dataclass(slots=True)
class Options:
    """What the flags said."""

    mod: str | None = None
    progress: str = "auto"
    output: str | None = None
    json: bool = False
    silent: bool = False
    quiet: int = 0
    verbose: int = 0
    debug: bool = False
    help: bool = False
    auto_apply: bool = False
    list: bool = False
    failfast: bool = False
    no_generate: bool = False
    all: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. `kind`: `str` takes a value, `bool` may, `count` is repeated."""

    name: str
    short: str
    kind: str
    text: str
    value: str = ""
    commands: frozenset[str] = field(default_factory=frozenset)

    @property
    def attribute(self) -> str:
        """The field of `Options`."""
        return self.name.replace("-", "_")


_CALLS = frozenset({"call"})
_CHECKS = frozenset({"check"})

FLAGS = (
    Flag("mod", "m", "str", "Module to load: its folder (default: the nearest dagger.json)", "path"),
    Flag(
        "output", "o", "str", "Save the result: a container as OCI tarball, a directory, a file, text", "path", _CALLS
    ),
    Flag("json", "j", "bool", "Print the result as JSON", "", _CALLS),
    Flag("auto-apply", "y", "bool", "Apply a returned changeset without asking", "", _CALLS),
    Flag("list", "l", "bool", "List the checks and run none", "", _CHECKS),
    Flag("failfast", "", "bool", "Stop at the first failure", "", _CHECKS),
    Flag("no-generate", "", "bool", "Leave out generators (the embedded engine always does)", "", _CHECKS),
    Flag("progress", "", "str", "What to show while working: auto, plain, tty", "mode"),
    Flag("silent", "s", "bool", "Show no progress"),
    Flag("quiet", "q", "count", "Show less progress"),
    Flag("verbose", "v", "count", "Show more progress"),
    Flag("debug", "d", "bool", "Show tracebacks of the module and of the engine"),
    Flag("help", "h", "bool", "Show this help"),
)
_PROGRESS = ("auto", "plain", "tty")


def flags_of(command: str) -> dict[str, Flag]:
    """The flags a command has, by long name."""
    return {flag.name: flag for flag in FLAGS if not flag.commands or command in flag.commands}


def read_flag(words: list[str], at: int, command: str, options: Options) -> int | None:
    """Read the flag at `words[at]` into `options`; gives the index after it, or None where it is not one of these."""
    known = flags_of(command)
    word = words[at]
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        flag = known.get(name)
        if flag is None:
            return None
        return _apply(flag, value if equals else None, words, at, options)
    shorts = {flag.short: flag for flag in known.values() if flag.short}
    for place, letter in enumerate(word[1:], 1):
        flag = shorts.get(letter)
        if flag is None:
            return None
        if flag.kind == "str":
            rest = word[place + 1 :].removeprefix("=")
            return _apply(flag, rest or None, words, at, options)
        _apply(flag, None, words, at, options)
    return at + 1


def early(words: list[str], command: str) -> Options:
    """The flags that matter before the module's types are known (`-m`, `-s`, `--progress`, `-d`), wherever they are."""
    options, at = Options(), 0
    while at < len(words):
        after = (
            read_flag(words, at, command, options)
            if words[at].startswith("-") and words[at] not in ("-", "--")
            else None
        )
        at = after or at + 1
    return options


def _apply(flag: Flag, value: str | None, words: list[str], at: int, options: Options) -> int:
    after = at + 1
    if flag.kind == "str" and value is None:
        if after >= len(words):
            msg = f"flag needs an argument: --{flag.name}"
            raise UsageError(msg)
        value = words[after]
        after += 1
    made: Any = value
    if flag.kind == "bool":
        made = boolean(value or "true", flag.name)
    elif flag.kind == "count":
        made = getattr(options, flag.attribute) + 1
    elif flag.name == "progress" and value not in _PROGRESS:
        msg = f"--progress {value}: should be one of {', '.join(_PROGRESS)}"
        raise UsageError(msg)
    setattr(options, flag.attribute, made)
    return after


def boolean(text: str, flag: str) -> bool:
    """A boolean as flags have it."""
    known = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    if text.lower() not in known:
        raise invalid(flag, text, "should be true or false")
    return known[text.lower()]
