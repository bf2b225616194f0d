"""The engine's process stays small, whatever it moves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY
from tests.support.session import document, step

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

FILES = 30_000
LIMIT_MB = 200

# Its own process: this one has pytest in it.
PROGRAM = """
import asyncio, json, pathlib, re, sys
from slipway_engine.engine import Engine
from slipway_engine.log import Progress

async def main():
    async with Engine.open(progress=Progress("silent")) as engine:
        made = await engine.query(sys.argv[1])
        folder = made["data"]["host"]["directory"]["id"]
        answer = await engine.query(sys.argv[2].replace("FOLDER", folder))
    # Not ru_maxrss: that begins with the memory of the process that started this one.
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
    print(json.dumps([answer, int(peak[1]) // 1024]))

asyncio.run(main())
"""


def test_thirty_thousand_files_are_loaded_layered_and_packed_in_little_memory(tmp_path: Path) -> None:
    source = tmp_path / "in"
    for number in range(FILES):
        folder = source / f"package-{number // 30:04}" / "lib"
        if number % 30 == 0:
            folder.mkdir(parents=True)
        (folder / f"module-with-a-name-of-its-own-{number:05}.js").write_text(f"module.exports = {number};\n")
    load = document("host", step("directory", path=str(source)), "id")
    pack = document("container", step("withDirectory", path="/app/node_modules", source="FOLDER"), "asTarball", "size")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, load, pack], cwd=REPOSITORY, capture_output=True, text=True, check=False,
        env={**os.environ, "SLIPWAY_CACHE_DIR": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer, megabytes = json.loads(done.stdout)
    assert answer["data"]["container"]["withDirectory"]["asTarball"]["size"] > 100_000
    assert megabytes < LIMIT_MB
