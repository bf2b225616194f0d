"""Running checks: every command of every service at once, every failure told."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from slipway.checks.commands import node_commands, python_commands
from slipway.checks.workshop import workshop
from slipway.errors import CheckError
from slipway.images.facts import Facts, read_facts
from slipway.images.image import image
from slipway.images.labels import Commit
from slipway.running import run_all
from slipway.table import table

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config, Service

_HEADER = ("SERVICE", "CHECK", "COMMAND", "RESULT", "SECONDS")


async def run(
    source: dagger.Directory, config: Config, services: list[Service], checks: list[str]
) -> str:
    """Run the checks of the services in parallel; gives the table.

    Raises:
        CheckError: at least one command failed, after all have ended; it holds every failure.

    """
    names = {name for service in services for name in (service.name, *service.test.with_)}
    facts = await read_facts(source, config.select(sorted(names)))
    work = {}
    rows: list[tuple[str, str, str]] = []
    for service in services:
        for check in checks:
            commands = _commands(service, check, facts[service.name])
            for command in commands:
                container = workshop(source, config, service, facts[service.name])
                if check == "test":
                    container = _with_neighbours(container, source, config, service, facts)
                rows.append((service.name, check, shlex.join(command)))
                work[rows[-1]] = partial(_execute, container, command)
            if not commands:
                rows.append((service.name, check, ""))
    outcomes = await run_all(work)
    failures = {row: outcome.failure for row, outcome in outcomes.items() if outcome.failure}
    if failures:
        failed = dict.fromkeys(f"{service} {check}" for service, check, _ in failures)
        summary = f"{len(failures)} of {len(outcomes)} checks failed: {', '.join(failed)}"
        texts = [f"{service} {check}: {text}" for (service, check, _), text in failures.items()]
        raise CheckError(summary, texts)
    lines = [
        (*row, "passed", f"{outcomes[row].seconds:.1f}")
        if row in outcomes
        else (*row[:2], "-", "has none", "")
        for row in rows
    ]
    return table(_HEADER, lines, numbers=("SECONDS",))


def _commands(service: Service, check: str, facts: Facts) -> list[tuple[str, ...]]:
    if facts.node is not None:
        return node_commands(check, service.kind.removeprefix("node-"), facts.node)
    if service.path in facts.python:
        return python_commands(check, facts.python[service.path])
    return []


def _with_neighbours(
    container: dagger.Container,
    source: dagger.Directory,
    config: Config,
    service: Service,
    facts: dict[str, Facts],
) -> dagger.Container:
    for name in service.test.with_:
        other = config.services[name]
        # Without a commit: a test that passed need not run again for the next one.
        made = image(source, config.project, other, facts[name], Commit())
        # Equal services are one service: each tester gets a server of its own.
        made = made.with_env_variable("SLIPWAY_TESTS_OF", service.name)
        for variable, value in other.as_service.env.items():
            made = made.with_env_variable(variable, value)
        container = container.with_service_binding(name, made.as_service(use_entrypoint=True))
    for variable, value in service.test.env.items():
        container = container.with_env_variable(variable, value)
    return container


async def _execute(container: dagger.Container, command: tuple[str, ...]) -> None:
    await container.with_exec(list(command)).sync()
