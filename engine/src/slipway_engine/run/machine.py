"""What this machine offers for running containers, found out once a run; what is missing is said at once."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path

from slipway_engine.errors import HostError

_CLONE_NEWNS = 0x00020000
_MS_REC, _MS_PRIVATE = 0x4000, 1 << 18

_CA_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
)


@dataclass(frozen=True, slots=True)
class Machine:
    """`runtime`: the OCI runtime for podman. `limits`: the ulimits a container may have. `network`: podman's mode."""

    runtime: str
    limits: tuple[str, ...]
    network: str
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
    for tool, package in (("podman", "podman"), ("mount", "mount")):
        if shutil.which(tool) is None:
            msg = f"{tool} is not installed; on Debian or Ubuntu: sudo apt-get install {package} (or `make setup`)"
            raise HostError(msg)
    rootless = os.environ.get("SLIPWAY_ROOTLESS") == "1"
    return Machine(_runtime(), _limits(), _network(rootless), _ca_bundle(), rootless)


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


def _network(rootless: bool) -> str:
    if rootless:
        return "pasta" if shutil.which("pasta") else "slirp4netns"
    return "bridge"


def _ca_bundle() -> str:
    for path in (os.environ.get("SSL_CERT_FILE", ""), *_CA_BUNDLES):
        if path and Path(path).is_file():
            return path
    return ""


def enter_private_mounts() -> None:
    """Give this process mounts of its own: they end with it, however it ends, and nobody else sees them."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0 or libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        reason = os.strerror(ctypes.get_errno())
        msg = (
            f"mounts of its own were refused ({reason}): run as root, or as a user for whom `podman unshare true` works "
            "(packages uidmap, fuse-overlayfs, slirp4netns; ranges in /etc/subuid and /etc/subgid)"
        )
        raise HostError(msg)
