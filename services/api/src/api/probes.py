"""For whoever runs the service: is it alive, is it ready, what is it."""

from fastapi import APIRouter, Response, status

from api.dependencies import DatabaseDependency, SettingsDependency
from api.errors import DatabaseUnavailable

READY_SECONDS = 0.9  # the answer has to be there within one second

router = APIRouter(tags=["probes"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process is alive; asks nothing of anybody else."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "names what failed"}})
async def readyz(response: Response, database: DatabaseDependency) -> dict[str, str | list[str]]:
    """Tell within a second whether the database answers."""
    try:
        await database.check(READY_SECONDS)
    except DatabaseUnavailable:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return {"status": "not ready", "failed": ["database"]}
    return {"status": "ready", "failed": []}


@router.get("/version")
async def version(settings: SettingsDependency) -> dict[str, str]:
    """Tell what was built."""
    return {"version": settings.slipway_version, "commit": settings.slipway_commit}
