"""What this machine offers for running containers, found out once a run; what is missing is said at once."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.errors import HostError, RootlessNeeded

_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_PRIVATE, _MS_SHARED = 0x1000, 1 << 18, 1 << 20

# Where podman, run by root, keeps its network namespaces.
_NAMESPACES = "/run/netns"

_CA_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
)


@dataclass(frozen=True, slots=True)
class Machine:
    """`runtime`: the OCI runtime for podman. `limits`: the ulimits a container may have."""

    runtime: str
    limits: tuple[str, ...]
    ca_bundle: str
    rootless: bool


def inspect() -> Machine:
    """The machine as it is; raises HostError naming what is missing and how to get it."""
    if platform.system() != "Linux":
        msg = (
            f"the embedded engine needs Linux, this is {platform.system()}: "
            "install Dagger (https://docs.dagger.io/install), or use WSL on Windows"
        )
        raise HostError(msg)
    require_root()
    for tool, package in (("podman", "podman"), ("mount", "mount")):
        if shutil.which(tool) is None:
            msg = f"{tool} is not installed; on Debian or Ubuntu: sudo apt-get install {package} (or `make setup`)"
            raise HostError(msg)
    rootless = os.environ.get("SLIPWAY_ROOTLESS") == "1"
    return Machine(_runtime(), _limits(), ca_bundle(), rootless)


def require_root() -> None:
    """Raise RootlessNeeded for an ordinary user outside of a user namespace."""
    if os.geteuid() != 0:
        msg = "containers need mounts, and mounts need root or a user namespace"
        raise RootlessNeeded(msg)


def rootless_command(words: list[str]) -> list[str]:
    """The command that runs `words` again in podman's user namespace; raises HostError where that cannot work."""
    missing = [tool for tool in ("podman", "newuidmap", "slirp4netns") if shutil.which(tool) is None]
    if missing:
        msg = (
            f"to run containers as an ordinary user, {', '.join(missing)} is missing: "
            "sudo apt-get install podman uidmap slirp4netns (or run as root)"
        )
        raise HostError(msg)
    if subprocess.run(["podman", "unshare", "true"], capture_output=True, check=False).returncode != 0:
        msg = (
            "podman cannot make a user namespace for this user: it needs ranges in /etc/subuid and /etc/subgid "
            "(sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER) and a kernel that allows it"
        )
        raise HostError(msg)
    return ["podman", "unshare", "env", "SLIPWAY_ROOTLESS=1", *words]


def _runtime() -> str:
    # crun refuses a mix of cgroup v1 and v2 ("cgroups in hybrid mode not supported"); runc takes all three.
    hybrid = Path("/sys/fs/cgroup/unified").exists() or not Path("/sys/fs/cgroup/cgroup.controllers").exists()
    order = ("runc", "crun") if hybrid else ("crun", "runc")
    for name in order:
        if shutil.which(name):
            return name
    msg = "neither runc nor crun is installed; on Debian or Ubuntu: sudo apt-get install runc (or `make setup`)"
    raise HostError(msg)


def _limits() -> tuple[str, ...]:
    # Without CAP_SYS_RESOURCE a container may not have more than we have, and podman lowers its own limit of
    # processes to 32768, the kernel's default number of process ids on small machines.
    found = []
    for name, kind, ceiling in (("nofile", resource.RLIMIT_NOFILE, 1048576), ("nproc", resource.RLIMIT_NPROC, 32768)):
        hard = resource.getrlimit(kind)[1]
        value = ceiling if hard == resource.RLIM_INFINITY else min(hard, ceiling)
        found.append(f"{name}={value}:{value}")
    return tuple(found)


def ca_bundle() -> str:
    """The file with the certificates that this machine trusts, or nothing."""
    for path in (os.environ.get("SSL_CERT_FILE", ""), *_CA_BUNDLES):
        if path and Path(path).is_file():
            return path
    return ""


def enter_private_mounts() -> None:
    """Give this process mounts of its own: they end with it, however it ends, and nobody else sees them.

    All but podman's network namespaces: a podman outside that cannot see one of them fails to list any container.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _share_namespaces(libc)
    if libc.unshare(_CLONE_NEWNS) != 0 or not _make_private(libc):
        reason = os.strerror(ctypes.get_errno())
        msg = (
            f"mounts of its own were refused ({reason}): run as root, or as a user for whom `podman unshare true` works "
            "(packages uidmap, fuse-overlayfs, slirp4netns; ranges in /etc/subuid and /etc/subgid)"
        )
        raise HostError(msg)


def _share_namespaces(libc: ctypes.CDLL) -> None:
    """Do before podman what podman does with its folder of namespaces: make it a shared mount on itself."""
    with contextlib.suppress(OSError):
        os.makedirs(_NAMESPACES, 0o755, exist_ok=True)
        path = _NAMESPACES.encode()
        if _NAMESPACES not in _mounted():
            libc.mount(path, path, None, _MS_BIND, None)
            libc.mount(b"none", path, None, _MS_SHARED, None)


def _make_private(libc: ctypes.CDLL) -> bool:
    """Mount by mount, since the folder of namespaces has to stay shared."""
    for path in _mounted():
        if path != _NAMESPACES and not path.startswith(_NAMESPACES + "/"):
            failed = libc.mount(b"none", os.fsencode(path), None, _MS_PRIVATE, None) != 0
            # Another mount may lie over it, it has just gone, or it is out of our reach; the root is what everything of ours is below.
            if failed and (path == "/" or ctypes.get_errno() not in (errno.EACCES, errno.EINVAL, errno.ENOENT)):
                return False
    return True


def _mounted() -> list[str]:
    """Every mount point, as the kernel lists them."""
    lines = Path("/proc/thread-self/mountinfo").read_text(errors="surrogateescape").splitlines()
    return [re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), line.split(" ")[4]) for line in lines]
