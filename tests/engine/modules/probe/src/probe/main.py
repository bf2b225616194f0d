"""The main object: each function shows one thing that a command line has to get right."""

import enum
import os
import random
import sys
import time
from typing import Annotated

import anyio
import dagger
from dagger import DefaultPath, Doc, Ignore, check, dag, enum_type, field, function, object_type


@enum_type
class Severity(enum.Enum):
    """How bad something is."""

    LOW = "low-value"
    """Hardly."""

    HIGH = "high-value"
    """Very."""


@object_type
class Image:
    """One image that is built."""

    name: str = field()
    size: int = 0

    @function
    def doubled(self) -> int:
        """Private state travels."""
        return self.size * 2

    @function
    def tree(self) -> dagger.Directory:
        """A directory with one file."""
        return dag.directory().with_new_file("name", self.name)


@object_type
class Suite:
    """A group of checks."""

    @function
    @check
    def api(self) -> str:
        """Passes."""
        return "fine"

    @function
    @check
    def web(self) -> None:
        """Fails."""
        msg = "web: 3 findings"
        raise ValueError(msg)


@object_type
class Probe:
    """Functions of every shape."""

    source: Annotated[
        dagger.Directory, DefaultPath("files"), Doc("What is looked at."), Ignore(["*", "!*.txt", "secret.txt"])
    ]
    greeting: Annotated[str, Doc("The first word.")] = "Hello"
    token: int = field(init=False)

    def __post_init__(self) -> None:
        self.token = random.randrange(10**9)  # shows whether the constructor ran again

    @function
    def hello(self, name: Annotated[str, Doc("Whom to greet.")] = "World", *, loud: bool = False) -> str:
        """Greets.

        The second paragraph is only in the help.
        """
        text = f"{self.greeting}, {name}"
        return text.upper() if loud else text

    @function
    def number(self, value: int, factor: float = 1.0) -> int:
        """An integer."""
        return int(value * factor)

    @function
    def yes(self) -> bool:
        """A boolean."""
        return True

    @function
    def nothing(self) -> None:
        """Nothing at all."""

    @function
    def texts(self, items: list[str], more: list[int] | None = None) -> list[str]:
        """A list of text."""
        return [*items, *(str(item) for item in more or [])]

    @function
    def severity(self, level: Severity = Severity.LOW, others: list[Severity] | None = None) -> Severity:
        """An enum."""
        return others[-1] if others else level

    @function
    def image(self, name: str = "alpha") -> Image:
        """A custom object."""
        return Image(name=name, size=21)

    @function
    def images(self) -> list[Image]:
        """A list of custom objects."""
        return [Image(name="alpha", size=1), Image(name="beta", size=2)]

    @function
    async def listing(self) -> list[str]:
        """The names in the source."""
        return await self.source.entries()

    @function
    def files(self, extra: dagger.File | None = None) -> dagger.Directory:
        """A directory."""
        return self.source.with_file("extra", extra) if extra else self.source

    @function
    async def reveal(self, secret: Annotated[dagger.Secret, Doc("A secret.")]) -> int:
        """The length of a secret."""
        return len(await secret.plaintext())

    @function
    def made_secret(self) -> dagger.Secret:
        """A secret that lives as long as the session."""
        return dag.set_secret("made", "value-of-it")

    @function
    def stamp(self) -> str:
        """The time; kept like anything else."""
        return str(time.time_ns())

    @function(cache="60s")  # type: ignore[call-overload]
    def stamp_minute(self) -> str:
        """The time; kept for a minute."""
        return str(time.time_ns())

    @function(cache="session")  # type: ignore[call-overload]
    def stamp_session(self) -> str:
        """The time; kept in one run."""
        return str(time.time_ns())

    @function(cache="never")  # type: ignore[call-overload]
    def stamp_never(self) -> str:
        """The time; never kept."""
        return str(time.time_ns())

    @function
    def fails(self) -> str:
        """An error of the module's own."""
        msg = "services/api: no such service; did you mean 'app'?"
        raise LookupError(msg)

    @function
    async def group(self) -> str:
        """Several errors at once."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._late, "first thing broke")
            tasks.start_soon(self._late, "second thing broke")
        return "never"

    @function
    async def group_of_one(self) -> str:
        """One error in a group."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._late, "the only thing broke")
        return "never"

    async def _late(self, text: str) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.05)
        raise ValueError(text)

    @function
    def exits(self, code: int = 3) -> str:
        """The process ends without an answer."""
        sys.stderr.write("last words\n")
        sys.exit(code)

    @function(cache="never")  # type: ignore[call-overload]
    async def sleeps(self, seconds: float = 60) -> str:
        """Takes its time."""
        sys.stdout.write(f"sleeping in {os.getpid()}\n")
        await anyio.sleep(seconds)
        return "slept"

    @function
    def environment(self) -> list[str]:
        """The names of the variables that a module sees."""
        return sorted(os.environ)

    @function
    def container(self, base: str = "debian:trixie-slim") -> dagger.Container:
        """A container."""
        return dag.container().from_(base)

    @function
    def broken(self) -> dagger.Container:
        """A container whose command fails."""
        return self.container().with_exec(["sh", "-c", "echo to-out; echo to-err >&2; exit 7"])

    @function
    async def runs_broken(self) -> str:
        """Runs a command that fails."""
        return await self.broken().stdout()

    @function
    def with_image(self, image: Image) -> str:
        """No flag can hold its argument."""
        return image.name

    @function
    def e2e(self) -> str:
        """A name with a digit."""
        return "e2e"

    @function
    @check
    def passes(self) -> str:
        """A check that passes."""
        return "fine"

    @function
    @check
    async def fails_check(self) -> None:
        """A check that fails with several errors."""
        await self.group()

    @function
    @check
    def needy(self, what: str) -> str:
        """A check that needs an argument."""
        return what

    @function
    def suite(self) -> Suite:
        """Checks one level down."""
        return Suite()
