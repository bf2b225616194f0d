"""One command's engine and module, open while it works."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.cli.arguments import Arguments
from slipway_engine.cli.catalog import Catalog
from slipway_engine.cli.chain import Chain
from slipway_engine.cli.options import Options
from slipway_engine.cli.values import Values
from slipway_engine.engine import Engine
from slipway_engine.log import Mode, Progress
from slipway_engine.module import source
from slipway_engine.module.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    engine: Engine
    runtime: Runtime
    catalog: Catalog
    arguments: Arguments
    chain: Chain


@asynccontextmanager
async def opened(options: Options) -> AsyncIterator[Session]:
    """The module that the options name, loaded; its processes end with the block."""
    module = source.find(options.mod, Path.cwd())
    async with engine(options) as core:
        runtime = Runtime(core, module, debug=options.debug)
        try:
            catalog = Catalog(core, await runtime.types(), module.main)
            arguments = Arguments(Values(core, catalog, Path.cwd()), module, module.main)
            yield Session(core, runtime, catalog, arguments, Chain(runtime, catalog, arguments))
        finally:
            await runtime.close()


@asynccontextmanager
async def engine(options: Options) -> AsyncIterator[Engine]:
    """The engine alone, with the progress that the options ask for."""
    async with Engine.open(progress=Progress(_mode(options))) as core:
        yield core


def summarise(session: Session, started: float) -> None:
    """The last line of the progress: what was executed and what was already there."""
    counts = session.engine.log.counts
    executed = counts.get("exec", 0) + counts.get("call", 0)
    cached = counts.get("cached", 0)
    session.engine.progress.line(f"engine: {executed} executed, {cached} cached, {time.monotonic() - started:.1f} s")
    session.engine.progress.close()


def _mode(options: Options) -> Mode:
    if options.silent or options.quiet > 1:
        return "silent"
    return "plain" if options.progress == "plain" else "tty" if options.progress == "tty" else "auto"
