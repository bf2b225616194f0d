"""Write the base images of the module as OCI archives, so that every contender starts from the same files.

Run inside a session of the engine: slipway run .venv/bin/python tests/bench/bases.py FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import dagger
from dagger import dag

from slipway.images import bases

ARCHIVES = {
    "python.tar": bases.PYTHON,
    "node.tar": bases.NODE,
    "postgres.tar": bases.POSTGRES,
    "uv.tar": bases.UV,
}


async def main(folder: Path) -> None:
    """Export what Dockerfiles name; the image that only Slipway reads digests with is made and stays in its cache."""
    async with dagger.connection():
        for name, reference in ARCHIVES.items():
            await dag.container().from_(reference).export(str(folder / name))
        await dag.container().from_(bases.TOOLS).sync()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
