"""What runs again and what does not."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from tests.support.session import Name, Refused, Step, ask, ask_node, base, shell, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine


async def in_new_engine(*steps: Step | str) -> tuple[object, dict[str, int]]:
    """The answer of an engine that has just been opened, and what its log counted."""
    async with Engine.open(progress=Progress("silent")) as engine:
        return await ask(engine, *steps), engine.log.counts


async def test_the_same_recipe_in_a_new_engine_executes_nothing(nonce: str) -> None:
    steps = (
        *base(),
        shell(f"echo {nonce}; date +%N"),
        shell(f"date +%N > /made; : {nonce}"),
        step("file", path="/made"),
        "contents",
    )
    first, counts = await in_new_engine(*steps)
    assert counts["exec"] == 2
    again, counts = await in_new_engine(*steps)
    assert (again, counts) == (first, {"cached": 2})


async def test_a_failure_runs_again(nonce: str) -> None:
    for _ in range(2):
        async with Engine.open(progress=Progress("silent")) as engine:
            with pytest.raises(Refused):
                await ask(engine, *base(), shell(f"exit 1; {nonce}"), "stdout")
            assert engine.log.counts == {"exec": 1}


async def test_ten_who_ask_at_once_get_one_execution(engine: Engine, nonce: str) -> None:
    steps = (*base(), shell(f"sleep 0.5; date +%N; : {nonce}"))
    asked = [ask(engine, *steps, name) for name in ("stdout", "stdout", "exitCode", "sync", "stderr") * 2]
    found = await asyncio.gather(*asked)
    assert found[0] == found[1] == found[5]
    assert engine.log.counts["exec"] == 1


async def test_who_gives_up_does_not_take_the_execution_from_the_others(engine: Engine, nonce: str) -> None:
    steps = (*base(), shell(f"sleep 1; echo {nonce}"), "stdout")
    impatient, patient = asyncio.create_task(ask(engine, *steps)), asyncio.create_task(ask(engine, *steps))
    await asyncio.sleep(0.3)
    impatient.cancel()
    assert await patient == f"{nonce}\n"
    assert engine.log.counts["exec"] == 1


async def executions(engine: Engine, nonce: str, *variants: tuple[Step, ...]) -> int:
    """How often a command runs, asked for after each of these preparations."""
    for variant in variants:
        await ask(engine, *base(), *variant, shell(f": {nonce}"), "sync")
    return engine.log.counts.get("exec", 0)


async def test_another_variable_executes_again_and_a_volatile_one_does_not(engine: Engine, nonce: str) -> None:
    def set_to(value: str, field: str = "withEnvVariable") -> tuple[Step, ...]:
        return (step(field, name="A", value=value),)

    assert await executions(engine, nonce, set_to("1"), set_to("2"), set_to("1")) == 2
    assert await executions(engine, f"{nonce}v", *(set_to(n, "withVolatileVariable") for n in "12")) == 3


async def test_labels_ports_and_health_checks_execute_nothing_again(engine: Engine, nonce: str) -> None:
    variants = (
        (), (step("withLabel", name="l", value="v"),), (step("withAnnotation", name="a", value="v"),),
        (step("withExposedPort", port=80),), (step("withDockerHealthcheck", args=["true"]),),
        (step("withDefaultArgs", args=["x"]),),
    )  # fmt: skip
    assert await executions(engine, nonce, *variants) == 1


async def test_another_user_or_working_directory_executes_again(engine: Engine, nonce: str) -> None:
    variants = ((), (step("withUser", name="1000"),), (step("withWorkdir", path="/tmp"),))
    assert await executions(engine, nonce, *variants) == 3


async def test_other_content_of_a_mounted_directory_executes_again(engine: Engine, nonce: str) -> None:
    made = [
        await ask(engine, step("directory"), step("withNewFile", path="f", contents=text), "id") for text in ("1", "2")
    ]
    variants = [(step("withMountedDirectory", path="/m", source=each),) for each in (*made, *made)]
    assert await executions(engine, nonce, *variants) == 2
    read_only = (step("withMountedDirectory", path="/m", source=made[0], readOnly=True),)
    assert await executions(engine, nonce, read_only) == 3


async def test_another_value_of_a_secret_executes_again_and_the_same_does_not(nonce: str) -> None:
    async def count(value: str) -> int:
        async with Engine.open(progress=Progress("silent")) as engine:
            secret = await ask(engine, step("setSecret", name="s", plaintext=value), "id")
            variable, file = (
                step("withSecretVariable", name="S", secret=secret),
                step("withMountedSecret", path="/s", source=secret),
            )
            return await executions(engine, nonce, (variable,), (file,))

    assert [await count("one"), await count("one"), await count("two")] == [2, 0, 2]


async def test_what_is_in_a_cache_volume_executes_nothing_again(engine: Engine, nonce: str) -> None:
    volume = await ask(engine, step("cacheVolume", key=nonce), "id")
    mounted = step("withMountedCache", path="/c", cache=volume)
    locked = step("withMountedCache", path="/c", cache=volume, sharing=Name("LOCKED"))
    assert await executions(engine, nonce, (mounted,)) == 1
    await ask(engine, *base(), mounted, shell(f"echo {nonce} > /c/f"), "sync")
    assert await executions(engine, nonce, (mounted,), (locked,)) == 2


async def host(path: Path) -> str:
    """The ID of a directory of the host, to an engine that has just been opened."""
    found, _ = await in_new_engine("host", step("directory", path=str(path)), "id")
    return str(found)


async def test_a_touched_file_is_the_same_directory_and_a_changed_one_another(tmp_path: Path, nonce: str) -> None:
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "f"
    file.write_text(nonce)
    first = await host(tmp_path)
    later = time.time() + 100
    os.utime(file, (later, later))
    assert await host(tmp_path) == first
    file.write_text(nonce[::-1])
    os.utime(file, (later, later))
    assert await host(tmp_path) != first
    file.write_text(nonce)
    file.chmod(0o755)
    assert await host(tmp_path) != first
    file.chmod(0o644)
    assert await host(tmp_path) == first


async def test_many_readers_of_one_new_file_leave_it_whole(engine: Engine, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}").write_bytes(os.urandom(3_000_000))
    asked = [
        ask(engine, "host", step("directory", path=str(tmp_path), include=["*", f"!x{n}"]), "id") for n in range(6)
    ]
    asked += [
        ask(engine, "host", step("file", path=str(tmp_path / "0")), step("digest", excludeMetadata=True))
        for _ in range(6)
    ]
    await asyncio.gather(*asked)
    for blob in (engine.store.path / "files").glob("*/*"):
        if blob.stat().st_size == 3_000_000:
            import hashlib

            assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name


async def test_a_command_with_a_service_runs_again_when_the_service_changes_and_not_its_neighbours(
    tmp_path: Path, nonce: str
) -> None:
    served, other = tmp_path / "served", tmp_path / "other"
    served.write_text(nonce)
    counted = []
    for text in ("one", "two", "three"):
        other.write_text(text)
        if text == "three":
            served.write_text(f"{nonce} changed")
        async with Engine.open(progress=Progress("silent")) as engine:
            folder = await ask(engine, "host", step("directory", path=str(tmp_path), include=["*"]), "id")
            # The recipe of the service has the whole folder in it, its content only one file.
            file = await ask_node(engine, "Directory", folder, step("file", path="served"), "id")
            service = await ask(
                engine, *base(), step("withFile", path="/served", source=file),
                step("asService", args=["sleep", "100"]), "id",
            )  # fmt: skip
            bound = step("withServiceBinding", alias="s", service=service)
            await ask(engine, *base(), bound, shell(f": {nonce}"), "sync")
            counted.append(engine.log.counts.get("exec", 0))
    assert counted == [1, 0, 1]
