"""Running checks: every command at once and to its end, every failure told."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import dagger

from slipway.checks.commands import COVERAGE, JUNIT
from slipway.checks.jobs import Job, jobs
from slipway.checks.reading import Output, read, text_of
from slipway.checks.results import Result, Verdict, summarised
from slipway.errors import CheckError
from slipway.running import run_all
from slipway.table import table

if TYPE_CHECKING:
    from slipway.checks.jobs import Wanted
    from slipway.config import Config

_HEADER = ("SERVICE", "CHECK", "COMMAND", "RESULT", "SECONDS")
_STARTED = "/reports/started"
# The time of a run is kept with its result: a cache may answer with the result of an earlier one.
_PROGRAM = "/opt/slipway/check"
_SCRIPT = f"""#!/bin/sh
mkdir -p /reports && date +%s >{_STARTED} && exec "$@"
"""


def judged(found: list[Result]) -> str:
    """The table of results that all passed.

    Raises:
        CheckError: at least one did not; it holds them all.

    """
    bad = [r for r in found if r.verdict in {Verdict.FOUND, Verdict.COULD_NOT_RUN}]
    if bad:
        raise CheckError(summarised(found), [result.told() for result in bad])
    lines = [
        (r.scope, r.check, r.command, r.verdict.value, f"{r.seconds:.1f}")
        if r.command
        else (r.scope, r.check, "-", r.verdict.value, "")
        for r in found
    ]
    return table(_HEADER, lines, numbers=("SECONDS",))


async def results(
    source: dagger.Directory, config: Config, wanted: Wanted, *, again: bool = True
) -> list[Result]:
    """Run everything that is wanted, in parallel.

    A failed test run and a tool that could not run are repeated where a cache answers with the
    failure of an earlier call, unless `again` is false; a linter would only say the same again.
    """
    begun = time.time()
    today = wanted.today or dt.datetime.now(tz=dt.UTC).date().isoformat()
    planned = await jobs(source, config, replace(wanted, today=today))
    since = begun if again else 0.0
    work = {
        index: partial(_run, job, since)
        for index, job in enumerate(planned)
        if job.command is not None
    }
    outcomes = await run_all(work)
    found = []
    for index, job in enumerate(planned):
        bare = Result(job.scope, job.check, job.shown, Verdict.NONE)
        if index not in outcomes:
            found.append(bare)
            continue
        outcome = outcomes[index]
        # Whatever raises is on the way to the command, not its own answer.
        lame = replace(bare, verdict=Verdict.COULD_NOT_RUN, output=outcome.failure)
        found.append(replace(outcome.value or lame, seconds=outcome.seconds))
    return found


async def _run(job: Job, since: float) -> Result:
    result, started = await _execute(job, "")
    # Whole seconds: a run of this very second may be this call's own.
    if started < int(since) and _is_worth_repeating(result):
        result, _ = await _execute(job, str(since))
    return result


def _is_worth_repeating(result: Result) -> bool:
    failed_tests = result.verdict is Verdict.FOUND and result.check == "test"
    return failed_tests or result.verdict is Verdict.COULD_NOT_RUN


async def _execute(job: Job, nonce: str) -> tuple[Result, int]:
    """Run a command; gives its result and when it began, in whole seconds of the epoch."""
    if job.container is None or job.command is None:
        raise AssertionError(job.check)
    container, command = await job.container(), job.command
    if nonce:
        container = container.with_env_variable("SLIPWAY_AGAIN", nonce)
    container = container.with_new_file(_PROGRAM, _SCRIPT, permissions=0o755)
    # Once: each question that follows would else send all of it again.
    ran = await container.with_exec([_PROGRAM, *command.words], expect=dagger.ReturnType.ANY).sync()
    code = await ran.exit_code()
    started = int(await ran.file(_STARTED).contents())
    bare = Result(job.scope, job.check, job.shown, Verdict.PASSED)
    junit = await _report(ran, JUNIT) if job.check == "test" else ""
    if code == 0:
        return replace(bare, junit=junit), started
    coverage = await _report(ran, COVERAGE) if job.check == "test" else ""
    output = Output(await ran.stdout(), await ran.stderr(), junit, coverage)
    said = text_of(output)
    lame = replace(bare, verdict=Verdict.COULD_NOT_RUN, junit=junit)
    if not command.has_found(code):
        lame_said = f"`{job.shown}` ended with exit code {code}\n{said}"
        return replace(lame, output=lame_said), started
    try:
        findings, text = read(command.reader, output, job.place)
    except ValueError as error:
        return replace(lame, output=f"`{job.shown}`: {error}\n{said}"), started
    return replace(
        bare, verdict=Verdict.FOUND, findings=findings, output=text, junit=junit
    ), started


async def _report(container: dagger.Container, path: str) -> str:
    """A file that a command may have written."""
    try:
        return await container.file(path).contents()
    except dagger.QueryError:
        return ""
