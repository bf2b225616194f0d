"""What looks like a secret, and what only has the form of one. Tokens are put together here, not written out."""

import pytest

from slipway.checks.in_toolbox.secrets import in_text

BODY = "MIIEpAIBAAKCAQEAuZ8vQmJ3k7RtYw2XhLq9sPdGfB5nCeVo4TzUj6Hx"
DASHES = "-----"
BEGIN = f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES}"
TELEGRAM = "7482915036" + ":AA" + "HkPz9wQvYt3uXrLm5oBn2cDs8fGj7eKi1"


def _rules(text: str) -> list[tuple[int, str]]:
    return [(each["line"], each["rule"]) for each in in_text("a.txt", text)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"x\n{BEGIN}\n{BODY}\n", [(2, "private-key")]),
        (f'key = "{BEGIN}\\n{BODY}\\n"', [(1, "private-key")]),
        (f"{DASHES}BEGIN OPENSSH PRIVATE KEY{DASHES}\n{BODY}", [(1, "private-key")]),
        (f"{BEGIN}\n…\n", []),
        (f"grep -q '{BEGIN}' file", []),
        (f"{DASHES}BEGIN CERTIFICATE{DASHES}\n{BODY}", []),
        (f"TOKEN={TELEGRAM}", [(1, "telegram-token")]),
        ("TOKEN=1234567890:AA" + "x" * 33, []),
        ("token: gh" + "p_" + "k9Zq3LmT7vWxR2sYb8NdJ5hGf4Cp6EuAo1Vi", [(1, "github-token")]),
        ("token: ghp_" + "x" * 36, []),
        ("AKI" + "AQ7ZK3M9TX5VB2WNC", [(1, "aws-access-key")]),
        ("AKIAIOSFODNN7EXAMPLE", []),
        (
            "hooks: https://hooks.slack.com/services/T" + "8ZKQ3MTX/B5VB2WNCJ/k9Zq3LmT7vWxR2sYb8NdJ5hG",
            [(1, "slack-webhook")],
        ),
        (f"{TELEGRAM} # slipway: allow-secret revoked in 2026", []),
        (f"{TELEGRAM} # slipway: allow-secret", [(1, "telegram-token")]),
    ],
)
def test_secrets_are_found_and_examples_are_not(text: str, rules: list[tuple[int, str]]) -> None:
    assert _rules(text) == rules


def test_what_was_found_is_not_repeated() -> None:
    (found,) = in_text("a.txt", f"token={TELEGRAM}")
    assert TELEGRAM not in str(found)
    assert (found["line"], found["column"]) == (1, 7)
