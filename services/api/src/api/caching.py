"""Answers kept for half a minute, each made once however many ask for it at a time."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

TTL_SECONDS = 30
_MOST_BYTES = 16 * 1024 * 1024

Counter = Callable[[str], None]
Make = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class Body:
    """The bytes of an answer, and the strong entity tag that names exactly them."""

    content: bytes
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.content).hexdigest()[:32]
        object.__setattr__(self, "etag", f'"{digest}"')


class Cache:
    """Bodies by key, at most 16 MiB of them; those asked for last stay longest.

    ``count`` is told how each question went: ``hit``, ``miss``, or ``shared`` with a question
    that was being answered already. Failures are not kept; who waited for one gets it too.
    """

    def __init__(
        self,
        count: Counter,
        clock: Callable[[], float] = time.monotonic,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        self._count = count
        self._clock = clock
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[float, Body]] = OrderedDict()
        self._size = 0
        self._running: dict[Hashable, asyncio.Task[Body]] = {}

    async def get(self, key: Hashable, make: Make) -> Body:
        """Return what is kept under ``key``, or what ``make`` makes of it."""
        found = self._find(key)
        if found is not None:
            self._count("hit")
            return found
        task = self._running.get(key)
        self._count("shared" if task else "miss")
        if task is None:
            task = asyncio.create_task(self._make(key, make))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # Shielded: the first to ask may hang up, and the others still wait for it.
        return await asyncio.shield(task)

    def _find(self, key: Hashable) -> Body | None:
        until, body = self._kept.get(key, (0.0, None))
        if body is None:
            return None
        if until <= self._clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return body

    async def _make(self, key: Hashable, make: Make) -> Body:
        body = Body(await make())
        self._kept[key] = (self._clock() + TTL_SECONDS, body)
        self._size += len(body.content)
        while self._size > self._most_bytes:
            self._drop(next(iter(self._kept)))
        return body

    def _drop(self, key: Hashable) -> None:
        _, body = self._kept.pop(key)
        self._size -= len(body.content)

    def _finished(self, key: Hashable, task: asyncio.Task[Body]) -> None:
        del self._running[key]
        # Looked at, so that a failure nobody waits for any more is no complaint of the loop.
        if not task.cancelled():
            task.exception()
