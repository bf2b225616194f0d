"""From an image reference to a base: from its registry, or, where none can be reached, a stand-in."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.bases import bootstrap
from slipway_engine.errors import ImageError
from slipway_engine.platforms import NATIVE
from slipway_engine.platforms import options as choosing
from slipway_engine.state import Auth, Container
from slipway_engine.store.image import read_config, read_layout
from slipway_engine.store.layers import Layer, folder_of
from slipway_engine.values import Ref, digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine

# Being unable to ask at all is a reason for a stand-in; an answer ("not found", "denied") is not.
_UNREACHABLE = re.compile(
    r"no such host|server misbehaving|network is unreachable|no route to host|i/o timeout|Temporary failure in name"
    r"|connect: connection refused|TLS handshake timeout|deadline exceeded"
)
# After a day the registry is asked again: a stand-in is for want of the real thing.
_STAND_IN_SECONDS = 86400


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

    def holding(self, digest: str) -> str:
        """The canonical form: the tag, if there is one, and what it stands for."""
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.registry}/{self.repository}{tag}@{digest}"


async def resolve(engine: Engine, container: Container, address: str, recipe: Ref) -> Container:
    """The base at `address`. A tag is looked up in its registry in every run; what it stands for is pulled once."""
    reference = Reference.parse(address)
    row, known = _stand_in(engine, reference, container.platform), True
    if row is None:
        digest = await _digest(engine, container.auth, reference, recipe)
        row, known = await _image(engine, container, reference, digest)
    config = read_config(row["config"])
    layers = tuple(Layer(layer["key"], layer["folder"]) for layer in row["layers"])
    if known and not row["bootstrapped"] and not reference.digest:
        packed = (engine.store.get("packed", layer.key) for layer in layers)
        held = tuple(str(each["digest"]) for each in packed if each is not None)
        engine.registries.note(reference.registry, reference.repository, held)
    return Container(
        container.platform, layers, config, auth=container.auth, mounts=container.mounts,
        image_ref=reference.holding(row["digest"]) if known else "", bootstrapped=row["bootstrapped"],
    )  # fmt: skip


async def canonical(engine: Engine, container: Container, address: str, recipe: Ref) -> str:
    """`registry/repository:tag@digest` as the registry has it now, or "" where it cannot be reached; pulls nothing."""
    reference = Reference.parse(address)
    if _stand_in(engine, reference, container.platform) is not None:
        return ""
    digest = await _digest(engine, container.auth, reference, recipe)
    return reference.holding(digest) if digest else ""


async def _digest(engine: Engine, auth: tuple[Auth, ...], reference: Reference, recipe: Ref) -> str:
    """The digest that a reference stands for, or "" where its registry cannot be reached."""
    if reference.digest:
        return reference.digest

    async def ask() -> str:
        client = await engine.registries.client(reference.registry, auth)
        return await client.digest(reference.repository, reference.tag)

    from slipway_engine.registry.errors import RegistryError

    try:
        return await engine.registries.once((recipe, str(reference)), ask)
    except RegistryError as error:
        if error.unreachable:
            return ""
        msg = f'failed to resolve image "{reference}": {error}'
        raise ImageError(msg) from error


def _stand_in(engine: Engine, reference: Reference, platform: str) -> dict[str, Any] | None:
    """The stand-in that is used in place of a reference until it is looked up again, if it is still there."""
    row = _kept(engine, f"{reference} {platform}")
    return row if row is not None and row["bootstrapped"] and row["edition"] == bootstrap.edition() else None


def _kept(engine: Engine, key: str) -> dict[str, Any] | None:
    row: dict[str, Any] | None = engine.store.get("base", key)
    return row if row is not None and all(Path(layer["folder"]).exists() for layer in row["layers"]) else None


async def _image(
    engine: Engine, container: Container, reference: Reference, digest: str
) -> tuple[dict[str, Any], bool]:
    """What a reference stands for: from the cache, where it was pulled before, or pulled now.

    Also whether it stands for that now: without its registry, a tag's last known image is used.
    """
    by_tag = f"{reference} {container.platform}"
    key = f"{reference.registry}/{reference.repository}@{digest} {container.platform}" if digest else by_tag
    # Who asks for the same at the same time waits: it is pulled once.
    async with engine.store.held(f"pull-{digest_of([key]).removeprefix('sha256:')[:16]}"):
        row = _kept(engine, key)
        if row is not None and row["edition"] in ("", bootstrap.edition()):
            known = bool(digest or row["bootstrapped"])
            if not known:
                engine.progress.line(
                    f"! {reference}: its registry cannot be reached, using what it held when asked last"
                )
            elif digest and (engine.store.get("base", by_tag) or {}).get("digest") != digest:
                engine.store.put("base", by_tag, row)
            return row, known
        row = await _fetch(engine, container, reference, digest)
        seconds = _STAND_IN_SECONDS if row["bootstrapped"] else None
        # By the tag too, for a day without network.
        for name in {key, by_tag}:
            engine.store.put("base", name, row, seconds)
    return row, True


async def _fetch(engine: Engine, container: Container, reference: Reference, digest: str) -> dict[str, Any]:
    layout = engine.store.scratch("pull")
    source = replace(reference, tag="", digest=digest) if digest else reference
    async with _options(engine, container.auth, reference.registry) as options:
        with engine.progress.task(f"pull {reference}"):
            code, err = await skopeo(
                *choosing(container.platform), "copy", *options, f"docker://{source}", f"oci:{layout}:base"
            )
    if code == 0:
        found, _, layers = await asyncio.to_thread(read_layout, engine.store, layout)
        engine.log.write("base", reference=str(reference), digest=digest or found)
        return _row(digest or found, layers, config_json(layout), bootstrapped=False)
    if not _UNREACHABLE.search(err):
        msg = f'failed to resolve image "{reference}" (platform: "{container.platform}"): {_short(err)}'
        raise ImageError(msg)
    native = container.platform == NATIVE
    made = (
        await bootstrap.stand_in(engine, f"{reference.registry}/{reference.repository}", reference.tag)
        if native
        else None
    )
    if made is None:
        which = (
            f"for it; there are stand-ins for {', '.join(bootstrap.KNOWN)}" if native else f"for {container.platform}"
        )
        msg = (
            f'failed to resolve image "{reference}": its registry cannot be reached ({_short(err)}) and there is no '
            f"stand-in {which}"
        )
        raise ImageError(msg)
    from slipway_engine.store.image import config_of

    engine.log.write("base", reference=str(reference), bootstrapped=True)
    name = made.chain[-1].key
    laid_out = [Layer(layer.key, await asyncio.to_thread(folder_of, engine.store, layer)) for layer in made.chain]
    return _row(name, tuple(laid_out), config_of(made, []), bootstrapped=True)


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


@asynccontextmanager
async def _options(engine: Engine, auth: tuple[Auth, ...], host: str) -> AsyncIterator[list[str]]:
    """Skopeo's options for a registry: the password in a file in memory, ours alone, and gone with the body."""
    from slipway_engine.registry.errors import RegistryError

    try:
        plain = (await (await engine.registries.client(host, auth)).base()).startswith("http://")
    except RegistryError:
        plain = False  # whatever is wrong, the password waits for a certificate
    options = ["--src-tls-verify=false"] if plain else []
    who = await engine.registries.login(host, auth)
    if who is None:
        yield options
        return
    runner = engine.runner()
    await runner.ready()
    path = runner.memory / f"pull-{runner.next_number()}.auth"
    path.touch(mode=0o600)
    try:
        path.write_text(json.dumps({"auths": {host: {"auth": who.basic}}}))
        yield [*options, "--src-authfile", str(path)]
    finally:
        path.unlink()


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
