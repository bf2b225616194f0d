"""A module in use: its types, and calls of its functions, each answered from the cache or by a process."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from slipway_engine.module import results, snapshot
from slipway_engine.module.definitions import Function, ModuleTypes
from slipway_engine.module.errors import FunctionError, ModuleError
from slipway_engine.module.source import ModuleSource
from slipway_engine.values import Ref

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.module.process import Launcher
    from slipway_engine.ops.function_call import ErrorState, FunctionCall

# Each is a Python that imports the SDK: as many at once as memory can bear.
_PROCESSES = 8


class Runtime:
    """One module within one run of the engine."""

    def __init__(self, engine: Engine, module: ModuleSource, *, debug: bool = False) -> None:
        self.engine = engine
        self.module = module
        self.debug = debug
        self.digest = snapshot.digest(module)
        self._launcher: Launcher | None = None
        self._preparing = asyncio.Lock()
        self._warming: asyncio.Future[None] | None = None
        self._slots = asyncio.Semaphore(_PROCESSES)
        self._running: dict[str, asyncio.Future[Any]] = {}

    async def types(self) -> ModuleTypes:
        """What the module registers; asked once per content of the module."""
        row = self.engine.store.get("module", self.digest)
        if row is not None:
            return ModuleTypes.decode(row)
        from slipway_engine.ops.function_call import FunctionCall

        call = FunctionCall()
        with self.engine.progress.task(f"load module {self.module.name}"):
            code, tail = await self._process(call)
            if call.error is not None:
                msg = f"module {self.module.name} could not be loaded: {call.error.message}"
                raise ModuleError(msg)
            if call.value is None:
                msg = f"module {self.module.name} could not be loaded (exit code {code}):\n{tail}"
                raise ModuleError(msg)
        types: ModuleTypes = await self.engine.evaluate(Ref.parse(json.loads(call.value)))
        main = types.object(self.module.main)
        if main is None:
            msg = f"module {self.module.name}: no object named {self.module.main}"
            raise ModuleError(msg)
        self.engine.store.put("module", self.digest, types.encode())
        return types

    async def call(self, owner: str, function: Function, parent: Any, args: dict[str, Any]) -> Any:
        """The result of `owner.function(args)` on the state `parent`, as JSON data; objects are IDs or states."""
        if function.policy == "Never":
            return await self._invoke(owner, function, parent, args)
        key = results.key_of(self.digest, owner, function, parent, args)
        running = self._running.get(key)
        if running is None:
            running = asyncio.ensure_future(self._recall_or_invoke(key, owner, function, parent, args))
            self._running[key] = running
        # Shielded: a caller that gives up must not take the result away from the others.
        return await asyncio.shield(running)

    async def close(self) -> None:
        """End what is still running."""
        for running in self._running.values():
            running.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._warming is not None:
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._launcher is not None:
            await self._launcher.close()

    async def _recall_or_invoke(
        self, key: str, owner: str, function: Function, parent: Any, args: dict[str, Any]
    ) -> Any:
        ttl = results.lifetime(function, caching=self.module.caching)
        if ttl is not None and (found := await results.recall(self.engine, key)) is not None:
            self.engine.log.write("cached", function=_title(owner, function), key=key)
            return found[0]
        value = await self._invoke(owner, function, parent, args)
        if ttl is not None:
            results.keep(self.engine, key, value, ttl)
        return value

    async def _invoke(self, owner: str, function: Function, parent: Any, args: dict[str, Any]) -> Any:
        from slipway_engine.ops.function_call import ArgValue, FunctionCall

        given = tuple(ArgValue(name, json.dumps(value)) for name, value in args.items())
        call = FunctionCall(parent_name=owner, name=function.name, parent=json.dumps(parent), input_args=given)
        name = _title(owner, function)
        self.engine.log.write("call", function=name)
        with self.engine.progress.task(name):
            code, tail = await self._process(call)
            if call.error is not None:
                raise _failure(call.error)
            if call.value is None:
                said = f"\n{tail}" if tail else ""
                msg = f'call function "{function.name or owner}": exit code: {code}{said}'
                raise FunctionError(msg, exit_code=code if code > 0 else 1)
        return json.loads(call.value)

    async def _process(self, call: FunctionCall) -> tuple[int, str]:
        launcher = await self._prepared()
        session = await self.engine.serve(call)
        folder = self.engine.store.scratch("call")
        async with self._slots:
            return await launcher.run(session, folder, self._say)

    def _say(self, line: str) -> None:
        self.engine.progress.line(f"  │ {line}")

    async def _prepared(self) -> Launcher:
        from slipway_engine.module import environment
        from slipway_engine.module.process import Launcher, Program

        async with self._preparing:
            if self._launcher is None:
                self._warming = asyncio.ensure_future(asyncio.to_thread(_warm))
                store = self.engine.store
                environment.read_project(self.module.source)  # errors name the user's files, not the copy's
                source = snapshot.place(store, self.module, self.digest)
                python = await environment.prepare(store, source, self.engine.progress)
                program = Program.of(self.module, python, source, debug=self.debug)
                self._launcher = await Launcher.start(program, store.scratch("module"), self._say)
            return self._launcher


def _warm() -> None:
    """Make ready for requests while the module's process imports the SDK."""
    from slipway_engine.api import resolve

    resolve.schema()


def _title(owner: str, function: Function) -> str:
    return f"{owner}.{function.name}" if function.name else owner


def _failure(error: ErrorState) -> FunctionError:
    if error.get("_type") != "EXEC_ERROR":
        return FunctionError(error.message)
    return FunctionError(
        error.message,
        exit_code=int(error.get("exitCode") or 1),
        command=tuple(error.get("cmd") or ()),
        stdout=error.get("stdout") or "",
        stderr=error.get("stderr") or "",
    )
