"""Where a registry is, and how it may be spoken to: always TLS, but for what is on this machine or named for it."""

from __future__ import annotations

import ipaddress
import os
import ssl
from functools import lru_cache

from slipway_engine.run.machine import ca_bundle

INSECURE = "SLIPWAY_INSECURE_REGISTRIES"


def schemes(host: str) -> tuple[str, ...]:
    """The schemes that may be tried for `host[:port]`, in this order.

    >>> schemes("ghcr.io"), schemes("127.0.0.1:5000")
    (('https',), ('https', 'http'))
    """
    named = {name.strip() for name in os.environ.get(INSECURE, "").split(",")} - {""}
    plain = loopback(host) or host in named or name_of(host) in named
    return ("https", "http") if plain else ("https",)


def loopback(host: str) -> bool:
    """Whether `host[:port]` is this machine itself."""
    name = name_of(host)
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"


def name_of(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def endpoint(host: str) -> str:
    """The host that serves a registry's API: Docker Hub's is another one."""
    return "registry-1.docker.io" if host == "docker.io" else host


def trust() -> ssl.SSLContext:
    """Verifies against the system's certificates; SSL_CERT_FILE and SSL_CERT_DIR say otherwise."""
    return _context(ca_bundle(), os.environ.get("SSL_CERT_DIR", ""))


@lru_cache(maxsize=4)
def _context(bundle: str, folder: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=bundle or None)
    if folder:
        context.load_verify_locations(capath=folder)
    return context
