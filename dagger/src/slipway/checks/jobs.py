"""Every command of the checks that are asked for, with the container that it runs in."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slipway.checks.commands import SERVICE_CHECKS, Command, node_commands, python_commands
from slipway.checks.in_toolbox.ignores import FILE as IGNORE_FILE
from slipway.checks.reading import Place
from slipway.checks.repository import PROGRAMS, command, lock_of
from slipway.checks.results import REPOSITORY
from slipway.checks.toolbox_container import toolbox
from slipway.checks.workshop import locked, workshop
from slipway.images import node, python_uv
from slipway.images.facts import Facts, read_facts
from slipway.images.image import image
from slipway.images.labels import Commit
from slipway.running import Once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import dagger

    from slipway.config import Config, Service

OSV = "https://api.osv.dev"


_ROOT = Place(".")


@dataclass(frozen=True)
class Wanted:
    """What is asked for: services and checks by name, and what single checks need.

    `tree` is the repository with all that git would take; `today` is a date in ISO's form;
    `advisories` is the address of OSV or of a mirror of it. `facts` are those of all services,
    where they were read already.
    """

    services: list[Service]
    checks: list[str]
    tree: dagger.Directory | None = None
    today: str = ""
    advisories: str = OSV
    facts: dict[str, Facts] | None = None


@dataclass(frozen=True)
class Job:
    """A command to run; without one, the scope has none for the check.

    `container` makes what it runs in; what several jobs have in common is made once.
    """

    scope: str
    check: str
    shown: str = ""
    command: Command | None = None
    container: Callable[[], Awaitable[dagger.Container]] | None = None
    place: Place = _ROOT


async def jobs(source: dagger.Directory, config: Config, wanted: Wanted) -> list[Job]:
    """All commands, in the order of the checks and of the services."""
    made: list[Job] = []
    facts: dict[str, Facts] = wanted.facts or {}
    of_services = [check for check in wanted.checks if check in {*SERVICE_CHECKS, "audit"}]
    if of_services and wanted.facts is None:
        names = {n for s in wanted.services for n in (s.name, *s.test.with_)}
        facts = await read_facts(source, config.select(sorted(names)))
    shared = _Shared(source, config, facts)
    if of_services:
        for service in wanted.services:
            for check in of_services:
                made += _of_service(_Site(shared, service), check, wanted)
    made += [
        _of_repository(shared, check, wanted) for check in wanted.checks if check not in of_services
    ]
    return made


class _Shared:
    """What the jobs of several checks, or of several services, have in common."""

    def __init__(
        self,
        source: dagger.Directory,
        config: Config,
        facts: dict[str, Facts],
    ) -> None:
        self.source, self.config, self.facts = source, config, facts
        self._tools = Once(lambda: toolbox().sync())
        self._workshops: dict[str, Once[dagger.Container]] = {}
        self._images: dict[str, Once[dagger.Container]] = {}

    def looking_at(self, directory: dagger.Directory) -> Callable[[], Awaitable[dagger.Container]]:
        """The toolbox, with a directory to look at."""

        async def made() -> dagger.Container:
            return (await self._tools()).with_mounted_directory("/src", directory)

        return made

    def workshop(self, service: Service) -> Once[dagger.Container]:
        """The container for the checks of a service."""
        facts = self.facts[service.name]
        return self._workshops.setdefault(
            service.name,
            Once(lambda: workshop(self.source, self.config, service, facts).sync()),
        )

    def image(self, service: Service) -> Once[dagger.Container]:
        """The image of a service that others are tested with."""
        facts, project = self.facts[service.name], self.config.project
        # Without a commit: a test that passed need not run again for the next one.
        return self._images.setdefault(
            service.name,
            Once(lambda: image(self.source, project, service, facts, Commit()).sync()),
        )


@dataclass(frozen=True)
class _Site:
    shared: _Shared
    service: Service

    @property
    def own(self) -> Facts:
        return self.shared.facts[self.service.name]


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
        commands = node_commands(check, manager, site.own.node.scripts)
        inside = node.SRC
    elif has_python:
        commands = python_commands(check, site.own.python[service.path])
    if not commands:
        return [Job(service.name, check)]
    container = partial(_container, site, check)
    place = Place(service.path, inside)
    return [
        Job(service.name, check, shlex.join(each.words), each, container, place)
        for each in commands
    ]


async def _container(site: _Site, check: str) -> dagger.Container:
    if check == "locks":
        return locked(site.shared.source, site.shared.config, site.service)
    container = await site.shared.workshop(site.service)()
    return await _with_neighbours(container, site) if check == "test" else container


async def _with_neighbours(container: dagger.Container, site: _Site) -> dagger.Container:
    service = site.service
    for name in service.test.with_:
        other = site.shared.config.services[name]
        made = await site.shared.image(other)()
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
    shared = site.shared
    container = shared.looking_at(shared.source.filter(include=[lock, IGNORE_FILE]))
    asked = command("audit", wanted.advisories, wanted.today, lock)
    return Job(service.name, "audit", f"osv {lock}", asked, container)


def _node_lock(site: _Site) -> Job:
    service = site.service
    lock = lock_of(service.kind, service.path)
    folder = "" if service.path == "." else f"{service.path}/"
    include = [lock, f"{folder}package.json", f"{folder}pnpm-workspace.yaml"]
    container = site.shared.looking_at(site.shared.source.filter(include=include))
    asked = command("node_locks", service.path)
    return Job(service.name, "locks", f"{lock} against package.json", asked, container)


def _of_repository(shared: _Shared, check: str, wanted: Wanted) -> Job:
    if check == "migrations":
        folder = shared.config.publish.migrations
        if folder is None:
            return Job(REPOSITORY, check)
        container = shared.looking_at(shared.source.filter(include=[f"{folder}/*.py"]))
        return Job(REPOSITORY, check, "slipway's rules", command(check, folder), container)
    program = PROGRAMS[check]
    directory = wanted.tree if check == "secrets" and wanted.tree else shared.source
    if program.include:
        directory = directory.filter(include=list(program.include))
    return Job(REPOSITORY, check, program.shown, command(check), shared.looking_at(directory))
