"""An engine in a process of its own, for tests that kill it: answers the requests given as arguments, one a line.

python -m tests.support.driver '{ version }'
"""

from __future__ import annotations

import asyncio
import json
import sys

from slipway_engine.engine import Engine
from slipway_engine.errors import SlipwayError
from slipway_engine.log import Progress


def write(line: str) -> None:
    """One line of output."""
    sys.stdout.write(f"{line}\n")


async def main() -> int:
    """Answer every request at the same time; the counts of the engine's log come last."""
    async with Engine.open(progress=Progress("silent")) as engine:
        if sys.argv[1:] == ["prune"]:
            write(await engine.prune())
            return 0
        for answer in await asyncio.gather(*(engine.query(each) for each in sys.argv[1:])):
            write(json.dumps(answer))
        write(json.dumps(engine.log.counts))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except SlipwayError as error:
        sys.exit(f"{type(error).__name__}: {error}")
