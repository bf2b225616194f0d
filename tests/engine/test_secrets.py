"""A secret reaches the command and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from tests.support.processes import cmdlines, containers, in_container, wait_until
from tests.support.session import Refused, ask, ask_node, base, run, shell, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress

pytestmark = pytest.mark.engine


async def secret(engine: Engine, value: str, name: str = "token") -> str:
    """A secret's ID."""
    return str(await ask(engine, step("setSecret", name=name, plaintext=value), "id"))


@pytest.mark.parametrize(
    ("args", "facts"),
    [
        ({}, "400 0:0"),
        ({"mode": 0o440, "owner": "1000:1001"}, "440 1000:1001"),
        ({"owner": "nobody"}, "400 65534:65534"),
    ],
)
async def test_a_secret_file_has_its_mode_and_owner(
    engine: Engine, nonce: str, args: dict[str, object], facts: str
) -> None:
    mounted = step("withMountedSecret", path="/run/keys/s", source=await secret(engine, nonce), **args)
    script = shell("stat -c '%a %u:%g' /run/keys/s; sha256sum < /run/keys/s; cat /run/keys/s")
    mode, _, shown = (await ask(engine, *base(), mounted, script, "stdout")).split("\n")
    assert (mode, shown) == (facts, "***")


async def test_a_secret_variable_has_every_character_of_the_value(engine: Engine, nonce: str) -> None:
    value = f"  {nonce} 'a' \"b\" $C `d` \\e\nü\n\n"
    variable = step("withSecretVariable", name="S", secret=await secret(engine, value))
    expected = f"{hashlib.sha256(value.encode()).hexdigest()}  -\n"
    assert await ask(engine, *base(), variable, shell('printf %s "$S" | sha256sum'), "stdout") == expected


async def test_the_value_is_replaced_in_both_streams_and_in_errors(engine: Engine, nonce: str) -> None:
    value = f"sentinel-{nonce}"
    variable = step("withSecretVariable", name="S", secret=await secret(engine, value))
    # In two writes, with time between them: the halves come in different reads.
    halves = 'printf "a%s" "${S%????}"; sleep 0.3; printf "%sz" "${S#"${S%????}"}"; echo "[$S][$S]" >&2'
    made = await ask(engine, *base(), variable, shell(halves), "id")
    assert await ask_node(engine, "Container", made, "stdout") == "a***z"
    assert await ask_node(engine, "Container", made, "stderr") == "[***][***]\n"
    with pytest.raises(Refused) as caught:
        await ask(engine, *base(), variable, shell('echo "$S"; echo "x$S" >&2; exit 3'), "stdout")
    assert (caught.value.extensions["stdout"], caught.value.extensions["stderr"]) == ("***", "x***")


async def test_a_value_within_another_is_no_reason_to_show_the_rest(engine: Engine, nonce: str) -> None:
    short, long = f"s{nonce}", f"s{nonce}-and-more"
    both = [
        step("withSecretVariable", name=n, secret=await secret(engine, v, n)) for n, v in (("A", short), ("B", long))
    ]
    # The shorter one is there before the rest of the longer one is.
    script = 'echo "$B $A"; printf %s "$A"; sleep 0.3; echo "${B#"$A"}"'
    assert await ask(engine, *base(), *both, shell(script), "stdout") == "*** ***\n***\n"


@pytest.mark.timeout(180)
async def test_the_value_is_nowhere_on_the_disk_and_in_no_process_list(nonce: str) -> None:
    value = f"sentinel-{nonce}-value"
    async with Engine.open(progress=Progress("silent")) as engine:
        identity = await secret(engine, value)
        made = (
            *base(), step("withSecretVariable", name="S", secret=identity),
            step("withMountedSecret", path="/s", source=identity),
            shell(f'cat /s; echo "$S"; sleep 3; : mark-{nonce}'),
        )  # fmt: skip
        asked = asyncio.create_task(ask(engine, *made, "stdout"))
        await asyncio.to_thread(wait_until, lambda: in_container(f"mark-{nonce}"), "started")
        await asyncio.sleep(0.5)
        assert not [words for _, words in cmdlines() if any(value in word for word in words)]
        name = containers(os.getpid())[0]
        record = await asyncio.to_thread(subprocess.run, ["podman", "inspect", name], capture_output=True, check=True)
        assert value.encode() not in record.stdout
        while_it_runs = await asyncio.to_thread(holding, value, engine.store.path)
        assert await asked == "******\n"
        await ask_node(engine, "Secret", identity, "name")
        afterwards = await asyncio.to_thread(holding, value, engine.store.path)
        assert (while_it_runs, afterwards) == ([], [])
    assert holding(value, Path("/var/lib/containers"), Path("/run/containers")) == []


def holding(value: str, *folders: Path) -> list[str]:
    """The files below these folders that were changed just now and have the value; not those in memory."""
    there = [str(folder) for folder in folders if folder.exists()]
    words = ["find", *there, "-xdev", "-type", "f", "-cmin", "-2", "-exec", "grep", "-l", "-s", "-F", value, "{}", "+"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines() if there else []


async def test_secrets_are_read_from_variables_files_and_commands(
    engine: Engine, nonce: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", f"e{nonce}")
    (tmp_path / "s").write_text(f"f{nonce}")
    sources = {
        "env://SOME_SECRET": f"e{nonce}",
        "env:SOME_SECRET": f"e{nonce}",
        f"file://{tmp_path}/s": f"f{nonce}",
        f"cmd://echo c{nonce}": f"c{nonce}",
    }
    for uri, value in sources.items():
        assert await ask(engine, step("secret", uri=uri), "plaintext") == value
        assert await ask(engine, step("address", value=uri), "secret", "uri") == uri
    assert await ask(engine, step("secret", uri="env://SOME_SECRET"), "name") == ""


async def test_a_secret_that_cannot_be_read_is_named_without_its_value(engine: Engine) -> None:
    for uri, message in (
        ("env://NO_SUCH_SECRET", "environment variable NO_SUCH_SECRET is not set"),
        ("file:///no/such", "file:///no/such: No such file"),
        ("cmd://exit 3", "exit code 3"),
        ("vault://x", "the embedded engine reads env://NAME"),
    ):
        with pytest.raises(Refused, match=message):
            await ask(engine, step("secret", uri=uri), "plaintext")


async def test_a_secret_of_an_earlier_run_is_no_longer_known(nonce: str) -> None:
    async with Engine.open(progress=Progress("silent")) as engine:
        identity = await secret(engine, nonce)
    async with Engine.open(progress=Progress("silent")) as engine:
        with pytest.raises(Refused, match="'token': its value is no longer known"):
            await ask(engine, *base(), step("withSecretVariable", name="S", secret=identity), run("true"), "sync")
