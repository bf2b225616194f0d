"""Cleans up after an engine that was killed: removes its containers and unfinished files.

Started beside the engine with a pipe; when the pipe closes the engine is gone. An engine that ends in order leaves
nothing to do. Kept free of imports from the package, so that it starts in no time.

    python reaper.py LABEL TMP
"""

import shutil
import subprocess
import sys


def main() -> None:
    label, tmp = sys.argv[1:3]
    sys.stdin.buffer.read()
    found = subprocess.run(
        ["podman", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={label}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = found.stdout.split()
    if names:
        subprocess.run(
            ["podman", "rm", "--force", "--time", "0", *names],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    shutil.rmtree(tmp, ignore_errors=True)


main()
