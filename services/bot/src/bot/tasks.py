"""Bringing tasks to their end."""

import asyncio
from collections.abc import Collection

_PATIENCE_SECONDS = 0.5


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel ``tasks`` and wait until the last is done; what they raised stays with them.

    Once may not do: Python 3.11's ``wait_for``, which psycopg waits with, drops a cancellation
    that comes together with its result (https://github.com/python/cpython/issues/86296).
    """
    pending: Collection[asyncio.Task[None]] = tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_PATIENCE_SECONDS)
