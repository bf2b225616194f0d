"""Scanning the images of services: a gate by severity, and the reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import dagger
from dagger import dag

from slipway.checks.in_toolbox import ignores
from slipway.checks.reading import Output, text_of
from slipway.checks.results import Result, Verdict
from slipway.checks.scan import trivy
from slipway.config import FILE
from slipway.errors import InputError
from slipway.images.facts import read_facts
from slipway.images.image import Image, image
from slipway.images.labels import Commit
from slipway.running import run_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from slipway.checks.results import Finding
    from slipway.checks.scan.gate import Gate
    from slipway.config import Config, Service

    Judge = Callable[[str], list[Finding]]


async def scan(
    source: dagger.Directory, config: Config, services: list[Service], gate: Gate
) -> list[Result]:
    """Scan the images in parallel."""
    ignored = await _ignored(source)
    text = await source.file(FILE).contents()
    facts = await read_facts(source, services)
    today = dt.datetime.now(tz=dt.UTC).date()
    work = {}
    for service in services:
        # Without a commit: the labels say nothing about what is inside.
        made = image(source, config.project, service, facts[service.name], Commit())
        lines = text.splitlines()
        header = f"[services.{service.name}]"
        line = next((n for n, each in enumerate(lines, 1) if each.strip() == header), 1)
        judge = partial(
            trivy.findings,
            place=(FILE, line),
            gate=(trivy.severe(gate.severity), gate.only_fixed),
            ignored=(ignored, today),
        )
        bare = Result(service.name, "scan", "trivy image", Verdict.PASSED)
        work[service.name] = partial(_scan, made, gate.database, judge, bare)
    outcomes = await run_all(work)
    return [
        outcome.value
        or Result(
            name, "scan", "trivy image", Verdict.COULD_NOT_RUN, outcome.seconds, (), outcome.failure
        )
        for name, outcome in outcomes.items()
    ]


async def _scan(made: dagger.Container, mirror: str, judge: Judge, bare: Result) -> Result:
    today = dt.datetime.now(tz=dt.UTC).date()
    scanner = (
        dag.container()
        .from_(trivy.IMAGE)
        .with_mounted_cache(trivy.CACHE, dag.cache_volume("trivy"))
        .with_env_variable("SLIPWAY_DATABASE_OF", today.isoformat())
        .with_exec(trivy.database(mirror))
    )
    try:
        await scanner.sync()
    except dagger.ExecError as error:
        return _lame(bare, "the database of vulnerabilities is not to be had", error)
    scanned = scanner.with_mounted_file(trivy.ARCHIVE, Image((made,)).as_tarball()).with_exec(
        trivy.scan()
    )
    try:
        report = await scanned.file(trivy.REPORT).contents()
        found = tuple(judge(report))
    except dagger.ExecError as error:
        return _lame(bare, "Trivy failed", error)
    except ValueError as error:
        return replace(bare, verdict=Verdict.COULD_NOT_RUN, output=str(error))
    return replace(bare, verdict=Verdict.FOUND if found else Verdict.PASSED, findings=found)


def _lame(bare: Result, why: str, error: dagger.ExecError) -> Result:
    said = text_of(Output(error.stdout, error.stderr))
    output = f"{why}: exit code {error.exit_code}\n{said}"
    return replace(bare, verdict=Verdict.COULD_NOT_RUN, output=output)


async def _ignored(source: dagger.Directory) -> tuple[ignores.Ignored, ...]:
    if ignores.FILE not in await source.entries():
        return ()
    try:
        return ignores.parse(await source.file(ignores.FILE).contents())
    except ValueError as error:
        raise InputError(str(error)) from None
