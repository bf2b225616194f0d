"""One command in a container: from a container value to a new layer, once per recipe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slipway_engine.errors import ExecError, HostError, InputError
from slipway_engine.platforms import require_native
from slipway_engine.run.secrets import copy_redacted, fingerprint, plaintext
from slipway_engine.state import Container, Mount, Outcome
from slipway_engine.store.layers import Layer
from slipway_engine.store.store import is_full, no_space
from slipway_engine.values import Ref, digest_of

if TYPE_CHECKING:
    from slipway_engine.engine import Engine
    from slipway_engine.run.runner import Runner

# What podman itself answers when a container could not be started at all.
_PODMAN_FAILED = 125
# And what it ends with when it cannot go on.
_PODMAN_CODES = (125, 126)

# How often, and after how many seconds, the end of a container that is being started is looked for again.
_END_TRIES, _END_SECONDS = 50, 0.1


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `expect`: SUCCESS, FAILURE or ANY. The redirects are paths in the container."""

    args: tuple[str, ...]
    stdin: str = ""
    redirect_stdin: str = ""
    redirect_stdout: str = ""
    redirect_stderr: str = ""
    expect: str = "SUCCESS"
    privileged: bool = False


async def execute(engine: Engine, container: Container, command: Command) -> Container:
    """The container after the command; raises ExecError where the exit code is not the expected one."""
    title = _title(command.args)
    require_native(container.platform, title)
    key = await _key(engine, container, command)
    place = engine.store.path / "execs" / key.removeprefix("sha256:")[:32]
    if (place / "meta.json").exists():
        engine.log.write("cached", command=title, key=key)
    else:
        runner = engine.runner()
        # Before a slot is taken: what a service is made of may need one itself.
        await asyncio.gather(*(_started(engine, ref) for _, ref in container.bindings))
        async with runner.slots:
            if not (place / "meta.json").exists():
                with engine.progress.task(title):
                    place = await _run(runner, container, command, key, place)
                    _check(_outcome(place, command), command)
    meta = json.loads((place / "meta.json").read_text())
    outcome = _outcome(place, command)
    chain = container.chain
    if meta["changed"]:
        chain = (*chain, Layer(key, str(place / "fs")))
    mounts = tuple(_after(mount, place, key, number, meta) for number, mount in enumerate(container.mounts))
    return replace(container, chain=chain, mounts=mounts, outcome=outcome, image_ref="")


async def _started(engine: Engine, ref: Ref) -> None:
    await engine.services.start(await engine.evaluate(ref))


def _outcome(place: Path, command: Command) -> Outcome:
    meta = json.loads((place / "meta.json").read_text())
    return Outcome(str(place), meta["exit_code"], command.args)


def read_output(outcome: Outcome, name: str) -> str:
    """`stdout` or `stderr` of a command, as text."""
    return Path(outcome.folder, name).read_text(encoding="utf-8", errors="replace")


async def _key(engine: Engine, container: Container, command: Command) -> str:
    return digest_of(
        [
            "exec", *await identity(engine, container), list(command.args), command.stdin, command.redirect_stdin,
            command.redirect_stdout, command.redirect_stderr, command.privileged,
            # A result that was expected to fail is no answer to one who expects success.
            *([command.expect] if command.expect != "SUCCESS" else []),
        ]
    )  # fmt: skip


async def identity(engine: Engine, container: Container) -> list[object]:
    """All that what runs in a container depends on, by its content."""
    config = container.config
    secrets = [[name, fingerprint(engine, await plaintext(engine, value))] for name, value in container.secret_env]
    mounts: list[object] = []
    for mount in container.mounts:
        row: list[object] = [mount.kind, mount.path, mount.owner, mount.mode, mount.size, mount.socket]
        if mount.kind == "directory":
            row += [layer.key for layer in mount.chain]
            row += ["read-only"] if mount.read_only else []
        if mount.file is not None:
            row.append(mount.file.key)
        if mount.volume is not None:
            row.append(mount.volume.key)
        if mount.secret is not None:
            row.append(fingerprint(engine, await plaintext(engine, mount.secret)))
        mounts.append(row)
    # What a service is, not how it was asked for: its recipe has the digest of all sources in it.
    bindings = [[alias, (await engine.evaluate(ref)).key] for alias, ref in container.bindings]
    return [
        container.platform, [layer.key for layer in container.chain], sorted(config.env), config.user, config.workdir,
        secrets, mounts, bindings,
    ]  # fmt: skip


async def _run(runner: Runner, container: Container, command: Command, key: str, place: Path) -> Path:
    begun = time.monotonic()
    store = runner.store
    async with runner.snapshot(container) as (snap, plan, scratch):
        result = store.scratch("result")
        stdin = _stdin(plan.locate(snap, command.redirect_stdin) if command.redirect_stdin else None, command)
        name = runner.new_name("exec")
        # There once the command has started, which is how a code of podman's is told from the command's. In memory,
        # since a command that fills the disk would make podman fail.
        started = runner.memory / f"pid{runner.next_number()}"
        arguments = ["podman", "run", "--rm", "--pidfile", str(started)]
        arguments += ["--interactive"] if stdin is not None else []
        network = await runner.network(container)
        arguments += runner.command(container, plan, snap.root, name, network, privileged=command.privileged)
        arguments += plan.wrap(command.args)
        try:
            code = await _process(runner, name, arguments, stdin, result, plan.secrets)
        except BaseException:
            await asyncio.shield(runner.forget(name))
            raise
        runner.drop_name(name)
        if code in _PODMAN_CODES and is_full(store.path):
            # Podman could not write down what the command printed, nor that it could not.
            raise HostError(no_space(store.path))
        if code == _PODMAN_FAILED and not started.exists():
            msg = f"podman could not start {_title(command.args)!r}: {_podman_says(result) or 'it gave no reason'}"
            raise HostError(msg)
        for stream, target in (("stdout", command.redirect_stdout), ("stderr", command.redirect_stderr)):
            if target:
                # In this thread: others may have been started before this process had mounts of its own.
                _redirect(result / stream, plan.locate(snap, target), target)
        started.unlink(missing_ok=True)
        uppers = {path: each.upper for path, each in plan.snapshots.items()}
    # The mounts are gone; what they changed is now an ordinary folder.
    (scratch / "fs").rename(result / "fs")
    meta: dict[str, Any] = {"exit_code": code, "changed": any((result / "fs").iterdir()), "mounts": []}
    for number, mount in enumerate(container.mounts):
        upper = uppers.get(mount.path)
        if upper is not None and mount.kind == "directory" and any(upper.iterdir()):
            upper.rename(result / f"m{number}")
            meta["mounts"].append(number)
    shutil.rmtree(scratch, ignore_errors=True)
    runner.engine.log.write(
        "exec", command=_title(command.args), key=key, exit_code=code, seconds=round(time.monotonic() - begun, 3)
    )
    (result / "meta.json").write_text(json.dumps(meta))
    if not _expected(code, command.expect):
        # Kept only for this run: a failure is tried again next time.
        return result
    return store.commit(result, place)


async def _process(
    runner: Runner, name: str, arguments: list[str], stdin: bytes | None, result: Path, secrets: list[bytes]
) -> int:
    """Run podman with its output going to files; the exit code. With secrets, their values are replaced on the way."""
    with (result / "stdout").open("wb") as out, (result / "stderr").open("wb") as err:
        process = await asyncio.create_subprocess_exec(
            *arguments, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if secrets else out, stderr=asyncio.subprocess.PIPE if secrets else err,
        )  # fmt: skip
    try:
        async with asyncio.TaskGroup() as group:
            for stream, source in (("stdout", process.stdout), ("stderr", process.stderr)):
                if source is not None:
                    group.create_task(copy_redacted(source, result / stream, secrets))
            if stdin is not None:
                group.create_task(_feed(process, stdin))
            group.create_task(process.wait())
    except BaseException as error:
        await asyncio.shield(_end(runner, name, process))
        # Of several failures the first says why.
        raise error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error from None
    return process.returncode or 0


async def _end(runner: Runner, name: str, process: asyncio.subprocess.Process) -> None:
    """Remove a container that may still be starting, until its podman has ended.

    Killed in between, podman would leave a container that it does not know of, and with it a monitor that waits.
    """
    for _ in range(_END_TRIES):
        await runner.forget(name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_SECONDS)
            return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


def _stdin(source: Path | None, command: Command) -> bytes | None:
    if command.redirect_stdin:
        if source is None or not source.is_file():
            msg = f"withExec(redirectStdin: {command.redirect_stdin!r}): no such file in the container"
            raise InputError(msg)
        return source.read_bytes()
    return command.stdin.encode() if command.stdin else None


def _redirect(output: Path, target: Path | None, asked: str) -> None:
    """Write a command's output to a file of the container, through what is mounted."""
    if target is None:
        msg = f"withExec: output cannot be redirected to {asked}, which is gone when the command ends"
        raise InputError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(output, target)


def _podman_says(result: Path) -> str:
    """Podman's own complaint."""
    lines = (result / "stderr").read_text(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ") if lines else ""


def _expected(code: int, expect: str) -> bool:
    return expect == "ANY" or (code == 0) == (expect == "SUCCESS")


def _check(outcome: Outcome, command: Command) -> None:
    if not _expected(outcome.exit_code, command.expect):
        raise ExecError(
            list(command.args), outcome.exit_code,
            read_output(outcome, "stdout").strip(), read_output(outcome, "stderr").strip(),
        )  # fmt: skip


def _after(mount: Mount, place: Path, key: str, number: int, meta: dict[str, list[int]]) -> Mount:
    if number not in meta["mounts"]:
        return mount
    layer = Layer(digest_of([key, number]), str(place / f"m{number}"))
    return replace(mount, chain=(*mount.chain, layer))


def _title(args: tuple[str, ...]) -> str:
    text = re.sub(r"\s+", " ", " ".join(args))
    return text if len(text) <= 90 else text[:89] + "…"
