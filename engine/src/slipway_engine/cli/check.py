"""`slipway check`: run all checks at once, report every one."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass

from slipway_engine.cli.checks import Check, choose, find, row
from slipway_engine.cli.errors import ChecksFailedError, UsageError
from slipway_engine.cli.help import columns, options_help
from slipway_engine.cli.names import kebab
from slipway_engine.cli.options import Options, early, read_flag
from slipway_engine.cli.render import write
from slipway_engine.cli.report import describe
from slipway_engine.cli.session import Session, opened, summarise
from slipway_engine.cli.words import Step
from slipway_engine.errors import SlipwayError

_COULD_NOT_RUN = "could not run"
_STYLES = {"passed": "green", "failed": "red", "skipped": "yellow", _COULD_NOT_RUN: "magenta"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    check: Check
    seconds: float
    error: SlipwayError | None = None
    skipped: bool = False

    @property
    def word(self) -> str:
        """How it ended in the table. A module says "could not run" first, where nothing was found out."""
        if self.error is None:
            return "skipped" if self.skipped else "passed"
        message = str(self.error).removeprefix("FunctionError: ")
        return _COULD_NOT_RUN if message.startswith(f"{_COULD_NOT_RUN}:") else "failed"


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
        every = [found async for found in find(session, session.catalog.constructor().function.returns, module, ())]
        chosen = choose(every, patterns, module)
        if options.list:
            session.engine.progress.close()
            write(columns([row(item) for item in chosen], indent=""))
            return 0
        runnable = _runnable(session, chosen, named=bool(patterns))
        outcomes = await _run_all(session, runnable, failfast=options.failfast)
        summarise(session, started)
        _report(outcomes)
    said = summary_of(outcomes)
    if said:
        raise ChecksFailedError(said)
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


def _runnable(session: Session, chosen: list[Check], *, named: bool) -> list[Check]:
    """Those that need no flag. One that was asked for by name and needs one is an error: the original drops it."""
    for item in chosen:
        flags = ", ".join(f"--{flag}" for flag in item.lacking)
        if flags and named:
            msg = f"check {item.name} needs {flags}, which `check` cannot give; use `slipway call`"
            raise UsageError(msg)
        if flags:
            session.engine.progress.line(f"{item.name}: left out, it needs {flags}")
    runnable = [item for item in chosen if not item.lacking]
    if not runnable:
        msg = f"module {session.runtime.module.name} has no checks; mark a function with @check"
        raise UsageError(msg)
    return runnable


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
        value = await session.chain.follow(
            [Step(session.catalog.constructor()), *(Step(member) for member in item.path)]
        )
        await session.chain.evaluate(value)
    except SlipwayError as error:
        return Outcome(item, time.monotonic() - started, error)
    return Outcome(item, time.monotonic() - started)


def summary_of(outcomes: list[Outcome]) -> str:
    """One line on what did not pass; empty where everything did, or was skipped."""
    parts = []
    failed = [outcome.check.name for outcome in outcomes if outcome.word == "failed"]
    if failed:
        parts.append(f"{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}")
    lame = [outcome.check.name for outcome in outcomes if outcome.word == _COULD_NOT_RUN]
    if lame:
        parts.append(f"{_COULD_NOT_RUN}: {', '.join(lame)}")
    return "; ".join(parts)


def _report(outcomes: list[Outcome]) -> None:
    """Every failure in full, then one table, on standard error: the original prints nothing on standard output."""
    from rich.console import Console
    from rich.table import Table

    for outcome in outcomes:
        if outcome.error is not None:
            sys.stderr.write(f"\n{outcome.check.name}: {describe(outcome.error)}\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Check")
    table.add_column("Result")
    table.add_column("Seconds", justify="right")
    for outcome in outcomes:
        style = _STYLES[outcome.word]
        table.add_row(outcome.check.name, f"[{style}]{outcome.word}[/]", f"{outcome.seconds:.1f}")
    console = Console(stderr=True)
    console.print()
    console.print(table)
