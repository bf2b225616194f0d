"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from api import logs
from api.access import AccessLog
from api.database import Database
from api.errors import DatabaseUnavailable
from api.routes import probes, reports
from api.settings import Settings

_log = logs.EventLog("api.app")


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it connects when it starts, and starts without a database too."""
    database = Database(settings.database_url.get_secret_value())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with database.running():
            _log.info("started", version=settings.slipway_version, commit=settings.slipway_commit)
            yield
        _log.info("stopped")

    app = FastAPI(title="Statistics", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.database = database
    app.add_middleware(AccessLog)
    app.add_exception_handler(DatabaseUnavailable, _database_unavailable)
    app.include_router(probes)
    app.include_router(reports)
    return app


async def _database_unavailable(_: Request, error: Exception) -> JSONResponse:
    _log.error("database_unavailable", error.__cause__ or error)
    return JSONResponse(
        {"detail": "the database does not answer"}, status_code=503, headers={"Retry-After": "5"}
    )
