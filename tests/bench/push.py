"""Publish images that the engine's cache has, and say how long that took: what `publish.py` measures of Slipway.

python tests/bench/push.py ADDRESS REFERENCE... publishes each reference's image as ADDRESS/<last name>:1; without an
address ("-") the images are only fetched into the cache.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from slipway_engine.engine import Engine
from slipway_engine.log import Progress


async def _ask(engine: Engine, field: str, reference: str) -> None:
    answer = await engine.query(f'{{ container {{ from(address: "{reference}") {{ {field} }} }} }}')
    if answer.get("errors"):
        sys.exit(str(answer["errors"][0]["message"]))


async def main(address: str, references: list[str]) -> None:
    """Fetch and lay out first, unmeasured: a run that publishes has looked up its bases' tags and built."""
    async with Engine.open(progress=Progress("silent")) as engine:
        await asyncio.gather(*(_ask(engine, "asTarball { size }", reference) for reference in references))
        if address == "-":
            return
        begun = time.monotonic()
        names = [reference.rpartition("/")[2].partition(":")[0] for reference in references]
        pairs = zip(names, references, strict=True)
        await asyncio.gather(*(_ask(engine, f'publish(address: "{address}/{name}:1")', at) for name, at in pairs))
        sys.stdout.write(json.dumps({"seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
