"""`slipway check`: run all checks at once, report every one."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from fnmatch import fnmatch

from slipway_engine.cli.call import write
from slipway_engine.cli.catalog import Member
from slipway_engine.cli.errors import ChecksFailed, UsageError
from slipway_engine.cli.help import columns, options_help, summary
from slipway_engine.cli.names import kebab, listed, suggestion
from slipway_engine.cli.options import Options, early, read_flag
from slipway_engine.cli.report import describe
from slipway_engine.cli.session import Session, opened, summarise
from slipway_engine.cli.words import Step
from slipway_engine.errors import SlipwayError
from slipway_engine.module.definitions import TypeDef

_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Check:
    """A check and the functions that lead to it. `lacking` names flags that it needs and nobody can give."""

    name: str
    path: tuple[Member, ...]
    lacking: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """The first line of its documentation."""
        return summary(self.path[-1])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    check: Check
    seconds: float
    error: SlipwayError | None = None
    skipped: bool = False


async def check(words: list[str]) -> int:
    """Run the command; gives the exit code."""
    started = time.monotonic()
    async with opened(early(words, "check")) as session:
        options, patterns = _read(words)
        if options.help:
            session.engine.progress.close()
            text = "Run the module's checks, all at once: every failure is reported. Exit code 1 when one fails.\n\n"
            write(f"{text}USAGE\n  slipway check [pattern …]\n\nOPTIONS\n{options_help('check')}")
            return 0
        module = kebab(session.runtime.module.name)
        every = [found async for found in _find(session, session.catalog.constructor().function.returns, module, ())]
        chosen = _choose(every, patterns, module)
        if options.list:
            session.engine.progress.close()
            write(columns([(item.name, _listed(item)) for item in chosen], indent=""))
            return 0
        runnable = [item for item in chosen if not item.lacking]
        for item in chosen:
            if item.lacking and not patterns:
                session.engine.progress.line(f"{item.name}: left out, it needs --{', --'.join(item.lacking)}")
            elif item.lacking:
                msg = f"check {item.name} needs --{', --'.join(item.lacking)}, which `check` cannot give; use `slipway call`"
                raise UsageError(msg)
        if not runnable:
            msg = f"module {module} has no checks; mark a function with @check"
            raise UsageError(msg)
        outcomes = await _run_all(session, runnable, failfast=options.failfast)
        summarise(session, started)
        _report(outcomes)
    failed = [outcome.check.name for outcome in outcomes if outcome.error is not None]
    if failed:
        msg = f"{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}"
        raise ChecksFailed(msg)
    return 0


def _read(words: list[str]) -> tuple[Options, list[str]]:
    options, patterns, at = Options(), [], 0
    while at < len(words):
        if not words[at].startswith("-"):
            patterns.append(words[at])
            at += 1
            continue
        after = read_flag(words, at, "check", options)
        if after is None:
            msg = f"unknown flag: {words[at]}"
            raise UsageError(msg, "Run 'slipway check --help' for usage.")
        at = after
    return options, patterns


async def _find(session: Session, kind: TypeDef, prefix: str, path: tuple[Member, ...]) -> AsyncIterator[Check]:
    """The checks of a type, and those of the objects its functions give without arguments."""
    if len(path) >= _DEPTH or not session.catalog.is_stored(kind):
        return
    owner = session.catalog.types.object(kind.name)
    assert owner is not None
    for word, member in (await session.catalog.members(kind)).items():
        steps = (*path, member)
        lacking = tuple(session.arguments.missing(member))
        if member.function.check:
            yield Check(f"{prefix}:{word}", steps, lacking)
        elif not lacking and member.function.returns.name not in {kind.name, *(item.owner for item in path)}:
            async for found in _find(session, member.function.returns, f"{prefix}:{word}", steps):
                yield found


def _choose(every: list[Check], patterns: list[str], module: str) -> list[Check]:
    """Those that a pattern names, with or without the module; `a` also names `a:b`. An unknown one is an error."""
    chosen: list[Check] = []
    for pattern in patterns:
        full = pattern if pattern.startswith(f"{module}:") else f"{module}:{pattern}"
        found = [item for item in every if fnmatch(item.name, full) or item.name.startswith(f"{full}:")]
        if not found and pattern != module:
            names = [item.name.removeprefix(f"{module}:") for item in every]
            msg = f"no check matches {pattern!r}{suggestion(pattern, names)}"
            raise UsageError(msg, f"Checks: {listed(names)}")
        chosen += found or every
    return sorted(set(chosen) if patterns else every, key=lambda item: item.name)


def _listed(item: Check) -> str:
    return f"{item.description} (needs --{', --'.join(item.lacking)})" if item.lacking else item.description


async def _run_all(session: Session, checks: list[Check], *, failfast: bool) -> list[Outcome]:
    running = [asyncio.ensure_future(_run(session, item)) for item in checks]
    try:
        if failfast:
            pending: set[asyncio.Future[Outcome]] = set(running)
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                if any(item.result().error for item in done):
                    break
        else:
            await asyncio.gather(*running)
    finally:
        for item in running:
            item.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return [
        Outcome(item, 0.0, skipped=True) if task.cancelled() else task.result()
        for item, task in zip(checks, running, strict=True)
    ]


async def _run(session: Session, item: Check) -> Outcome:
    started = time.monotonic()
    try:
        value = await session.chain.follow([Step(session.catalog.constructor()), *(Step(member) for member in item.path)])
        await session.chain.evaluate(value)
    except SlipwayError as error:
        return Outcome(item, time.monotonic() - started, error)
    return Outcome(item, time.monotonic() - started)


def _report(outcomes: list[Outcome]) -> None:
    """Every failure in full, then one table, on standard error: the original prints nothing on standard output."""
    from rich.console import Console
    from rich.table import Table

    for outcome in outcomes:
        if outcome.error is not None:
            print(f"\n{outcome.check.name}: {describe(outcome.error)}", file=sys.stderr)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Check")
    table.add_column("Result")
    table.add_column("Seconds", justify="right")
    for outcome in outcomes:
        word, style = ("failed", "red") if outcome.error else ("skipped", "yellow") if outcome.skipped else ("passed", "green")
        table.add_row(outcome.check.name, f"[{style}]{word}[/]", f"{outcome.seconds:.1f}")
    console = Console(stderr=True)
    console.print()
    console.print(table)
