"""Reading a secret's value at the moment it is needed; nothing here is written down."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import InputError

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.state import Secret

_SCHEMES = "env://NAME, file://PATH, cmd://COMMAND"


async def plaintext(engine: Engine, secret: Secret) -> bytes:
    """The value; its text is in no message."""
    if not secret.uri:
        value = engine.secrets.get(secret.key)
        if value is None:
            msg = f"secret {secret.name!r}: its value is no longer known; it was set in an earlier run"
            raise InputError(msg)
        return value
    scheme, sep, rest = secret.uri.partition("://")
    if not sep:
        scheme, _, rest = secret.uri.partition(":")
    rest = rest.partition("?cacheKey=")[0]
    if scheme == "env":
        if rest not in os.environ:
            msg = f"secret env://{rest}: the environment variable {rest} is not set"
            raise InputError(msg)
        return os.environb[rest.encode()]
    if scheme == "file":
        try:
            return await asyncio.to_thread(Path(rest).expanduser().read_bytes)
        except OSError as error:
            msg = f"secret file://{rest}: {error.strerror}"
            raise InputError(msg) from error
    if scheme == "cmd":
        process = await asyncio.create_subprocess_shell(
            rest, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await process.communicate()
        if process.returncode != 0:
            msg = f"secret cmd://: the command ended with exit code {process.returncode}"
            raise InputError(msg)
        return out.rstrip(b"\n")
    msg = f"secret {scheme}://: the embedded engine reads {_SCHEMES}"
    raise InputError(msg)


def fingerprint(engine: Engine, value: bytes) -> str:
    """A keyed hash: names a value for caching without telling it. The key stays in this user's cache."""
    key = engine.store.get("secret-key", "")
    if key is None:
        key = secrets.token_hex(32)
        engine.store.put("secret-key", "", key)
    return "sha256:" + hmac.new(bytes.fromhex(key), value, hashlib.sha256).hexdigest()


def _pattern(values: list[bytes]) -> re.Pattern[bytes] | None:
    hidden = sorted({value.strip() for value in values if value.strip()}, key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, hidden))) if hidden else None


def redacted(data: bytes, values: list[bytes]) -> bytes:
    """The data with every secret value replaced by `***`."""
    pattern = _pattern(values)
    return data if pattern is None else pattern.sub(b"***", data)


async def copy_redacted(source: asyncio.StreamReader, target: Path, values: list[bytes]) -> None:
    """Write a stream to a file, secret values replaced on the way: the disk never has them."""
    pattern = _pattern(values)
    longest = max((len(value.strip()) for value in values), default=0)
    waiting = b""
    with target.open("wb") as out:
        while chunk := await source.read(1 << 16):
            waiting += chunk
            # A value may go on in the next chunk: what could be its beginning waits.
            settled, done = len(waiting) - longest, bytearray()
            at = 0
            for match in pattern.finditer(waiting) if pattern else ():
                if match.start() > settled:
                    break
                done += waiting[at : match.start()] + b"***"
                at = match.end()
            cut = max(at, settled + 1, 0)
            out.write(bytes(done) + waiting[at:cut])
            waiting = waiting[cut:]
        out.write(redacted(waiting, values))
