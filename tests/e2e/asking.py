"""Asking the parts of a stack."""

from __future__ import annotations

import httpx
from tools.stack.stack import Stack


def sql(stack: Stack, text: str) -> list[str]:
    """The rows of a query, by the owner."""
    rows = stack.execute("db", "psql", "--no-psqlrc", "-U", "postgres", "-d", "slipway", "-At", "-c", text)
    return rows.splitlines()


def api(stack: Stack, path: str, token: str = "api_token") -> httpx.Response:
    """The answer of the API to one of the stack's tokens; none is sent for an empty name."""
    headers = {"Authorization": f"Bearer {stack.secret(token)}"} if token else {}
    return httpx.get(stack.urls()["api"] + path, headers=headers, trust_env=False, timeout=20)
