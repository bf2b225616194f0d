"""What is mounted while a command runs: volumes, directories, files, folders in memory."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.support.processes import answers, finish, start_driver
from tests.support.session import Name, Refused, Step, ask, ask_node, base, document, run, shell, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine


async def volume(engine: Engine, key: str, path: str = "/c", **args: object) -> Step:
    """A cache volume, mounted."""
    identity = await ask(engine, step("cacheVolume", key=key), "id")
    return step("withMountedCache", path=path, cache=identity, **args)


async def test_a_volume_keeps_its_files_for_later_runs_and_other_containers(nonce: str) -> None:
    async with Engine.open(progress=Progress("silent")) as engine:
        await ask(engine, *base(), await volume(engine, nonce), shell(f"echo {nonce} > /c/f"), "sync")
    async with Engine.open(progress=Progress("silent")) as engine:
        other = await volume(engine, nonce, "/elsewhere")
        assert await ask(engine, *base(), other, run("cat", "/elsewhere/f"), "stdout") == f"{nonce}\n"
        third = await volume(engine, f"{nonce}-other")
        assert await ask(engine, *base(), third, run("ls", "/c"), "stdout") == ""


async def test_a_volume_belongs_to_the_owner_asked_for(engine: Engine, nonce: str) -> None:
    mounted = await volume(engine, nonce, owner="1000:1000")
    made = (*base(), mounted, step("withUser", name="1000"), shell(f"touch /c/{nonce}; stat -c %u:%g /c"))
    assert await ask(engine, *made, "stdout") == "1000:1000\n"


# Each waits a little inside; two at once would both see the other's mark.
TURN = ": {0}; mkdir /c/busy && sleep 0.4 && rmdir /c/busy"


async def test_a_shared_volume_is_used_by_several_at_once(engine: Engine, nonce: str) -> None:
    mounted = await volume(engine, nonce)
    both = "touch /c/{0}; for i in 1 2 3 4 5 6 7 8 9; do [ -e /c/{1} ] && exit 0; sleep 1; done; exit 1"
    words = ((f"a{nonce}", f"b{nonce}"), (f"b{nonce}", f"a{nonce}"))
    await asyncio.gather(*(ask(engine, *base(), mounted, shell(both.format(*pair)), "sync") for pair in words))


async def test_a_locked_volume_is_used_by_one_at_a_time(engine: Engine, nonce: str) -> None:
    mounted = await volume(engine, nonce, sharing=Name("LOCKED"))
    await asyncio.gather(*(ask(engine, *base(), mounted, shell(TURN.format(n)), "sync") for n in range(3)))


async def test_a_locked_volume_is_used_by_one_of_two_engines(nonce: str) -> None:
    async with Engine.open(progress=Progress("silent")) as engine:
        identity = await ask(engine, step("cacheVolume", key=nonce), "id")
        await ask(engine, *base(), "sync")
    mounted = step("withMountedCache", path="/c", cache=identity, sharing=Name("LOCKED"))
    requests = [document(*base(), mounted, shell(TURN.format(nonce + str(n))), "exitCode") for n in range(4)]
    pair = [start_driver(*requests[:2]), start_driver(*requests[2:])]
    for each in pair:
        for answer in answers(finish(each))[:-1]:
            assert "errors" not in answer, json.dumps(answer)


async def test_two_locked_volumes_in_opposite_order_do_not_block_each_other(engine: Engine, nonce: str) -> None:
    locked = Name("LOCKED")

    async def use(first: str, second: str, mark: str) -> None:
        mounts = [await volume(engine, nonce + name, f"/{name}", sharing=locked) for name in (first, second)]
        await ask(engine, *base(), *mounts, shell(f": {nonce}{mark}"), "sync")

    pairs = [use("x", "y", f"{n}") for n in range(3)] + [use("y", "x", f"{n}r") for n in range(3)]
    await asyncio.wait_for(asyncio.gather(*pairs), 30)


async def test_one_locked_volume_at_two_places_does_not_wait_for_itself(engine: Engine, nonce: str) -> None:
    mounts = [await volume(engine, nonce, path, sharing=Name("LOCKED")) for path in ("/a", "/b")]
    made = ask(engine, *base(), *mounts, shell(f"echo {nonce} > /a/f; cat /b/f"), "stdout")
    assert await asyncio.wait_for(made, 20) == f"{nonce}\n"


async def test_a_folder_in_memory_is_empty_each_time_and_as_large_as_asked_for(engine: Engine, nonce: str) -> None:
    made = (*base(), step("withMountedTemp", path="/t", size=1_000_000), shell(f"ls /t; echo {nonce} > /t/f; ls /t"))
    assert await ask(engine, *made, "stdout") == "f\n"
    assert await ask(engine, *made, run("ls", "/t"), "stdout") == ""
    with pytest.raises(Refused):
        await ask(engine, *made, shell(f"head -c 2000000 /dev/zero > /t/{nonce}"), "sync")


async def folder(engine: Engine, **files: str) -> str:
    """A directory's ID."""
    steps = [step("withNewFile", path=name, contents=text) for name, text in files.items()]
    return str(await ask(engine, step("directory"), *steps, "id"))


async def test_changes_in_a_mounted_directory_are_seen_later_and_are_no_part_of_the_source(
    engine: Engine, nonce: str
) -> None:
    source = await folder(engine, keep="1", gone="2")
    made = await ask(
        engine, *base(), step("withMountedDirectory", path="/m", source=source),
        shell(f"rm /m/gone; echo {nonce} > /m/new"), "id",
    )  # fmt: skip
    assert await ask_node(engine, "Container", made, run("ls", "/m"), "stdout") == "keep\nnew\n"
    assert await ask_node(engine, "Container", made, step("directory", path="/m"), "entries") == ["keep", "new"]
    assert await ask_node(engine, "Container", made, step("file", path="/m/new"), "contents") == f"{nonce}\n"
    assert await ask_node(engine, "Directory", source, "entries") == ["gone", "keep"]
    assert await ask_node(engine, "Container", made, "rootfs", step("exists", path="m/new")) is False


async def test_a_mounted_directory_belongs_to_its_owner_who_can_write_in_it(engine: Engine, nonce: str) -> None:
    source = await folder(engine, f="1")
    made = (
        *base(), step("withMountedDirectory", path="/m", source=source, owner="1000:1001"),
        step("withUser", name="1000:1001"), shell(f"touch /m/{nonce}; stat -c %u:%g /m /m/f"),
    )  # fmt: skip
    assert await ask(engine, *made, "stdout") == "1000:1001\n" * 2


async def test_a_directory_mounted_for_reading_cannot_be_changed(engine: Engine, nonce: str) -> None:
    source = await folder(engine, f=nonce)
    made = (*base(), step("withMountedDirectory", path="/m", source=source, readOnly=True))
    assert await ask(engine, *made, run("cat", "/m/f"), "stdout") == nonce
    with pytest.raises(Refused):
        await ask(engine, *made, run("touch", "/m/g"), "sync")


async def test_a_file_written_where_a_directory_is_mounted_is_in_the_mount(engine: Engine, nonce: str) -> None:
    source = await folder(engine, f="1")
    made = (
        *base(), step("withMountedDirectory", path="/m", source=source),
        step("withNewFile", path="/m/sub/new", contents=nonce),
    )  # fmt: skip
    assert await ask(engine, *made, run("cat", "/m/sub/new"), "stdout") == nonce
    assert await ask(engine, *made, step("withoutMount", path="/m"), step("exists", path="/m/sub")) is False


async def test_a_mounted_file_is_a_copy_with_its_owner_and_mode(engine: Engine, nonce: str) -> None:
    source = await ask(engine, step("file", name="f", contents=nonce, permissions=0o640), "id")
    made = (
        *base(), step("withMountedFile", path="/etc/some.conf", source=source, owner="1000"),
        shell("stat -c '%a %u' /etc/some.conf; cat /etc/some.conf; echo changed > /etc/some.conf"),
    )  # fmt: skip
    assert await ask(engine, *made, "stdout") == f"640 1000\n{nonce}"
    assert await ask_node(engine, "File", source, "contents") == nonce
    assert (
        await ask(engine, *made, step("withoutMount", path="/etc/some.conf"), step("exists", path="/etc/some.conf"))
        is False
    )


async def test_a_mount_can_be_taken_away(engine: Engine, nonce: str) -> None:
    source = await folder(engine, f=nonce)
    made = (*base(), step("withMountedDirectory", path="/m", source=source), step("withMountedTemp", path="/t"))
    assert await ask(engine, *made, "mounts") == ["/m", "/t"]
    assert await ask(engine, *made, step("withoutMount", path="/m"), "mounts") == ["/t"]


async def test_a_socket_of_the_host_can_be_spoken_to(engine: Engine, nonce: str, tmp_path: Path) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(nonce.encode())
        writer.close()

    path = tmp_path / "s"
    async with await asyncio.start_unix_server(answer, str(path)):
        socket = await ask(engine, "host", step("unixSocket", path=str(path)), "id")
        code = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/s'); print(s.recv(99).decode())"
        made = (*base("python:3.13-slim"), step("withUnixSocket", path="/s", source=socket), run("python3", "-c", code))
        assert await ask(engine, *made, "stdout") == f"{nonce}\n"
