"""From an image reference to a base: from its registry, or, where none can be reached, a stand-in."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.bases import bootstrap
from slipway_engine.errors import ImageError
from slipway_engine.run.secrets import plaintext
from slipway_engine.state import Auth, Container
from slipway_engine.store.image import read_config, read_layout
from slipway_engine.store.layers import Layer, folder_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

# Being unable to ask at all is a reason for a stand-in; an answer ("not found", "denied") is not.
_UNREACHABLE = re.compile(
    r"no such host|server misbehaving|network is unreachable|no route to host|i/o timeout|Temporary failure in name"
    r"|connect: connection refused|TLS handshake timeout|deadline exceeded"
)
# After a day the registry is asked again: a stand-in is for want of the real thing.
_STAND_IN_SECONDS = 86400

_LOOPBACK = re.compile(r"^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$")


@dataclass(frozen=True, slots=True)
class Reference:
    """`registry/repository:tag` or `…@digest`, with Docker's defaults filled in."""

    registry: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference; `python:3.13-slim` is `docker.io/library/python:3.13-slim`."""
        rest, _, digest = text.partition("@")
        head, slash, tail = rest.partition("/")
        named = slash and ("." in head or ":" in head or head == "localhost")
        registry = head if named else "docker.io"
        path = tail if named else rest
        repository, _, tag = path.partition(":")
        if not re.fullmatch(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*", repository) or not re.fullmatch(r"[\w.-]{0,128}", tag):
            msg = f"{text!r} is not an image reference; write it as registry/repository:tag, in lower case"
            raise ImageError(msg)
        if registry == "docker.io" and "/" not in repository:
            repository = f"library/{repository}"
        return cls(registry, repository, tag or ("" if digest else "latest"), digest)

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}"
        name += f":{self.tag}" if self.tag else ""
        return name + (f"@{self.digest}" if self.digest else "")

    @property
    def loopback(self) -> bool:
        """Whether the registry is this machine, where plain HTTP is fine."""
        return _LOOPBACK.match(self.registry) is not None


async def resolve(engine: Engine, container: Container, address: str) -> Container:
    """The base at `address`; looked up once, then read from the cache."""
    reference = Reference.parse(address)
    row = engine.store.get("base", str(reference))
    if row is None or row["edition"] not in ("", bootstrap.edition()) or not _there(row):
        row = await _fetch(engine, container, reference)
        engine.store.put("base", str(reference), row, _STAND_IN_SECONDS if row["bootstrapped"] else None)
    config = read_config(row["config"])
    layers = tuple(Layer(layer["key"], layer["folder"]) for layer in row["layers"])
    image_ref = f"{reference.registry}/{reference.repository}:{reference.tag or 'latest'}@{row['digest']}"
    return Container(
        container.platform, layers, config, auth=container.auth, mounts=container.mounts,
        image_ref=image_ref, bootstrapped=row["bootstrapped"],
    )  # fmt: skip


def _there(row: dict[str, Any]) -> bool:
    return all(Path(layer["folder"]).exists() for layer in row["layers"])


async def _fetch(engine: Engine, container: Container, reference: Reference) -> dict[str, Any]:
    layout = engine.store.scratch("pull")
    options = await credentials(engine, container.auth, reference, layout.parent / f"{layout.name}.auth", "src")
    with engine.progress.task(f"pull {reference}"):
        source = str(
            Reference(
                reference.registry, reference.repository, "" if reference.digest else reference.tag, reference.digest
            )
        )
        code, err = await skopeo("copy", *options, f"docker://{source}", f"oci:{layout}:base")
        if code == 0:
            digest, _, layers = await asyncio.to_thread(read_layout, engine.store, layout)
            engine.log.write("base", reference=str(reference), digest=digest)
            return _row(digest, layers, config_json(layout), bootstrapped=False)
    if not _UNREACHABLE.search(err):
        msg = f'failed to resolve image "{reference}" (platform: "{container.platform}"): {_short(err)}'
        raise ImageError(msg)
    made = await bootstrap.stand_in(engine, f"{reference.registry}/{reference.repository}", reference.tag)
    if made is None:
        msg = (
            f'failed to resolve image "{reference}": its registry cannot be reached ({_short(err)}) and there is no '
            f"stand-in for it; there are stand-ins for {', '.join(bootstrap.KNOWN)}"
        )
        raise ImageError(msg)
    from slipway_engine.store.image import config_of

    engine.log.write("base", reference=str(reference), bootstrapped=True)
    digest = made.chain[-1].key
    laid_out = [Layer(layer.key, await asyncio.to_thread(folder_of, engine.store, layer)) for layer in made.chain]
    return _row(digest, tuple(laid_out), config_of(made, []), bootstrapped=True)


def _row(digest: str, layers: tuple[Layer, ...], config: object, *, bootstrapped: bool) -> dict[str, Any]:
    rows = [{"key": layer.key, "folder": layer.folder} for layer in layers]
    edition = bootstrap.edition() if bootstrapped else ""
    return {"digest": digest, "layers": rows, "config": config, "bootstrapped": bootstrapped, "edition": edition}


def config_json(layout: Path) -> dict[str, object]:
    """The image configuration in a layout."""
    blobs = layout / "blobs" / "sha256"
    index = json.loads((layout / "index.json").read_bytes())
    manifest = json.loads((blobs / index["manifests"][0]["digest"].removeprefix("sha256:")).read_bytes())
    config: dict[str, object] = json.loads((blobs / manifest["config"]["digest"].removeprefix("sha256:")).read_bytes())
    return config


async def credentials(engine: Engine, auth: tuple[Auth, ...], reference: Reference, path: Path, side: str) -> list[str]:
    """Skopeo's options for a registry: credentials in a file that only we can read, plain HTTP on loopback only."""
    import base64

    options = [f"--{side}-tls-verify=false"] if reference.loopback else []
    for entry in auth:
        if entry.address.removeprefix("https://").partition("/")[0] == reference.registry:
            value = (await plaintext(engine, entry.secret)).strip()
            token = base64.b64encode(entry.username.encode() + b":" + value).decode()
            folder = engine.runner().memory
            await engine.runner().ready()
            path = folder / path.name
            path.touch(mode=0o600)
            path.write_text(json.dumps({"auths": {reference.registry: {"auth": token}}}))
            return [*options, f"--{side}-authfile", str(path)]
    return options


async def skopeo(*args: str) -> tuple[int, str]:
    """Run skopeo; gives its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        "skopeo", "--insecure-policy", *args, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, err = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, err.decode(errors="replace")


def _short(err: str) -> str:
    match = re.search(r'msg="(.*)"\s*$', err.strip(), re.DOTALL)
    return (match[1].replace('\\"', '"') if match else err.strip())[-400:]
