"""What the service answers."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.database import Database
from api.errors import DatabaseUnavailable, TimeZoneUnknown
from api.periods import Period, find_zone, window
from api.settings import Settings
from api.statistics import Statistics, read_statistics

READY_SECONDS = 0.9  # the answer has to be there within one second

probes = APIRouter(tags=["probes"])
reports = APIRouter(prefix="/api/v1", tags=["reports"])

_bearer = HTTPBearer(auto_error=False, description="needed when API_TOKEN is set")


def settings_of(request: Request) -> Settings:
    """Return the settings the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def database_of(request: Request) -> Database:
    """Return the database the application was made with."""
    database: Database = request.app.state.database
    return database


def clock() -> datetime:
    """Return the present moment; tests put another in its place."""
    return datetime.now(UTC)


def require_token(
    settings: Annotated[Settings, Depends(settings_of)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Refuse a request without the token, if there has to be one."""
    if settings.api_token is None:
        return
    wanted = settings.api_token.get_secret_value().encode()
    # Constant time: how long a refusal takes must not tell how much was right.
    if given is None or not secrets.compare_digest(given.credentials.encode(), wanted):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "a bearer token is needed",
            headers={"WWW-Authenticate": "Bearer"},
        )


@probes.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process is alive; asks nothing of anybody else."""
    return {"status": "alive"}


@probes.get("/readyz", responses={503: {"description": "names what failed"}})
async def readyz(
    response: Response, database: Annotated[Database, Depends(database_of)]
) -> dict[str, str | list[str]]:
    """Tell within a second whether the database answers."""
    try:
        await database.check(READY_SECONDS)
    except DatabaseUnavailable:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return {"status": "not ready", "failed": ["database"]}
    return {"status": "ready", "failed": []}


@probes.get("/version")
async def version(settings: Annotated[Settings, Depends(settings_of)]) -> dict[str, str]:
    """Tell what was built."""
    return {"version": settings.slipway_version, "commit": settings.slipway_commit}


@reports.get(
    "/stats",
    dependencies=[Depends(require_token)],
    responses={401: {"description": "no or a wrong token"}, 503: {"description": "no database"}},
)
async def stats(
    period: Annotated[Period, Query(description="how far back to look")],
    database: Annotated[Database, Depends(database_of)],
    now: Annotated[datetime, Depends(clock)],
    tz: Annotated[str, Query(description="IANA time zone", max_length=64)] = "UTC",
) -> Statistics:
    """Count users, dialogs and messages of a period, with the previous one for comparison."""
    try:
        zone = find_zone(tz)
    except TimeZoneUnknown as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    async with database.snapshot() as connection:
        return await read_statistics(connection, period, tz, window(period, zone, now))
