"""A Docker daemon of the project's own, for a machine that has Docker installed but runs none.

It lives in .slipway/docker: images and volumes in data/, and nothing of a system daemon is touched. It ends with the
last container. Only root may start it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tools.stack import docker
from tools.stack.errors import DockerError

FOLDER = docker.STATE / "docker"

# Says that no daemon but such as this one has made rules on this machine since it was started.
_FIREWALL = Path("/run/slipway-firewall")

# A socket's path has at most 108 bytes, and the daemon appends 40 to this folder.
_LONGEST = 60
_START_SECONDS = 60
_STOP_SECONDS = 30

# Those of this process: one that has ended is there until it is waited for.
_started: list[subprocess.Popen[bytes]] = []


def find() -> docker.Docker | None:
    """The daemon that answers: the machine's own, else this project's."""
    for host in ("", _host()):
        if docker.answers(host):
            return docker.Docker(host)
    return None


def find_or_start() -> docker.Docker:
    """The daemon that answers, or this project's, started.

    Raises:
        DockerError: there is none and it cannot be started; says what to do.
    """
    with _lock():
        if (found := find()) is not None:
            return found
        _start()
        return docker.Docker(_host())


def stop_if_idle() -> bool:
    """End the project's own daemon unless a container is left in it; gives whether it ended."""
    with _lock():
        pid = _pid()
        if pid is None:
            return False
        if docker.answers(_host()) and docker.Docker(_host()).run("ps", "--all", "--quiet").stdout.strip():
            return False
        _end(pid)
        return True


def _start() -> None:
    if shutil.which("dockerd") is None:
        raise DockerError("docker: no daemon answers and dockerd is not installed; run `tools/setup stack`")
    if os.geteuid() != 0:
        raise DockerError("docker: no daemon answers; start it (sudo systemctl start docker), or run this as root")
    runtime = _runtime()
    runtime.mkdir(parents=True, exist_ok=True)
    (runtime / "pid").unlink(missing_ok=True)  # of a daemon that was killed
    if not _chains("filter"):
        _FIREWALL.touch()  # the chains will be of daemons like this one alone
    # Containers get the limits of this process: a daemon may not raise them on every machine.
    limits = [
        f"--default-ulimit={name}={resource.getrlimit(kind)[1]}"
        for name, kind in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
        if resource.getrlimit(kind)[1] != resource.RLIM_INFINITY
    ]
    command = [
        "dockerd", "--log-level=warn", "--bridge=none", f"--data-root={FOLDER / 'data'}",
        f"--exec-root={runtime / 'exec'}", f"--pidfile={runtime / 'pid'}", f"--host={_host()}", *limits,
    ]  # fmt: skip
    log = FOLDER / "dockerd.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}, close_fds=True,
        )  # fmt: skip
    deadline = time.monotonic() + _START_SECONDS
    while not docker.answers(_host()):
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            process.wait()
            raise DockerError(f"dockerd: did not start; the end of {log}:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)
    _started.append(process)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _alive(pid):
        for process in _started:
            process.poll()
        if time.monotonic() > deadline:
            raise DockerError(f"dockerd: process {pid} has not ended {_STOP_SECONDS} s after SIGTERM; see {FOLDER}")
        time.sleep(0.1)
    # Another checkout's daemon uses the same chains.
    if _FIREWALL.exists() and not any(_alive(int(each)) for each in os.listdir("/proc") if each.isdigit()):
        _clear_firewall()
        _FIREWALL.unlink()


def _pid() -> int | None:
    """The daemon's process, if it runs."""
    try:
        pid = int((_runtime() / "pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if _alive(pid) else None


def _alive(pid: int) -> bool:
    """Whether it is a dockerd that has not ended; a number may be another process's by now."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"dockerd")


def _runtime() -> Path:
    if len(str(FOLDER)) <= _LONGEST:
        return FOLDER
    return Path("/run") / f"slipway-{hashlib.sha256(str(FOLDER).encode()).hexdigest()[:12]}"


def _host() -> str:
    return f"unix://{_runtime() / 'docker.sock'}"


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _iptables(*words: str) -> list[str]:
    program = shutil.which("iptables", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None:
        return []
    done = subprocess.run((program, "--wait", *words), capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def _chains(table: str) -> list[str]:
    rules = _iptables("--table", table, "--list-rules")
    return [rule.split()[1] for rule in rules if rule.startswith("-N DOCKER")]


def _clear_firewall() -> None:
    """Remove the chains that a daemon leaves behind."""
    for table in ("filter", "nat"):
        chains = _chains(table)
        for rule in _iptables("--table", table, "--list-rules"):
            words = rule.split()
            if words[0] == "-A" and words[1] not in chains and words[-1] in chains:
                _iptables("--table", table, "--delete", *words[1:])
        for chain in chains:
            _iptables("--table", table, "--flush", chain)
        for chain in chains:
            _iptables("--table", table, "--delete-chain", chain)
