"""Secrets in the tree: private keys and tokens by their own form, and files that hold secrets.

What git ignores is not looked at. A form alone is no secret: examples in documents and tests
repeat a letter, count upwards or say that they are examples, and are told by that. A line that
says `slipway: allow-secret` with a reason is left alone.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .report import end, finding
from .tree import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 2_000_000
_ALLOWED = re.compile(r"slipway: allow-secret \S+")
_FILES = re.compile(
    r"(^|/)(\.env(\.(?!.*example)[\w.-]+)?|\.netrc|\.pypirc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)"
    r"|[\w.-]+\.(p12|pfx|jks|keystore))$"
)
_KEY_BEGIN = re.compile(
    r"-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY)(?: BLOCK)?-----"
)
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{40,}")
_BODY_LINES = 6
_TOKENS = {
    "aws-access-key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "github-token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "gitlab-token": r"\bglpat-[\w-]{20,}",
    "google-api-key": r"\bAIza[\w-]{35}\b",
    "npm-token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "openai-key": r"\bsk-(?:proj-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{40,}",
    "pypi-token": r"\bpypi-AgE[\w-]{50,}",
    "slack-token": r"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "slack-webhook": r"https://hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}",
    "stripe-key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "telegram-token": r"\b[0-9]{8,10}:AA[\w-]{33}(?![\w-])",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _TOKENS.items()}
_EXAMPLE = re.compile(
    r"example|sample|dummy|fake|test|placeholder|changeme|xxxx|0{5}|1234|abcd|\.\.\.", re.IGNORECASE
)
_LEAST_ENTROPY = 3.0


def check(root: Path) -> Iterator[dict[str, Any]]:
    """The findings of every file; what was found is never repeated in them."""
    for name in files(root):
        if _FILES.search(name):
            message = "a file of this name holds secrets: remove it, and name it in .gitignore"
            yield finding(name, 1, "secret-file", message)
        path = root / name
        if path.stat().st_size > _LARGEST:
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield from in_text(name, data.decode("utf-8", "replace"))


def in_text(name: str, text: str) -> Iterator[dict[str, Any]]:
    """The findings of one text."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if _ALLOWED.search(line):
            continue
        if (begin := _KEY_BEGIN.search(line)) and _has_body(
            lines[number - 1 : number + _BODY_LINES]
        ):
            message = f"a {begin[1].lower()}: revoke it, and keep its successor out of git"
            yield finding(name, number, "private-key", message, begin.start() + 1)
        for rule, pattern in _PATTERNS.items():
            for match in pattern.finditer(line):
                if not is_example(match[0]):
                    message = "looks like a real one: revoke it, and keep its successor out of git"
                    yield finding(name, number, rule, message, match.start() + 1)


def is_example(token: str) -> bool:
    """Whether a token is told to be none: by a word in it, or by how few characters it has."""
    counts = Counter(token).values()
    entropy = -sum(n / len(token) * math.log2(n / len(token)) for n in counts)
    return entropy < _LEAST_ENTROPY or _EXAMPLE.search(token) is not None


def _has_body(lines: list[str]) -> bool:
    """Whether base64 of a key follows, also inside a string with escaped line ends."""
    for line in lines:
        for part in re.split(r"\\n|-----[^-]*-----", line):
            match = _KEY_BODY.search(part)
            if match and not is_example(match[0]):
                return True
    return False


if __name__ == "__main__":
    end(check(Path(sys.argv[1])))
