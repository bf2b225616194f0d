"""Images to publish, and a place to publish them to."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.support.session import Step, ask, step

from slipway_engine.engine import Engine


async def layered(engine: Engine, folder: Path, *octets: int) -> tuple[Step, ...]:
    """An image with a layer of random bytes for each size: no registry has them, and no packing makes them smaller."""
    chain = [step("container")]
    for number, size in enumerate(octets):
        place = folder / f"layer-{secrets.token_hex(4)}"
        place.mkdir(parents=True)
        (place / f"data-{number}").write_bytes(secrets.token_bytes(size))
        identity = await ask(engine, "host", step("directory", path=str(place)), "id")
        chain.append(step("withDirectory", path=f"/{number}", source=identity))
    return tuple(chain)


async def login(engine: Engine, address: str, username: str, password: str) -> Step:
    """Credentials for a registry."""
    secret = await ask(engine, step("setSecret", name="password", plaintext=password), "id")
    return step("withRegistryAuth", address=address, username=username, secret=secret)


def to(address: str) -> Step:
    """Publish under this name."""
    return step("publish", address=address)
