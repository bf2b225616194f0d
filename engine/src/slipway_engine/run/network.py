"""The network of a run's commands: one namespace on podman's bridge, held by a container that only sleeps.

A network of its own for each command would put ports on the bridge and take them off all the time. Without a fixed
address the bridge takes that of its ports, so its address changed with them, and connections of other commands broke
("temporary failure in name resolution", stalled downloads). One namespace is also quicker to join than to make.

Commands with services bound to them, and the services, have networks of their own.
"""

from __future__ import annotations

import contextlib
import fcntl
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from slipway_engine.errors import HostError

if TYPE_CHECKING:
    from slipway_engine.run.runner import Runner

_BRIDGE = "podman0"

# linux/sockios.h; NET_ADDR_SET of linux/netdevice.h
_GET_ADDRESS, _SET_ADDRESS, _FIXED = 0x8927, 0x8924, "3"


async def hold(runner: Runner) -> str:
    """Start the container that holds the namespace; gives podman's network option for those that join it.

    Its file system is the machine's own /usr, read-only: whatever `sleep` needs is there. Where that cannot work,
    every command has a network of its own.
    """
    root = runner.store.scratch("network")
    for name in ("usr", "proc", "sys", "dev", "etc", "run"):
        (root / name).mkdir()
    for name in ("bin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    name = runner.new_name("network")
    try:
        await runner.podman(
            "run", "--detach", "--name", name, *runner.options("bridge"), "--volume", "/usr:/usr:ro",
            "--rootfs", str(root), "/usr/bin/sleep", "infinity",
        )  # fmt: skip
    except HostError:
        await runner.forget(name)
        return "bridge"
    if not runner.machine.rootless:
        fix_address(_BRIDGE)
    return f"container:{name}"


def fix_address(interface: str) -> None:
    """Let a bridge keep the address that it has, whatever is plugged into it."""
    mark = Path(f"/sys/class/net/{interface}/addr_assign_type")
    with contextlib.suppress(OSError):
        if mark.read_text().strip() == _FIXED:
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            request = struct.pack("16s24x", interface.encode())
            fcntl.ioctl(control, _SET_ADDRESS, fcntl.ioctl(control, _GET_ADDRESS, request))
