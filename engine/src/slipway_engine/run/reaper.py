"""Cleans up after an engine that was killed: removes its containers and unfinished files.

Started beside the engine with a pipe; when the pipe closes the engine is gone. An engine that ends in order leaves
nothing to do. Kept free of imports from the package, so that it starts in no time.

    python reaper.py LABEL TMP
"""

import os
import shutil
import signal
import subprocess
import sys
import time

# A podman that was just starting a container when its engine was killed needs a moment to make it known.
_SECONDS = 30


def main() -> None:
    """Wait for the engine's end, then leave nothing of it."""
    label, tmp = sys.argv[1:3]
    sys.stdin.buffer.read()
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        # Asked to end, buildah ends what runs in its container too; killed, it could not.
        late = time.monotonic() > deadline - _SECONDS / 2
        busy = _helpers(label, tmp, signal.SIGKILL if late else signal.SIGTERM)
        if not _remove_containers(label) and not busy:
            break
        time.sleep(0.1)
    _end_monitors(label.partition("=")[2])
    # This process shares the engine's mounts: what is mounted there would keep its folder.
    with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as mounts:
        places = [line.split(" ")[1] for line in mounts]
    for place in reversed(places):
        if place.startswith(tmp + "/"):
            _quietly("umount", "--lazy", place)
    shutil.rmtree(tmp, ignore_errors=True)


def _remove_containers(label: str) -> bool:
    """Whether there were any left to remove."""
    found = subprocess.run(
        ["podman", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={label}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = found.stdout.split()
    if names:
        _quietly("podman", "rm", "--force", "--time", "0", *names)
    return bool(names)


def _helpers(label: str, tmp: str, how: signal.Signals) -> bool:
    """Whether processes that the engine started still run; all but podman's are sent a signal."""
    found = False
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if int(pid) == os.getpid():
            continue
        if label in words and words[0].endswith("podman"):
            found = True
        elif any(tmp in word for word in words) and words[0].endswith(("buildah", "skopeo")):
            found = True
            try:
                os.kill(int(pid), how)
            except OSError:
                continue
    return found


def _end_monitors(run: str) -> None:
    """End what podman lost sight of: a container's monitor, and its only child, the container itself."""
    monitors, parents = set(), {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                parents[pid] = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if words[0].endswith("conmon") and any(f"-{run}-" in word for word in words):
            monitors.add(pid)
    for pid in [child for child, parent in parents.items() if parent in monitors] + sorted(monitors):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def _quietly(*command: str) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


main()
