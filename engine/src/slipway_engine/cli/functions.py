"""`slipway functions`: what can be called, on the module or on what a function returns."""

from __future__ import annotations

from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.help import columns, options_help, summary
from slipway_engine.cli.names import listed, suggestion
from slipway_engine.cli.options import Options, early, read_flag
from slipway_engine.cli.render import write
from slipway_engine.cli.session import opened


async def functions(words: list[str]) -> int:
    """Print the table; gives the exit code."""
    async with opened(early(words, "functions")) as session:
        options = Options()
        names, at = [], 0
        while at < len(words):
            if not words[at].startswith("-"):
                names.append(words[at])
                at += 1
                continue
            after = read_flag(words, at, "functions", options)
            if after is None:
                msg = f"unknown flag: {words[at]}"
                raise UsageError(msg, "Run 'slipway functions --help' for usage.")
            at = after
        session.engine.progress.close()
        if options.help:
            text = "List the functions of the module, or of what a function returns.\n\n"
            write(f"{text}USAGE\n  slipway functions [function …]\n\nOPTIONS\n{options_help('functions')}")
            return 0
        kind = session.catalog.constructor().function.returns
        for name in names:
            members = await session.catalog.members(kind)
            if name not in members:
                msg = f'no function "{name}" in type "{session.catalog.title(kind.name)}"{suggestion(name, members)}'
                raise UsageError(msg, f"Functions: {listed(members)}")
            kind = members[name].function.returns
        members = await session.catalog.members(kind)
        if not members:
            msg = f"function {names[-1]!r} returns {kind}, which has no functions"
            raise UsageError(msg)
        rows = [("Name", "Description")]
        rows += [(word, summary(member)) for word, member in members.items()]
        write(columns(rows, indent=""))
    return 0
