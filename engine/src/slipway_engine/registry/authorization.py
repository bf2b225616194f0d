"""Showing a registry who asks: nothing, a password, or a token that is fetched for a scope and kept until it ends."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from slipway_engine.registry.errors import RegistryError
from slipway_engine.registry.logins import Login

Scopes = tuple[str, ...]
Fetch = Callable[[str, list[tuple[str, str]], dict[str, str]], Awaitable[httpx.Response]]

# What a token lives for where the answer does not say, by the specification; and how long before its end it is not used.
_SECONDS = 60.0
_MARGIN_SECONDS = 10.0

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a registry wants to see: `scheme` is basic or bearer, the rest is where tokens come from."""

    scheme: str
    realm: str = ""
    service: str = ""


class Authorization:
    """The Authorization headers for one registry and one login. `fetch` asks a token server: realm, query, headers."""

    def __init__(self, login: Login | None, fetch: Fetch) -> None:
        self.login = login
        self._fetch = fetch
        self._challenge: Challenge | None = None
        self._tokens: dict[Scopes, tuple[str, float]] = {}
        self._locks: dict[Scopes, asyncio.Lock] = {}
        self._secrets = {login.password, login.basic} if login is not None and login.password else set[str]()

    def learn(self, answer: httpx.Response) -> None:
        """Take note of what a registry wants to see."""
        found = [read_challenge(value) for value in answer.headers.get_list("www-authenticate")]
        known = {each.scheme: each for each in found if each is not None}
        self._challenge = known.get("bearer") or known.get("basic") or self._challenge

    async def header(self, scopes: Scopes) -> dict[str, str]:
        """What a request for these scopes has to show, as far as is known."""
        if self._challenge is None:
            return {}
        if self._challenge.scheme == "basic":
            return {} if self.login is None else {"Authorization": f"Basic {self.login.basic}"}
        return {"Authorization": f"Bearer {await self._token(self._challenge, scopes)}"}

    def forget(self, scopes: Scopes, header: dict[str, str]) -> None:
        """Drop the token that was refused, if it is still the one that is kept."""
        kept = self._tokens.get(scopes)
        if kept is not None and header.get("Authorization") == f"Bearer {kept[0]}":
            del self._tokens[scopes]

    def hide(self, text: str) -> str:
        """The text without the password and the tokens, should a registry have repeated one."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    async def _token(self, challenge: Challenge, scopes: Scopes) -> str:
        async with self._locks.setdefault(scopes, asyncio.Lock()):
            kept = self._tokens.get(scopes)
            if kept is None or kept[1] < time.monotonic():
                kept = await self._fetched(challenge, scopes)
                self._tokens[scopes] = kept
                self._secrets.add(kept[0])
            return kept[0]

    async def _fetched(self, challenge: Challenge, scopes: Scopes) -> tuple[str, float]:
        query = [("service", challenge.service)] if challenge.service else []
        query += [("scope", scope) for scope in scopes]
        headers = {} if self.login is None else {"Authorization": f"Basic {self.login.basic}"}
        answer = await self._fetch(challenge.realm, query, headers)
        try:
            row = json.loads(answer.content)
            token = str(row.get("token") or row.get("access_token") or "")
            seconds = float(row.get("expires_in") or _SECONDS)
        except (ValueError, AttributeError, TypeError):
            token, seconds = "", 0.0
        if not token:
            what = "the answer has no token"
            raise RegistryError(f"GET {challenge.realm}", what, "this is the registry's own defect: ask who runs it")
        return token, time.monotonic() + max(seconds - _MARGIN_SECONDS, seconds / 2)


def read_challenge(value: str) -> Challenge | None:
    """Read a WWW-Authenticate header; None for schemes other than Basic and Bearer.

    >>> read_challenge('Bearer realm="https://auth.example/token",service="r"')
    Challenge(scheme='bearer', realm='https://auth.example/token', service='r')
    """
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() not in ("basic", "bearer"):
        return None
    found = {match[1].lower(): match[2] if match[2] is not None else match[3] for match in _PARAMETER.finditer(rest)}
    return Challenge(scheme.lower(), found.get("realm", ""), found.get("service", ""))
