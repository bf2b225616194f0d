"""Ports of loopback for the stack."""

from __future__ import annotations

import contextlib
import socket

# What a person would expect; taken ones are replaced.
PREFERRED = {"WEB_PORT": 3000, "CHAT_PORT": 8100, "API_PORT": 8000}


def choose(preferred: dict[str, int]) -> dict[str, int]:
    """A free port for each name: the preferred one, or any where that is taken. 0 prefers none.

    All are held until the last is chosen, so none is given twice.
    """
    with contextlib.ExitStack() as held:
        return {name: _bind(held, port) for name, port in preferred.items()}


def _bind(held: contextlib.ExitStack, port: int) -> int:
    # Without SO_REUSEADDR a port whose last connection has just ended would count as taken.
    for wanted in (port, 0):
        server = held.enter_context(socket.socket())
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", wanted))
            server.listen()
        except OSError:
            continue
        number: int = server.getsockname()[1]
        return number
    raise OSError("127.0.0.1: no free port")
