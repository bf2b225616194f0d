"""Which registries may be spoken to without TLS, what their headers say, and what is said of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from slipway_engine.registry.authorization import Challenge, read_challenge
from slipway_engine.registry.errors import refused
from slipway_engine.registry.location import schemes
from slipway_engine.registry.retry import retry_after

BOTH, TLS = ("https", "http"), ("https",)


@pytest.mark.parametrize(
    ("host", "named", "expected"),
    [
        ("localhost:5000", "", BOTH),
        ("127.0.0.1", "", BOTH),
        ("127.8.9.10:443", "", BOTH),
        ("[::1]:5000", "", BOTH),
        ("ghcr.io", "", TLS),
        ("10.0.0.1:5000", "", TLS),
        ("localhost.example.org", "", TLS),
        ("127.0.0.1.example.org:5000", "", TLS),
        ("[::2]:5000", "", TLS),
        ("registry:5000", "other, registry:5000", BOTH),
        ("registry:5000", "registry", BOTH),
        ("registry:5000", "registry:5001", TLS),
        ("registry", " ,", TLS),
    ],
)
def test_plain_http_is_for_loopback_and_for_what_is_named(
    host: str, named: str, expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_INSECURE_REGISTRIES", named)
    assert schemes(host) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Basic realm="a b"', Challenge("basic", "a b")),
        ('Bearer realm="https://a/t?x=1,2",service="s"', Challenge("bearer", "https://a/t?x=1,2", "s")),
        ('bearer service=s, realm="https://a/t", error="insufficient_scope"', Challenge("bearer", "https://a/t", "s")),
        ("Negotiate", None),
        ("", None),
    ],
)
def test_a_challenge_is_read(header: str, expected: Challenge | None) -> None:
    assert read_challenge(header) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", None), ("soon", None), ("-1", None), ("3", 3), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_a_wish_to_be_left_alone_is_read(value: str | None, expected: float | None) -> None:
    assert retry_after(value) == expected


def test_a_wish_by_date_is_counted_from_now() -> None:
    seconds = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True))
    assert seconds is not None
    assert 18 < seconds <= 20


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_by_ghcr_says_what_its_token_needs(status: int) -> None:
    told = {"errors": [{"code": "DENIED", "message": "permission_denied: write_package"}]}
    request = "POST https://ghcr.io/v2/example/app/blobs/uploads/"
    error = refused(request, httpx.Response(status, json=told), "ghcr.io", signed_in=True, hide=str)
    text = str(error)
    assert text.startswith(f"{request}: {status} ")
    for words in (
        "DENIED permission_denied: write_package",
        "a token with write:packages",
        "`permissions: packages: write`",
        "link the package to the repository or grant the repository write access",
        "a package that was first pushed by hand denies the job's token until then",
    ):
        assert words in text
    assert (error.status, error.codes, error.passing) == (status, frozenset({"DENIED"}), False)
