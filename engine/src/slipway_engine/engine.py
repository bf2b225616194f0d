"""One run of the engine: values are made on demand, each once, and kept by recipe."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from slipway_engine.api.registry import BY_HANDLE, OPERATIONS, Context, snake
from slipway_engine.errors import HostError, InputError, UnservedError
from slipway_engine.log import EventLog, Progress
from slipway_engine.store.store import Store, no_space
from slipway_engine.values import Recipe, Ref

if TYPE_CHECKING:
    from slipway_engine.api.server import Server
    from slipway_engine.registry.registries import Registries
    from slipway_engine.run.runner import Runner
    from slipway_engine.run.services import Services

# Reading the host is done at once, and named by what was read: the same content is the same value.
_BY_CONTENT = frozenset({"Host.directory", "Host.file", "Address.directory", "Address.file"})


class Engine:
    """Evaluates recipes; open one for each run.

    async with Engine.open(progress=Progress()) as engine:
        await engine.query('{ container { from(address: "debian:trixie-slim") { id } } }')
    """

    def __init__(self, progress: Progress, store: Store) -> None:
        self.progress = progress
        self.store = store
        self.log = EventLog(store.log_path())
        self.secrets: dict[str, bytes] = {}
        self._recipes: dict[Ref, Recipe] = {}
        self._saved: set[Ref] = set()
        self._values: dict[Ref, asyncio.Future[Any]] = {}
        self._runner: Runner | None = None
        self._server: Server | None = None
        self._services: Services | None = None
        self._registries: Registries | None = None
        self._closing = AsyncExitStack()

    @classmethod
    @asynccontextmanager
    async def open(cls, *, progress: Progress) -> AsyncIterator[Engine]:
        """An engine over the user's cache; starts nothing until something has to run."""
        import slipway_engine.ops  # noqa: F401  # registers the operations

        store = Store()
        engine = cls(progress, store)
        try:
            yield engine
        finally:
            # Whatever happens while closing, the next step still happens; cancellation waits for the clean-up.
            try:
                await asyncio.shield(engine._close())
            finally:
                engine.log.close()
                store.close()
                progress.close()

    async def _close(self) -> None:
        for task in self._values.values():
            task.cancel()
        await asyncio.gather(*self._values.values(), return_exceptions=True)
        if self._registries is not None:
            await self._registries.close()
        await self._closing.aclose()
        if self._services is not None:
            await self._services.close()
        if self._runner is not None:
            await self._runner.close()

    @property
    def closing(self) -> AsyncExitStack:
        """What has to be undone when the run ends."""
        return self._closing

    def runner(self) -> Runner:
        """What runs containers; made when first needed, since it checks the machine."""
        if self._runner is None:
            from slipway_engine.run.runner import Runner

            self._runner = Runner(self)
        return self._runner

    @property
    def services(self) -> Services:
        """The services that run for this engine."""
        if self._services is None:
            from slipway_engine.run.services import Services

            self._services = Services(self)
        return self._services

    @property
    def registries(self) -> Registries:
        """The registries that this engine talks to."""
        if self._registries is None:
            from slipway_engine.registry.registries import Registries

            self._registries = Registries(self)
        return self._registries

    # Recipes and values

    def name(self, recipe: Recipe) -> Ref:
        """The handle of a recipe, remembered for this run."""
        ref = recipe.ref()
        self._recipes.setdefault(ref, recipe)
        return ref

    def recipe(self, ref: Ref) -> Recipe:
        """The recipe behind a handle, from this run or an earlier one."""
        found = self._recipes.get(ref)
        if found is None:
            row = self.store.get("recipe", str(ref))
            if row is None:
                msg = f"{ref}: nothing is known of this value; the cache was pruned, or it is of another engine"
                raise InputError(msg)
            found = Recipe.decode(row)
            self._recipes[ref] = found
            self._saved.add(ref)
        return found

    async def loadable(self, ref: Ref) -> bool:
        """Whether a handle from an earlier run, and all that it is made of, can still be used."""
        try:
            for part in self._parts(ref):
                recipe = self.recipe(part)
                if recipe.field == "setSecret" and recipe.args["plaintext"] not in self.secrets:
                    return False
        except InputError:
            return False
        return True

    def save(self, ref: Ref) -> None:
        """Keep a handle's recipe, and those it needs, for later runs."""
        rows = [(str(part), self.recipe(part).encode()) for part in self._parts(ref, skip=self._saved)]
        if rows:
            self.store.put_many("recipe", rows)
            self._saved.update(Ref.parse(key) for key, _ in rows)

    def _parts(self, ref: Ref, skip: set[Ref] | None = None) -> list[Ref]:
        found: list[Ref] = []
        seen: set[Ref] = set(skip or ())
        todo = [ref]
        while todo:
            part = todo.pop()
            if part in seen:
                continue
            seen.add(part)
            found.append(part)
            recipe = self.recipe(part)
            if recipe.parent is not None:
                todo.append(recipe.parent)
            todo.extend(_refs(recipe.args))
        return found

    async def evaluate(self, ref: Ref, call: Any = None) -> Any:
        """The value of a recipe. However many ask for it, it is made once."""
        future = self._values.get(ref)
        if future is None or (future.done() and (future.cancelled() or future.exception() is not None)):
            future = asyncio.ensure_future(self._make(ref, call))
            self._values[ref] = future
        # Shielded: a caller that gives up must not take the value away from the others.
        return await asyncio.shield(future)

    async def _make(self, ref: Ref, call: Any) -> Any:
        recipe = self.recipe(ref)
        if recipe.index is not None:
            listing = Recipe(recipe.type, recipe.field, recipe.parent, recipe.args)
            return (await self._apply(listing, listing.ref(), call))[recipe.index]
        return await self._apply(recipe, ref, call)

    async def _apply(self, recipe: Recipe, ref: Ref, call: Any) -> Any:
        owner = recipe.parent.type if recipe.parent is not None else "Query"
        function = OPERATIONS.get(f"{owner}.{recipe.field}")
        if function is None:
            raise UnservedError(unserved(f"{owner}.{recipe.field}"))
        made = recipe.parent is not None and f"{owner}.{recipe.field}" not in BY_HANDLE
        parent = await self.evaluate(recipe.parent, call) if made and recipe.parent is not None else None
        arguments = {snake(key): value for key, value in recipe.args.items() if not key.startswith("@")}
        try:
            return await function(Context(self, ref, call, recipe.parent), parent, **arguments)
        except OSError as error:
            raise self._host_error(error, f"{owner}.{recipe.field}") from error

    def _host_error(self, error: OSError, name: str) -> HostError:
        """What an operation could not do on this machine, with what to do about it."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return HostError(no_space(self.store.path))
        if isinstance(error, FileNotFoundError) and error.filename and "/" not in str(error.filename):
            return HostError(
                f"{error.filename} is not installed; on Debian or Ubuntu: sudo apt-get install {error.filename}"
            )
        return HostError(f"{name}: {error.filename or self.store.path}: {error.strerror or error}")

    def keep(self, value: Any) -> Ref:
        """A handle on a directory or file that is named by its content and survives the run."""
        from slipway_engine.ops.content import store_content

        recipe = store_content(self.store, value)
        ref = recipe.ref()
        self.put_value(ref, recipe, value)
        return ref

    def put_value(self, ref: Ref, recipe: Recipe, value: Any) -> None:
        """Give a value that is already made."""
        self._recipes.setdefault(ref, recipe)
        if ref not in self._values:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            future.set_result(value)
            self._values[ref] = future

    # Requests

    async def select(
        self, parent: Ref | None, field: str, args: dict[str, Any], kind: str = "", call: Any = None
    ) -> Any:
        """One field without GraphQL: a `Ref` where `kind` names an object type, else the scalar."""
        if field == "id" and parent is not None:
            self.save(parent)
            return str(parent)
        if field == "sync" and parent is not None:
            await self.evaluate(parent, call)
            self.save(parent)
            return str(parent)
        if field == "setSecret":
            args = {**args, "plaintext": self._hide(str(args["plaintext"]).encode("utf-8", "surrogateescape"))}
        if kind == "Secret":
            args = await self._name_secret(parent, args, call)
        recipe = Recipe(kind, field, parent, args)
        if kind:
            owner = parent.type if parent is not None else "Query"
            if f"{owner}.{field}" in _BY_CONTENT:
                return self.keep(await self._apply(recipe, recipe.ref(), call))
            if f"{owner}.{field}" in OPERATIONS:
                return self.name(recipe)
            raise UnservedError(unserved(f"{owner}.{field}"))
        return await self._apply(recipe, recipe.ref(), call)

    async def _name_secret(self, parent: Ref | None, args: dict[str, Any], call: Any) -> dict[str, Any]:
        """Let the handle of a secret that is read from somewhere depend on its value: another value, another handle."""
        from slipway_engine.run.secrets import fingerprint, plaintext
        from slipway_engine.state import Secret

        uri = (
            str(args["uri"]) if "uri" in args else str(await self.evaluate(parent, call)) if parent is not None else ""
        )
        try:
            return {**args, "@value": fingerprint(self, await plaintext(self, Secret("", uri=uri)))} if uri else args
        except InputError:
            # It may never be used; if it is, the error comes then.
            return args

    def _hide(self, value: bytes) -> str:
        """Keep a secret's value in memory and give the name that recipes may carry."""
        from slipway_engine.run.secrets import fingerprint

        name = fingerprint(self, value)
        self.secrets[name] = value
        return name

    async def query(self, document: str, call: Any = None) -> dict[str, Any]:
        """A GraphQL request and its answer, as the session protocol has them."""
        from slipway_engine.api.resolve import execute

        return await execute(self, document, call)

    async def serve(self, call: Any = None) -> dict[str, str]:
        """A session for one client: the variables that its SDK reads."""
        from slipway_engine.api.server import Server
        from slipway_engine.run.machine import require_root

        # Said now: later it would reach the module, and not the command line that can do something about it.
        require_root()
        if self._server is None:
            self._server = Server(self)
            await self._closing.enter_async_context(self._server.running())
        return self._server.session(call)

    async def prune(self) -> str:
        """Empty the cache; gives what to tell the user."""
        freed = await asyncio.to_thread(self.store.prune)
        return f"{self.store.path}: {freed / 1e6:.0f} MB freed"


def unserved(name: str) -> str:
    """The message for a field that this engine does not have."""
    return f"{name} is not served by the embedded engine; use a Dagger engine for it (SLIPWAY_ENGINE=dagger)"


def _refs(value: Any) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    if isinstance(value, dict):
        return [ref for item in value.values() for ref in _refs(item)]
    if isinstance(value, list | tuple):
        return [ref for item in value for ref in _refs(item)]
    return []
