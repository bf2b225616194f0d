"""Help, from the module's own documentation."""

from __future__ import annotations

import inspect
import json
import shutil
import textwrap

from slipway_engine.cli.catalog import Catalog, Member, can_be_flag
from slipway_engine.cli.names import kebab
from slipway_engine.cli.options import flags_of
from slipway_engine.cli.words import Sentence
from slipway_engine.module.definitions import Arg, TypeDef

COMMANDS = (
    ("call", "Call functions of the module and print what the last one gives"),
    ("functions", "List the functions of the module, or of what a function returns"),
    ("check", "Run the module's checks, all at once"),
    ("run", "Run any program with a session of the engine"),
    ("prune", "Empty the engine's cache"),
    ("version", "Print the versions"),
)

_VALUES = {
    "STRING_KIND": "string",
    "INTEGER_KIND": "int",
    "FLOAT_KIND": "float",
    "BOOLEAN_KIND": "",
}


def columns(rows: list[tuple[str, str]], indent: str = "  ") -> str:
    """Rows of two columns, the second wrapped to the terminal."""
    if not rows:
        return ""
    left = min(max(len(name) for name, _ in rows), 40)
    width = max(shutil.get_terminal_size((100, 24)).columns - left - len(indent) - 3, 30)
    out = []
    for name, text in rows:
        first, *rest = textwrap.wrap(text, width) or [""]
        head = f"{indent}{name:<{left}}" if len(name) <= left else f"{indent}{name}\n{indent}{'':<{left}}"
        out.append(f"{head}   {first}".rstrip())
        out += [f"{indent}{'':<{left}}   {line}" for line in rest]
    return "\n".join(out) + "\n"


def summary(member: Member) -> str:
    """The first line of a function's documentation; the core has none here: what it needs and what it gives."""
    lines = (line.strip() for line in member.function.description.splitlines())
    found = next((line for line in lines if line), "")
    if found or not member.core:
        return found or "-"
    args = ", ".join(f"--{name}" for name, arg in member.flags.items() if arg.required)
    return f"{args} → {member.function.returns}" if args else f"→ {member.function.returns}"


async def call_help(sentence: Sentence, catalog: Catalog) -> str:
    """What the last function of the sentence does, takes and leads to."""
    member = sentence.steps[-1].member
    following = await catalog.members(member.function.returns)
    parts = [_description(member, catalog)]
    usage = f"  {sentence.title}{' [arguments]' if member.flags else ''}"
    parts.append("USAGE\n" + usage + (" <function>" if following else "") + "\n")
    if member.flags:
        rows = [
            (f"--{name}{_value(arg.type, catalog)}", await _argument(arg, catalog))
            for name, arg in member.flags.items()
        ]
        parts.append("ARGUMENTS\n" + columns(rows))
    skipped = [kebab(arg.name) for arg in member.function.args if not can_be_flag(arg.type)]
    if skipped:
        parts.append(f"Arguments that no flag can hold: {', '.join(skipped)}\n")
    if following:
        parts.append("FUNCTIONS\n" + columns([(item.word, summary(item)) for item in following.values()]))
    parts.append("OPTIONS\n" + options_help(sentence.command))
    return "\n".join(part for part in parts if part)


def options_help(command: str) -> str:
    """The global flags of a command."""
    rows = []
    for flag in flags_of(command).values():
        short = f"-{flag.short}, " if flag.short else "    "
        rows.append((f"{short}--{flag.name}{' ' + flag.value if flag.value else ''}", flag.text))
    return columns(rows)


def main_help() -> str:
    """`slipway --help`."""
    return (
        "Ship containers from a repository to servers: Dagger modules, on a Dagger engine or the embedded one.\n\n"
        "USAGE\n  slipway <command> [words]\n\n"
        f"COMMANDS\n{columns(list(COMMANDS))}\n"
        f"OPTIONS\n{options_help('')}\n"
        "SLIPWAY_ENGINE=dagger|embedded chooses the engine; without it, dagger where it is on PATH.\n"
        "SLIPWAY_CACHE_DIR moves the embedded engine's cache.\n"
    )


def _description(member: Member, catalog: Catalog) -> str:
    if member.word:
        text = member.function.description
    else:
        main = catalog.types.object(catalog.main)
        text = catalog.types.description or (main.description if main else "")
    note = f"\nDeprecated: {member.function.deprecated}" if member.function.deprecated is not None else ""
    return (inspect.cleandoc(text) + note).strip() + "\n" if text or note else ""


def _value(kind: TypeDef, catalog: Catalog) -> str:
    element = kind.element or kind
    name = _VALUES.get(element.kind, catalog.title(element.name))
    if kind.element is not None:
        return f" {name or 'bool'},…"
    return f" {name}" if name else ""


async def _argument(arg: Arg, catalog: Catalog) -> str:
    parts = [" ".join(arg.description.split())]
    element = arg.type.element or arg.type
    if element.kind == "ENUM_KIND":
        enum = await catalog.enum(element.name)
        names = [member.name for member in enum.members] if enum else []
        parts.append(f"(one of {', '.join(names)})")
    if arg.required:
        parts.append("[required]")
    elif arg.default_path:
        parts.append(f"(default: {arg.default_path})")
    elif arg.default_address:
        parts.append(f"(default: {arg.default_address})")
    elif arg.default not in (None, "null", '""', "[]"):
        parts.append(f"(default: {_shown(str(arg.default))})")
    if arg.deprecated is not None:
        parts.append(f"[deprecated: {arg.deprecated}]")
    return " ".join(part for part in parts if part)


def _shown(default: str) -> str:
    try:
        value = json.loads(default)
    except ValueError:  # a name of a core enum
        return default
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
