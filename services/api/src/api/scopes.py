"""Who may see what: bearer tokens and their scopes."""

import secrets
from enum import Flag, auto
from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from api.dependencies import SettingsDependency
from api.settings import Settings

_bearer = HTTPBearer(
    auto_error=False,
    description="API_TOKEN, or API_TEXT_TOKEN for what people wrote; none with API_ANONYMOUS",
)


class Scope(Flag):
    """What a request may see."""

    STATS = auto()
    TEXT = auto()


def granted(settings: Settings, token: str | None) -> Scope:
    """Return the scopes that ``token`` has, empty for one that is not known."""
    # Both are always compared, and in constant time: how long a refusal takes must not tell
    # how much was right.
    is_stats = _equal(settings.api_token, token)
    is_text = _equal(settings.api_text_token, token)
    scope = Scope.STATS if is_stats or settings.api_anonymous else Scope(0)
    return scope | Scope.STATS | Scope.TEXT if is_text else scope


async def require_scope(
    settings: SettingsDependency,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Scope:
    """Return the scopes of a request, and refuse one that has none."""
    scope = granted(settings, given.credentials if given else None)
    if not scope:
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "a bearer token is needed",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return scope


ScopeDependency = Annotated[Scope, Depends(require_scope)]


def _equal(wanted: SecretStr | None, given: str | None) -> bool:
    # Something to compare with where there is no token, which nobody can have guessed.
    expected = wanted.get_secret_value() if wanted else secrets.token_hex()
    return secrets.compare_digest(expected.encode(), (given or "").encode())
