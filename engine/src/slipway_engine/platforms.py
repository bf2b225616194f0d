"""Platforms: this machine's own, and the names of others."""

from __future__ import annotations

import platform
import re

from slipway_engine.errors import InputError

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_PLATFORM = re.compile(r"linux/[a-z0-9]+(/v[0-9]+)?")
# One name for what has two, the one that images are found by.
_USUAL = {"linux/arm64/v8": "linux/arm64", "linux/arm": "linux/arm/v7"}

NATIVE = f"linux/{_MACHINES.get(platform.machine(), platform.machine())}"


def read(text: str | None) -> str:
    """The platform that is meant; without one, or with `current`, this machine's.

    Raises:
        InputError: it is no platform of Linux.

    >>> read("linux/arm64/v8")
    'linux/arm64'
    """
    if text in (None, "current"):
        return NATIVE
    assert text is not None
    if not _PLATFORM.fullmatch(text):
        msg = f"{text!r} is not a platform that an image can be for; write it as linux/amd64 or linux/arm64"
        raise InputError(msg)
    return _USUAL.get(text, text)


def described(name: str) -> dict[str, str]:
    """A platform as the OCI image specification writes it."""
    system, machine, *variant = name.split("/")
    return {"architecture": machine, "os": system, **({"variant": variant[0]} if variant else {})}


def options(name: str) -> list[str]:
    """Skopeo's, to choose that platform where an image is for several."""
    parts = described(name)
    words = ["--override-os", parts["os"], "--override-arch", parts["architecture"]]
    return [*words, "--override-variant", parts["variant"]] if "variant" in parts else words


def require_native(name: str, what: str) -> None:
    """Refuse to run what is built for another machine.

    Raises:
        InputError: it is for another platform.

    """
    if name != NATIVE:
        msg = (
            f"{what}: the container is for {name} and this machine is {NATIVE}; the embedded engine has no emulation: "
            f"build it here and copy the result, or use a Dagger engine"
        )
        raise InputError(msg)
