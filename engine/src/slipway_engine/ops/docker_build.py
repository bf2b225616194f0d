"""Directory.dockerBuild: a Dockerfile, built by buildah on bases of this engine."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from slipway_engine.api.registry import Context, op
from slipway_engine.bases.resolve import Reference, resolve
from slipway_engine.errors import ExecError, HostError, InputError
from slipway_engine.platforms import NATIVE, read
from slipway_engine.state import Container
from slipway_engine.store.image import archive, assemble, read_layout
from slipway_engine.store.layers import Layer, lay_out
from slipway_engine.store.tree import Tree
from slipway_engine.values import Ref, digest_of

_FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
_COPY_FROM = re.compile(r"^\s*(?:COPY|RUN)\s.*?(?:--from=|,from=)([^\s,]+)", re.IGNORECASE | re.MULTILINE)
_ARG = re.compile(r"^\s*ARG\s+(\w+)=(\S+)", re.IGNORECASE | re.MULTILINE)


@op("Directory.dockerBuild")
async def docker_build(
    ctx: Context,
    self: Tree,
    *,
    dockerfile: str = "Dockerfile",
    platform: str | None = None,
    build_args: list[dict[str, str]] | None = None,
    target: str = "",
    secrets: list[Ref] | None = None,
    no_init: bool = False,
    ssh: Ref | None = None,
) -> Container:
    """Build the Dockerfile with the directory as its context."""
    if secrets or ssh is not None:
        msg = "Directory.dockerBuild(secrets:, ssh:) is not served by the embedded engine; use withExec and withMountedSecret"
        raise InputError(msg)
    entry = self.entries.get(dockerfile)
    if entry is None:
        msg = f"{dockerfile}: no such file in the build's directory"
        raise InputError(msg)
    arguments = {row["name"]: row["value"] for row in build_args or []}
    text = Path(entry.source).read_text(encoding="utf-8", errors="replace")
    empty = Container(read(platform))
    bases = {name: await resolve(ctx.engine, empty, name, ctx.ref) for name in _bases(text, arguments)}
    keys = {name: [layer.key for layer in base.chain] for name, base in bases.items()}
    key = digest_of(["dockerfile", empty.platform, self.key, dockerfile, arguments, target, keys])
    row = ctx.engine.store.get("docker-build", key)
    if row is None or not all(Path(layer["folder"]).exists() for layer in row["layers"]):
        chosen = [f"--platform={empty.platform}"]
        chosen += [f"--build-arg={name}={value}" for name, value in sorted(arguments.items())]
        chosen += [f"--target={target}"] if target else []
        row = await _build(ctx, self, dockerfile, chosen, bases)
        ctx.engine.store.put("docker-build", key, row)
    else:
        ctx.engine.log.write("cached", command=f"build {dockerfile}", key=key)
    from slipway_engine.store.image import read_config

    layers = tuple(Layer(layer["key"], layer["folder"]) for layer in row["layers"])
    stand_in = any(base.bootstrapped for base in bases.values())
    return replace(empty, chain=layers, config=read_config(row["config"]), bootstrapped=stand_in)


def _bases(text: str, arguments: dict[str, str]) -> list[str]:
    """The images a Dockerfile starts from: not its own stages, not `scratch`; arguments filled in."""
    values = {**dict(_ARG.findall(text)), **arguments}
    stages, found = set(), []

    def fill(name: str) -> str:
        return re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match[1], ""), name)

    for match in _FROM.finditer(text):
        name = fill(match[1])
        if name not in stages and name != "scratch":
            found.append(name)
        if match[2]:
            stages.add(match[2])
    for match in _COPY_FROM.finditer(text):
        name = fill(match[1])
        if name not in stages and not name.isdigit():
            found.append(name)
    return list(dict.fromkeys(found))


async def _build(
    ctx: Context, context: Tree, dockerfile: str, options: list[str], bases: dict[str, Container]
) -> dict[str, Any]:
    if shutil.which("buildah") is None:
        msg = "buildah is not installed, and building a Dockerfile needs it: sudo apt-get install buildah"
        raise HostError(msg)
    engine, runner = ctx.engine, ctx.engine.runner()
    await runner.ready()
    folder = engine.store.scratch("dockerfile")
    await asyncio.to_thread(lay_out, context, folder, preserve=False)
    # A storage of our own, beside the cache: what others keep in theirs is neither seen nor touched.
    storage = [
        "--root",
        str(engine.store.path / "buildah"),
        "--runroot",
        str(engine.store.tmp / "buildah-run"),
        "--storage-driver",
        "overlay",
    ]
    with engine.progress.task(f"build {dockerfile}"):
        async with engine.store.held("buildah"):
            for name, base in bases.items():
                await _import(ctx, storage, name, base)
            ca = (
                ["--volume", f"{runner.machine.ca_bundle}:/etc/ssl/certs/ca-certificates.crt:ro"]
                if runner.machine.ca_bundle
                else []
            )
            limits = [part for limit in runner.machine.limits for part in ("--ulimit", limit)]
            image = f"slipway-{digest_of(str(ctx.ref))[7:23]}"
            command = [
                *storage, "build", "--runtime", runner.machine.runtime, "--pull-never", "--layers", "--format", "docker",
                "--timestamp", "0", *ca, *limits, *options, "--file", str(folder / dockerfile), "--tag", image, str(folder),
            ]  # fmt: skip
            # What a build left that was killed; while the lock is held nobody else has any containers.
            await _buildah([*storage, "rm", "--all"], "clean up", ok=False)
            try:
                await _buildah(command, f"build {dockerfile}")
            except BaseException:
                # buildah leaves the container of the step that failed.
                await asyncio.shield(_buildah([*storage, "rm", "--all"], "clean up", ok=False))
                raise
            layout = engine.store.scratch("built")
            await _buildah([*storage, "push", image, f"oci:{layout}:image"], f"export {dockerfile}")
            described = json.loads(await _buildah([*storage, "inspect", "--type", "image", image], "inspect") or "{}")
            await _buildah([*storage, "rmi", image], "remove", ok=False)
        _, config, layers = await asyncio.to_thread(read_layout, engine.store, layout)
    engine.log.write("exec", command=f"build {dockerfile}")
    from slipway_engine.store.image import config_of, read_config

    # An OCI layout has no health check; the image as buildah keeps it has.
    config = replace(config, health=read_config({"config": (described.get("Docker") or {}).get("config")}).health)
    return {
        "layers": [{"key": layer.key, "folder": layer.folder} for layer in layers],
        "config": config_of(Container(NATIVE, config=config), []),
    }


async def _import(ctx: Context, storage: list[str], name: str, base: Container) -> None:
    """Give buildah a base under the name the Dockerfile uses."""
    store = ctx.engine.store
    image = await asyncio.to_thread(assemble, store, replace(base, auth=()))
    full, identity = str(Reference.parse(name)), image.blobs[0].removeprefix("sha256:")
    # The name may be there from before its tag moved.
    inspect = [*storage, "inspect", "--type", "image", "--format", "{{.FromImageID}}", full]
    if (await _buildah(inspect, "inspect", ok=False) or b"").decode().strip() == identity:
        return
    tarball = store.scratch("base") / "base.tar"
    await asyncio.to_thread(archive, store, image, tarball)
    await _buildah([*storage, "pull", "--quiet", f"oci-archive:{tarball}"], f"import {name}")
    await _buildah([*storage, "tag", identity, full], f"tag {name}")
    os.unlink(tarball)


async def _buildah(args: list[str], what: str, *, ok: bool = True) -> bytes | None:
    """What buildah printed, or None where it failed and that is fine."""
    process = await asyncio.create_subprocess_exec(
        "buildah", *args, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if ok and process.returncode != 0:
        raise ExecError(
            ["buildah", what],
            process.returncode or 1,
            out.decode(errors="replace")[-4000:],
            err.decode(errors="replace")[-4000:],
        )
    return out if process.returncode == 0 else None
