"""What commands and changes leave in the file system, in the container and in the image."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.support.session import Name, Step, ask, ask_node, run, shell, step

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine

Base = tuple[Step, Step]


async def listing(engine: Engine, *steps: Step | str) -> list[str]:
    """Every path of a container's root that is not of the small file system's own commands."""
    found = await ask(engine, *steps, "rootfs", step("glob", pattern="**"))
    return [path for path in found if not path.startswith(("usr/", "bin", "lib"))]


BARE = ["etc/", "etc/group", "etc/passwd", "tmp/"]


async def test_a_deleted_file_is_gone_for_all_that_follows(engine: Engine, small: Base, nonce: str) -> None:
    made = (*small, shell(f"echo {nonce} > /a; mkdir /d; echo b > /d/b"), shell("rm /a; rm /d/b"))
    assert await listing(engine, *made) == sorted([*BARE, "d/"])
    assert await ask(engine, *made, shell("ls /a /d/b || echo gone"), "stdout") == "gone\n"


async def test_a_replaced_folder_has_nothing_of_the_old_one(engine: Engine, small: Base, nonce: str) -> None:
    made = (
        *small, shell(f"mkdir -p /d/old; echo {nonce} > /d/old/f; echo 1 > /d/g"),
        shell("rm -rf /d; mkdir /d; echo 2 > /d/new"),
    )  # fmt: skip
    assert await listing(engine, *made) == sorted([*BARE, "d/", "d/new"])
    changed = (*made, step("withNewFile", path="/d/newer", contents="3"))
    assert await ask(engine, *changed, run("ls", "/d"), "stdout") == "new\nnewer\n"


async def test_a_file_becomes_a_folder_and_a_folder_a_file(engine: Engine, small: Base, nonce: str) -> None:
    made = (
        *small,
        shell(f"echo {nonce} > /x; mkdir /y; echo 1 > /y/f"),
        shell("rm -r /x /y; mkdir /x; echo 2 > /y; echo 3 > /x/f"),
    )
    assert await listing(engine, *made) == sorted([*BARE, "x/", "x/f", "y"])
    assert await ask(engine, *made, shell("cat /x/f /y"), "stdout") == "3\n2\n"


async def test_a_renamed_folder_takes_its_files_along(engine: Engine, small: Base, nonce: str) -> None:
    made = (*small, shell(f"mkdir -p /old/sub; echo {nonce} > /old/sub/f"), shell("mv /old /new"))
    assert await listing(engine, *made) == sorted([*BARE, "new/", "new/sub/", "new/sub/f"])
    assert await ask(engine, *made, step("file", path="/new/sub/f"), "contents") == f"{nonce}\n"


async def test_a_file_written_below_a_link_is_where_the_link_leads(engine: Engine, small: Base, nonce: str) -> None:
    made = (*small, step("withNewFile", path="/bin/x", contents=f"#!/bin/sh\necho {nonce}\n", permissions=0o755))
    assert await ask(engine, *made, run("x"), "stdout") == f"{nonce}\n"
    assert await ask(engine, *made, shell("ls -l /bin | head -c 1; ls /usr/bin/x"), "stdout") == "l/usr/bin/x\n"


async def test_removing_below_a_link_removes_where_the_link_leads(engine: Engine, small: Base, nonce: str) -> None:
    made = (*small, step("withNewFile", path="/usr/bin/x", contents=nonce), step("withoutFile", path="/bin/x"))
    assert await ask(engine, *made, step("exists", path="/usr/bin/x")) is False
    assert await ask(engine, *made, shell("ls /usr/bin/x || ls -d /bin"), "stdout") == "/bin\n"


async def test_folders_that_exist_keep_mode_and_owner_when_something_is_written_below(
    engine: Engine, small: Base, nonce: str
) -> None:
    made = (
        *small, shell(f"mkdir -m 700 /home; : {nonce}"),
        step("withNewFile", path="/tmp/f", contents=nonce, owner="7:8"),
        step("withNewFile", path="/home/f", contents=nonce), run("stat", "-c", "%a %u:%g", "/tmp", "/home", "/tmp/f"),
    )  # fmt: skip
    assert await ask(engine, *made, "stdout") == "1777 0:0\n700 0:0\n644 7:8\n"


async def test_the_same_file_below_two_different_folders_changes_neither_folder(
    engine: Engine, small: Base, nonce: str
) -> None:
    for mode in ("700", "711", "755"):
        made = (
            *small,
            run("mkdir", "-m", mode, f"/d{nonce}"),
            step("withNewFile", path=f"/d{nonce}/f", contents="same"),
        )
        assert await ask(engine, *made, run("stat", "-c", "%a", f"/d{nonce}"), "stdout") == f"{mode}\n"


async def test_the_same_removal_from_two_different_folders_changes_neither_folder(
    engine: Engine, small: Base, nonce: str
) -> None:
    for mode in ("700", "711"):
        made = (
            *small,
            shell(f"mkdir -m {mode} /d{nonce}; touch /d{nonce}/f"),
            step("withoutFile", path=f"/d{nonce}/f"),
        )
        assert await ask(engine, *made, run("stat", "-c", "%a", f"/d{nonce}"), "stdout") == f"{mode}\n"


@pytest.mark.parametrize(
    ("owner", "ids"),
    [
        ("", "0:0"),
        ("5", "5:5"),
        ("5:6", "5:6"),
        ("someone", "1234:2345"),
        ("someone:others", "1234:3456"),
        ("5:others", "5:3456"),
    ],
)
async def test_an_owner_is_by_name_or_number(engine: Engine, small: Base, owner: str, ids: str) -> None:
    folder = await ask(engine, step("directory"), step("withNewFile", path="sub/f", contents="1"), "id")
    made = (*small, step("withDirectory", path="/d", source=folder, owner=owner))
    assert await ask(engine, *made, run("stat", "-c", "%u:%g", "/d", "/d/sub", "/d/sub/f"), "stdout") == f"{ids}\n" * 3


async def test_nothing_of_podmans_own_is_in_a_layer(engine: Engine, small: Base, nonce: str) -> None:
    folder = await ask(engine, step("directory"), step("withNewFile", path="f", contents="1"), "id")
    secret = await ask(engine, step("setSecret", name="s", plaintext=nonce), "id")
    volume = await ask(engine, step("cacheVolume", key=nonce), "id")
    made = (
        *small,
        step("withMountedCache", path="/var/cache/deep", cache=volume),
        step("withMountedSecret", path="/run/keys/s", source=secret),
        step("withSecretVariable", name="S", secret=secret),
        step("withMountedTemp", path="/scratch"),
        step("withMountedDirectory", path="/m", source=folder),
        step("withMountedCache", path="/m/node_modules", cache=volume),
        step("withMountedCache", path="/lib/linked", cache=volume),
        step("withWorkdir", path="/m/inner"),
    )
    changed = await ask(engine, *made, shell(f"touch /m/node_modules/x /scratch/y; echo {nonce} > /made"), "id")
    bare = [step("withoutMount", path=path) for path in ("/m", "/m/node_modules")]
    found = await ask_node(engine, "Container", changed, *bare, step("directory", path="/"), step("glob", pattern="**"))
    before = await ask(engine, *small, step("directory", path="/"), step("glob", pattern="**"))
    assert sorted(set(found) - set(before)) == ["made"]
    inside = await ask_node(engine, "Container", changed, step("directory", path="/m"), step("glob", pattern="**"))
    assert inside == ["f", "inner/"]


async def test_a_command_that_changes_nothing_adds_no_layer(
    engine: Engine, small: Base, nonce: str, tmp_path: Path
) -> None:
    plain, ran = tmp_path / "plain.tar", tmp_path / "ran.tar"
    await ask(engine, *small, step("export", path=str(plain)))
    await ask(engine, *small, run("sh", "-c", f"id; : {nonce}"), step("export", path=str(ran)))
    assert manifest(plain) == manifest(ran)


def manifest(archive: Path) -> dict[str, object]:
    """The manifest in an OCI archive."""
    with tarfile.open(archive) as tar:
        index = json.load(tar.extractfile("index.json"))  # type: ignore[arg-type]
        digest = index["manifests"][0]["digest"].replace(":", "/")
        found: dict[str, object] = json.load(tar.extractfile(f"blobs/{digest}"))  # type: ignore[arg-type]
    return found


def facts(root: Path) -> dict[str, tuple[str, str, str]]:
    """Kind and mode, owner, and content of everything below a folder."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            info = path.lstat()
            what = os.readlink(path) if path.is_symlink() else path.read_bytes().hex() if path.is_file() else ""
            found[str(path.relative_to(root))] = (stat.filemode(info.st_mode), f"{info.st_uid}:{info.st_gid}", what)
    return found


SCRIPT = (
    "mkdir -p /d/sub /gone; echo {0} > /d/sub/f; chmod 600 /d/sub/f; echo 1 > /gone/f; ln -s ../d /d/link; "
    "ln /d/sub/f /d/hard; touch '/d/with space' /d/ü; chmod 4711 /d/sub; mkdir /d/empty; echo x > /removed"
)
SECOND = (
    "rm /removed; rm -r /gone; mkdir /gone; echo 2 > /gone/other; mv /d/sub /d/moved; head -c 5000000 /dev/zero > /big"
)


async def test_a_packed_image_unpacks_to_the_files_that_commands_saw(
    engine: Engine, small: Base, nonce: str, tmp_path: Path
) -> None:
    made = await ask(
        engine, *small, shell(SCRIPT.format(nonce)), shell(SECOND), step("withoutFile", path="/d/empty"), "id"
    )
    archive, layout = tmp_path / "image.tar", tmp_path / "layout"
    await ask_node(engine, "Container", made, step("export", path=str(archive)))
    for command in (
        ["skopeo", "--insecure-policy", "copy", "--quiet", f"oci-archive:{archive}", f"oci:{layout}:image"],
        ["umoci", "raw", "unpack", "--image", f"{layout}:image", str(tmp_path / "umoci")],
    ):
        await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    # What runs in the container says what is there; the unpacked image says the same.
    saw = await ask_node(
        engine, "Container", made,
        shell("cd /; for path in d d/* d/moved/* gone/* big; do stat -c '%n|%A|%u:%g|%s' \"$path\"; done"),
        "stdout",
    )  # fmt: skip
    unpacked = facts(tmp_path / "umoci")
    assert "removed" not in unpacked
    assert "gone/f" not in unpacked
    assert unpacked["d/moved"][0] == "drws--x--x"
    assert unpacked["d/moved/f"] == ("-rw-------", "0:0", f"{nonce}\n".encode().hex())
    assert os.stat(tmp_path / "umoci/d/hard").st_size == len(nonce) + 1
    assert len(saw.splitlines()) == 9
    for line in saw.splitlines():
        name, mode, owner, _ = line.split("|")
        assert unpacked[name][:2] == (mode, owner), name
    assert unpacked["tmp"][0] == "drwxrwxrwt"


async def test_the_same_files_pack_to_the_same_bytes(engine: Engine, small: Base, nonce: str) -> None:
    digests = []
    for number in range(2):
        # Another command, at another time, that leaves the same.
        made = (*small, shell(f": {nonce}{number}; mkdir /d; echo same > /d/f; echo more > /d/g"))
        tarball = await ask(engine, *made, "asTarball", step("digest", excludeMetadata=True))
        digests.append(tarball)
    assert digests[0] == digests[1]


async def test_times_set_on_purpose_are_kept(engine: Engine, small: Base, nonce: str) -> None:
    folder = await ask(
        engine,
        step("directory"),
        step("withNewFile", path="d/f", contents=nonce),
        step("withTimestamps", timestamp=86400),
        "id",
    )
    made = (*small, step("withDirectory", path="/", source=folder), run("stat", "-c", "%Y", "/d", "/d/f"))
    assert await ask(engine, *made, "stdout") == "86400\n86400\n"


async def test_a_chain_of_many_layers_still_mounts(engine: Engine, small: Base, nonce: str) -> None:
    files = [step("withNewFile", path=f"/files/{n}", contents=nonce) for n in range(40)]
    assert await ask(engine, *small, *files, shell("ls /files | head -3"), "stdout") == "0\n1\n10\n"


async def test_a_directory_goes_to_the_host_and_comes_back_the_same(engine: Engine, nonce: str, tmp_path: Path) -> None:
    folder = (
        step("directory"), step("withNewFile", path="a/x.sh", contents=nonce, permissions=0o755),
        step("withNewDirectory", path="empty"), step("withSymlink", target="a/x.sh", linkName="link"),
    )  # fmt: skip
    target = tmp_path / "out"
    assert await ask(engine, *folder, step("export", path=str(target))) == str(target)
    assert facts(target).keys() == {"a", "a/x.sh", "empty", "link"}
    back = await ask(engine, "host", step("directory", path=str(target)), "digest")
    assert back == await ask(engine, *folder, "digest")


async def test_any_kind_of_existence_can_be_asked_for(engine: Engine, small: Base) -> None:
    async def there(path: str, kind: str) -> object:
        return await ask(engine, *small, step("exists", path=path, expectedType=Name(kind)))

    assert await there("/etc/passwd", "REGULAR_TYPE") is True
    assert await there("/etc/passwd", "DIRECTORY_TYPE") is False
    assert await there("/bin", "DIRECTORY_TYPE") is True
    assert await ask(engine, *small, step("exists", path="/nosuch")) is False
