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
    facts = {service.name: await read_facts(source, service) for service in services}
    work = {}
    rows: list[tuple[str, str, str]] = []
    for service in services:
        for check in checks:
            commands = _commands(service, check, facts[service.name])
            for command in commands:
                rows.append((service.name, check, shlex.join(command)))
                container = await _prepared(source, config, service, check, facts[service.name])
                work[rows[-1]] = partial(_execute, container, command)
            if not commands:
                rows.append((service.name, check, ""))
    outcomes = await run_all(work)
    failures = [f"{service}: {o.failure}" for (service, _, _), o in outcomes.items() if o.failure]
    if failures:
        summary = f"{len(failures)} of {len(outcomes)} checks failed"
        raise CheckError(summary, failures)
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


async def _prepared(
    source: dagger.Directory, config: Config, service: Service, check: str, facts: Facts
) -> dagger.Container:
    container = workshop(source, config, service, facts)
    if check != "test":
        return container
    for name in service.test.with_:
        bound = await _bound(source, config, config.services[name], service.name)
        container = container.with_service_binding(name, bound)
    for name, value in service.test.env.items():
        container = container.with_env_variable(name, value)
    return container


async def _bound(
    source: dagger.Directory, config: Config, service: Service, tester: str
) -> dagger.Service:
    # Without a commit: a test that passed need not run again for the next one.
    container = await image(source, config.project, service, Commit())
    # Equal services are one service: each tester gets a server of its own.
    container = container.with_env_variable("SLIPWAY_TESTS_OF", tester)
    for name, value in service.as_service.env.items():
        container = container.with_env_variable(name, value)
    return container.as_service(use_entrypoint=True)


async def _execute(container: dagger.Container, command: tuple[str, ...]) -> None:
    await container.with_exec(list(command)).sync()
