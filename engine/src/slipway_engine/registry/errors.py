"""What a registry's refusal or silence is turned into: where, what, and what to do next."""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
from collections.abc import Callable, Iterator

import httpx

from slipway_engine.errors import ImageError

Hide = Callable[[str], str]

PASSING = frozenset({429, 500, 502, 503, 504})

# Longer words of a registry are cut.
_WORDS = 300

_GHCR = (
    "ghcr.io takes a token with write:packages: in GitHub Actions give the job `permissions: packages: write`, and "
    "link the package to the repository or grant the repository write access in the package's settings, since a "
    "package that was first pushed by hand denies the job's token until then; elsewhere pass a classic personal access token"
)
_NEXT = {
    404: "check the repository's name, and that it exists in this registry",
    429: "the registry limits its clients: wait, or sign in",
}
_UNTRUSTED = (
    "add the authority that signed it to the system's certificates, or name a bundle that has it in SSL_CERT_FILE"
)
_SILENT = "check the registry's address and the network, and try again"
_LATER = "try again later: what was uploaded is not sent again"


class RegistryError(ImageError):
    """A registry refused a request, answered nonsense, or could not be asked.

    `request` is the method and address, `status` that of the answer (0: there was none), `codes` the registry's own.
    `passing`: worth another try, after `retry_after` seconds if the registry said so. `unreachable`: nobody was there.
    """

    def __init__(
        self, request: str, what: str, after: str, *, status: int = 0, codes: frozenset[str] = frozenset(),
        passing: bool = False, unreachable: bool = False, retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(f"{request}: {what}; {after}" if after else f"{request}: {what}")
        self.request, self.what, self.after = request, what, after
        self.status, self.codes = status, codes
        self.passing, self.unreachable, self.retry_after = passing, unreachable, retry_after

    def at_last(self, tries: int) -> RegistryError:
        """The same, of the last of several tries: final now."""
        what = f"{self.what} (after {tries} tries)" if tries > 1 else self.what
        return RegistryError(
            self.request, what, self.after, status=self.status, codes=self.codes, unreachable=self.unreachable
        )


def refused(request: str, answer: httpx.Response, host: str, *, signed_in: bool, hide: Hide) -> RegistryError:
    """The error for an answer that is none of those wanted; `hide` takes secrets out of the registry's words."""
    codes, words = _told(answer, hide)
    reason = answer.reason_phrase or "an answer without a reason"
    what = f"{answer.status_code} {reason}" + (f": {words}" if words else "")
    return RegistryError(
        request, what, _next(answer.status_code, host, signed_in=signed_in), status=answer.status_code, codes=codes,
        passing=answer.status_code in PASSING,
    )  # fmt: skip


def failed(request: str, error: httpx.HTTPError, hide: Hide) -> RegistryError:
    """The error for a connection that could not be made, broke off, or stayed silent."""
    causes = list(_causes(error))
    untrusted = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return RegistryError(request, f"its certificate is not trusted: {untrusted.verify_message}", _UNTRUSTED)
    nameless = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if nameless is not None:
        # A name that is not there will not be there in a second; a resolver that is busy may answer.
        passing = nameless.errno == socket.EAI_AGAIN
        return RegistryError(request, f"no such host ({nameless.strerror})", _SILENT, passing=passing, unreachable=True)
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno in errno.errorcode}
    unreachable = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)
    if isinstance(error, httpx.TimeoutException):
        what = "no connection in time" if unreachable else "no answer in time"
    elif numbers:
        what = " and ".join(sorted(os.strerror(number).lower() for number in numbers if number))
    else:
        what = "the connection broke off" if not unreachable else "no connection"
        what += f" ({_plain(hide(str(error)))})" if str(error) else ""
    spoken = any(isinstance(cause, ssl.SSLError) for cause in causes)
    return RegistryError(request, what, _SILENT, passing=True, unreachable=unreachable and not spoken)


def nowhere(request: str, address: str) -> RegistryError:
    """The error for an address from a registry that is none."""
    return RegistryError(request, f"the registry sends us to {_plain(address)!r}", "ask who runs it")


def speaks_no_tls(error: BaseException) -> bool:
    """Whether a handshake failed because of what was said, not because of whom the certificate names."""
    found = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    return bool(found) and not any(isinstance(cause, ssl.SSLCertVerificationError) for cause in found)


def _next(status: int, host: str, *, signed_in: bool) -> str:
    if status in (401, 403):
        if host == "ghcr.io":
            return _GHCR
        if not signed_in:
            return f"nobody is signed in to {host}: pass a user name and a password or token (withRegistryAuth)"
        return f"check the user name and password for {host}, and that the account may use this repository"
    return _NEXT.get(status, _LATER if status in PASSING else "")


def _told(answer: httpx.Response, hide: Hide) -> tuple[frozenset[str], str]:
    """The registry's own codes and words, from the error document of the distribution specification."""
    try:
        errors = json.loads(answer.content)["errors"]
        rows = [row for row in errors if isinstance(row, dict)]
    except (ValueError, TypeError, KeyError):
        text = answer.text if answer.headers.get("content-type", "").startswith("text/plain") else ""
        return frozenset(), _plain(hide(text))
    parts = []
    for row in rows[:3]:
        words = [str(row.get(key) or "") for key in ("code", "message")]
        detail = row.get("detail")
        # What went wrong on the registry's own disk is only there.
        words.append(json.dumps(detail) if detail and answer.status_code >= 500 else "")
        parts.append(" ".join(word for word in words if word))
    return frozenset(str(row.get("code") or "") for row in rows), _plain(hide("; ".join(parts)))


def _plain(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:_WORDS]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and what led to it; attempts on several addresses are a group."""
    todo, seen = [error], set[int]()
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        todo += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
