"""Every command of the checks that are asked for, with the container that it runs in."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway.checks.commands import SERVICE_CHECKS, Command, node_commands, python_commands
from slipway.checks.in_toolbox.ignores import FILE as IGNORE_FILE
from slipway.checks.reading import Place
from slipway.checks.repository import PROGRAMS, command, lock_of
from slipway.checks.results import REPOSITORY
from slipway.checks.toolbox_container import toolbox
from slipway.checks.workshop import locked, workshop
from slipway.config import Node
from slipway.images import node, python_uv
from slipway.images.facts import Facts, read_facts
from slipway.images.image import image
from slipway.images.labels import Commit

if TYPE_CHECKING:
    import dagger

    from slipway.config import Config, Service

OSV = "https://api.osv.dev"


_ROOT = Place(".")


@dataclass(frozen=True)
class Wanted:
    """What is asked for: services and checks by name, and what single checks need.

    `tree` is the repository with all that git would take; `today` is a date in ISO's form;
    `advisories` is the address of OSV or of a mirror of it.
    """

    services: list[Service]
    checks: list[str]
    tree: dagger.Directory | None = None
    today: str = ""
    advisories: str = OSV


@dataclass(frozen=True)
class Job:
    """A command to run; without one, the scope has none for the check."""

    scope: str
    check: str
    shown: str = ""
    command: Command | None = None
    container: dagger.Container | None = None
    place: Place = _ROOT


async def jobs(source: dagger.Directory, config: Config, wanted: Wanted) -> list[Job]:
    """All commands, in the order of the checks and of the services."""
    made: list[Job] = []
    of_services = [check for check in wanted.checks if check in {*SERVICE_CHECKS, "audit"}]
    if of_services:
        names = {n for s in wanted.services for n in (s.name, *s.test.with_)}
        facts = await read_facts(source, config.select(sorted(names)))
        for service in wanted.services:
            scripts = await _scripts(source, service)
            for check in of_services:
                made += _of_service(_Site(source, config, service, facts, scripts), check, wanted)
    made += [
        _of_repository(source, config, check, wanted)
        for check in wanted.checks
        if check not in of_services
    ]
    return made


@dataclass(frozen=True)
class _Site:
    source: dagger.Directory
    config: Config
    service: Service
    facts: dict[str, Facts]
    scripts: dict[str, str]

    @property
    def own(self) -> Facts:
        return self.facts[self.service.name]


async def _scripts(source: dagger.Directory, service: Service) -> dict[str, str]:
    if not isinstance(service, Node):
        return {}
    path = "package.json" if service.path == "." else f"{service.path}/package.json"
    scripts: dict[str, str] = json.loads(await source.file(path).contents()).get("scripts", {})
    return scripts


def _of_service(site: _Site, check: str, wanted: Wanted) -> list[Job]:
    service = site.service
    has_python = service.path in site.own.python
    if check == "audit" and (has_python or site.own.node):
        return [_audit(site, wanted)]
    if check == "locks" and site.own.node:
        return [_node_lock(site)]
    commands: list[Command] = []
    inside = python_uv.folder(service.path)
    if site.own.node is not None:
        manager = service.kind.removeprefix("node-")
        commands = node_commands(check, manager, site.scripts)
        inside = node.SRC
    elif has_python:
        commands = python_commands(check, site.own.python[service.path])
    if not commands:
        return [Job(service.name, check)]
    container = _container(site, check)
    place = Place(service.path, inside)
    return [
        Job(service.name, check, shlex.join(each.words), each, container, place)
        for each in commands
    ]


def _container(site: _Site, check: str) -> dagger.Container:
    if check == "locks":
        return locked(site.source, site.config, site.service)
    container = workshop(site.source, site.config, site.service, site.own)
    return _with_neighbours(container, site) if check == "test" else container


def _with_neighbours(container: dagger.Container, site: _Site) -> dagger.Container:
    service = site.service
    for name in service.test.with_:
        other = site.config.services[name]
        # Without a commit: a test that passed need not run again for the next one.
        made = image(site.source, site.config.project, other, site.facts[name], Commit())
        # Equal services are one service: each tester gets a server of its own.
        made = made.with_env_variable("SLIPWAY_TESTS_OF", service.name)
        for variable, value in other.as_service.env.items():
            made = made.with_env_variable(variable, value)
        container = container.with_service_binding(name, made.as_service(use_entrypoint=True))
    for variable, value in service.test.env.items():
        container = container.with_env_variable(variable, value)
    return container


def _audit(site: _Site, wanted: Wanted) -> Job:
    service = site.service
    lock = lock_of(service.kind, service.path)
    container = toolbox(site.source.filter(include=[lock, IGNORE_FILE]))
    asked = command("audit", wanted.advisories, wanted.today, lock)
    return Job(service.name, "audit", f"osv {lock}", asked, container)


def _node_lock(site: _Site) -> Job:
    service = site.service
    lock = lock_of(service.kind, service.path)
    folder = "" if service.path == "." else f"{service.path}/"
    include = [lock, f"{folder}package.json", f"{folder}pnpm-workspace.yaml"]
    container = toolbox(site.source.filter(include=include))
    asked = command("node_locks", service.path)
    return Job(service.name, "locks", f"{lock} against package.json", asked, container)


def _of_repository(source: dagger.Directory, config: Config, check: str, wanted: Wanted) -> Job:
    if check == "migrations":
        if config.publish.migrations is None:
            return Job(REPOSITORY, check)
        folder = config.publish.migrations
        container = toolbox(source.filter(include=[f"{folder}/*.py"]))
        return Job(REPOSITORY, check, "slipway's rules", command(check, folder), container)
    program = PROGRAMS[check]
    directory = wanted.tree or source if check == "secrets" else source
    if program.include:
        directory = directory.filter(include=list(program.include))
    return Job(REPOSITORY, check, program.shown, command(check), toolbox(directory))
