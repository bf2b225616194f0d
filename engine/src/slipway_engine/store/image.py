"""OCI images: from a container value to configuration, manifest and archive, and from a layout to layers.

Nothing in a manifest depends on the clock: `created` is the label `org.opencontainers.image.created` where there is
one, else the epoch. Equal inputs give equal digests.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_engine.errors import ImageError
from slipway_engine.platforms import described
from slipway_engine.state import Config, Container, Health, Port
from slipway_engine.store.layers import Layer, mark_opaque
from slipway_engine.store.pack import blob, pack
from slipway_engine.store.store import Store, remove

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_DOCKER = {
    INDEX: "application/vnd.docker.distribution.manifest.list.v2+json",
    MANIFEST: "application/vnd.docker.distribution.manifest.v2+json",
    _CONFIG: "application/vnd.docker.container.image.v1+json",
    _LAYER: "application/vnd.docker.image.rootfs.diff.tar.gzip",
}
_EPOCH = "1970-01-01T00:00:00Z"
_UNITS = (
    ("h", 3_600_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
)


@dataclass(frozen=True, slots=True)
class Image:
    """A manifest and the blobs it names; or an index, and the images of its platforms."""

    digest: str
    manifest: bytes
    blobs: tuple[str, ...]
    media_type: str = MANIFEST
    parts: tuple[Image, ...] = ()

    def all_blobs(self) -> tuple[str, ...]:
        """The digests of the blobs of every platform, each once."""
        return tuple(dict.fromkeys([*self.blobs, *(name for part in self.parts for name in part.blobs)]))


def assemble(store: Store, container: Container, *, docker: bool = False) -> Image:
    """Pack what is not packed and write configuration and manifest. `docker`: Docker's media types."""
    layers = [pack(store, layer) for layer in container.chain]
    config = _encode(config_of(container, [str(layer["diff_id"]) for layer in layers]))
    config_digest = _keep(store, config)

    def kind(name: str) -> str:
        return _DOCKER[name] if docker else name

    body: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": kind(MANIFEST),
        "config": {"mediaType": kind(_CONFIG), "digest": config_digest, "size": len(config)},
        "layers": [{"mediaType": kind(_LAYER), "digest": row["digest"], "size": row["size"]} for row in layers],
    }
    if container.config.annotations:
        body["annotations"] = dict(container.config.annotations)
    manifest = _encode(body)
    digest = _keep(store, manifest)
    names = (config_digest, *dict.fromkeys(str(layer["digest"]) for layer in layers))
    return Image(digest, manifest, names, kind(MANIFEST))


def assemble_index(store: Store, containers: Sequence[Container], *, docker: bool = False) -> Image:
    """Pack an image for each of several platforms, and write the index of them."""
    parts = tuple(assemble(store, container, docker=docker) for container in containers)
    body = {
        "schemaVersion": 2,
        "mediaType": _DOCKER[INDEX] if docker else INDEX,
        "manifests": [
            {
                "mediaType": part.media_type, "digest": part.digest, "size": len(part.manifest),
                "platform": described(container.platform),
            }
            for part, container in zip(parts, containers, strict=True)
        ],
    }  # fmt: skip
    manifest = _encode(body)
    return Image(_keep(store, manifest), manifest, (), str(body["mediaType"]), parts)


def config_of(container: Container, diff_ids: list[str]) -> dict[str, Any]:
    """The image configuration, as the OCI image specification has it."""
    config = container.config
    inner: dict[str, Any] = {}
    if config.user:
        inner["User"] = config.user
    if config.ports:
        inner["ExposedPorts"] = {f"{port.port}/{port.protocol.lower()}": {} for port in config.ports}
    if config.env:
        inner["Env"] = [f"{name}={value}" for name, value in config.env]
    if config.entrypoint:
        inner["Entrypoint"] = list(config.entrypoint)
    if config.args:
        inner["Cmd"] = list(config.args)
    if config.volumes:
        inner["Volumes"] = {path: {} for path in config.volumes}
    if config.workdir:
        inner["WorkingDir"] = config.workdir
    if config.labels:
        inner["Labels"] = dict(sorted(config.labels))
    if config.stop_signal:
        inner["StopSignal"] = config.stop_signal
    if config.health is not None:
        inner["Healthcheck"] = _health_out(config.health)
    created = dict(config.labels).get("org.opencontainers.image.created") or _EPOCH
    return {
        **described(container.platform),
        "created": created,
        "config": inner,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created": created, "created_by": "slipway"} for _ in diff_ids],
    }


def read_config(raw: dict[str, Any]) -> Config:
    """The inverse of `config_of`, for a base image."""
    inner = raw.get("config") or {}
    ports = []
    for spec in inner.get("ExposedPorts") or {}:
        number, _, protocol = spec.partition("/")
        ports.append(Port(int(number), (protocol or "tcp").upper()))
    return Config(
        env=tuple((name, value) for name, _, value in (pair.partition("=") for pair in inner.get("Env") or [])),
        entrypoint=tuple(inner.get("Entrypoint") or ()),
        args=tuple(inner.get("Cmd") or ()),
        user=inner.get("User") or "",
        workdir=inner.get("WorkingDir") or "",
        labels=tuple((inner.get("Labels") or {}).items()),
        ports=tuple(ports),
        volumes=tuple(inner.get("Volumes") or ()),
        stop_signal=inner.get("StopSignal") or "",
        health=_health_in(inner.get("Healthcheck")),
    )


def archive(store: Store, image: Image, target: Path, *, tag: str = "") -> None:
    """Write an OCI archive: the index first, so that reading it is cheap; equal images give equal bytes."""
    entry: dict[str, Any] = {"mediaType": image.media_type, "digest": image.digest, "size": len(image.manifest)}
    if tag:
        entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
    with target.open("wb") as out, tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        _member(tar, "index.json", _encode(index))
        _member(tar, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        for name in sorted({image.digest, *(part.digest for part in image.parts), *image.all_blobs()}):
            path = blob(store, name)
            info = _info("blobs/sha256/" + name.removeprefix("sha256:"), path.stat().st_size)
            with path.open("rb") as data:
                tar.addfile(info, data)


def read_layout(store: Store, layout: Path) -> tuple[str, Config, tuple[Layer, ...]]:
    """Take an image out of an OCI layout: its manifest's digest, configuration and unpacked layers."""
    index = json.loads((layout / "index.json").read_bytes())
    digest = index["manifests"][0]["digest"]
    manifest = json.loads(_blob_in(layout, digest).read_bytes())
    config = json.loads(_blob_in(layout, manifest["config"]["digest"]).read_bytes())
    layers = []
    for row, diff_id in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
        place = store.path / "layers" / diff_id.removeprefix("sha256:")[:32]
        data = _blob_in(layout, row["digest"])
        if not place.exists():
            scratch = store.scratch("layer")
            unpack(data, scratch)
            store.commit(scratch, place)
        kept = blob(store, row["digest"])
        if row["mediaType"].endswith("gzip") and not kept.exists():
            copy = store.scratch("blob") / "b"
            os.link(data, copy)
            store.commit(copy, kept)
        if row["mediaType"].endswith("gzip"):
            store.put("packed", diff_id, {"diff_id": diff_id, "digest": row["digest"], "size": row["size"]})
        layers.append(Layer(diff_id, str(place)))
    return digest, read_config(config), tuple(layers)


def unpack(data: Path, target: Path) -> None:
    """Unpack a layer into overlayfs' form."""
    os.chmod(target, 0o755)  # noqa: S103  # the root of a file system
    done = subprocess.run(
        ["tar", "--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--file", str(data), "--directory", str(target)],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        remove(target)
        msg = f"{data.name}: the layer cannot be unpacked: {done.stderr.decode(errors='replace').strip()[-300:]}"
        raise ImageError(msg)
    for folder, _, names in os.walk(target):
        for name in names:
            if name == ".wh..wh..opq":
                os.unlink(f"{folder}/{name}")
                mark_opaque(folder)
            elif name.startswith(".wh."):
                os.unlink(f"{folder}/{name}")
                os.mknod(f"{folder}/{name.removeprefix('.wh.')}", 0o020000, os.makedev(0, 0))


def _health_out(health: Health) -> dict[str, Any]:
    row: dict[str, Any] = {"Test": ["CMD-SHELL" if health.shell else "CMD", *health.args]}
    for key, text in (
        ("Interval", health.interval), ("Timeout", health.timeout),
        ("StartPeriod", health.start_period), ("StartInterval", health.start_interval),
    ):  # fmt: skip
        if text:
            row[key] = nanoseconds(text)
    if health.retries:
        row["Retries"] = health.retries
    return row


def _health_in(row: dict[str, Any] | None) -> Health | None:
    test = (row or {}).get("Test") or []
    if not row or not test or test[0] == "NONE":
        return None

    def text(key: str) -> str:
        value = row.get(key) or 0
        return f"{value // 1_000_000}ms" if value else ""

    return Health(
        tuple(test[1:]), test[0] == "CMD-SHELL", text("Interval"), text("Timeout"), text("StartPeriod"),
        text("StartInterval"), int(row.get("Retries") or 0),
    )  # fmt: skip


def nanoseconds(text: str) -> int:
    """A duration as Go writes it (`1m30s`, `500ms`) in nanoseconds."""
    total, rest = 0.0, text
    while rest:
        digits = len(rest) - len(rest.lstrip("0123456789."))
        unit = next(
            (u for u, _ in _UNITS if rest[digits:].startswith(u) and not (u == "m" and rest[digits:].startswith("ms"))),
            None,
        )
        if digits == 0 or unit is None:
            msg = f"{text!r} is not a duration; write it as 30s, 1m30s or 500ms"
            raise ImageError(msg)
        total += float(rest[:digits]) * dict(_UNITS)[unit]
        rest = rest[digits + len(unit) :]
    return int(total)


def _encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _keep(store: Store, data: bytes) -> str:
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    place = blob(store, digest)
    if not place.exists():
        scratch = store.scratch("blob") / "b"
        scratch.write_bytes(data)
        store.commit(scratch, place)
    return digest


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o644, 0
    return info


def _member(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    tar.addfile(_info(name, len(data)), io.BytesIO(data))


def _blob_in(layout: Path, digest: str) -> Path:
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
