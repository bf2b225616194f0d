"""A file system of a few megabytes with a shell and a handful of commands, taken from this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

COMMANDS = ("sh", "cat", "chmod", "head", "ln", "ls", "mkdir", "mv", "rm", "sleep", "stat", "touch", "id", "sha256sum")


def make(target: Path) -> Path:
    """Copy the commands and the libraries they need to `target`."""
    for name in COMMANDS:
        source = shutil.which(name)
        assert source is not None, name
        _copy(Path(source), target / "usr/bin" / name)
        for library in re.findall(
            r"(/\S+) \(0x", subprocess.run(["ldd", source], capture_output=True, text=True, check=True).stdout
        ):
            _copy(Path(library), target / "usr" / library.removeprefix("/usr").lstrip("/"))
    for name in ("bin", "lib", "lib64"):
        (target / name).symlink_to(f"usr/{name}")
    (target / "tmp").mkdir()
    (target / "tmp").chmod(0o1777)
    (target / "etc").mkdir()
    (target / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\nsomeone:x:1234:2345::/home/someone:/bin/sh\n")
    (target / "etc/group").write_text("root:x:0:\nsome:x:2345:\nothers:x:3456:\n")
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.resolve(), target)
