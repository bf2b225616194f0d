"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

from api import logs, probes, reports
from api.access import AccessLog
from api.caching import Cache
from api.database import Database
from api.errors import DatabaseUnavailable, DialogUnknown
from api.metrics import Metrics
from api.settings import Settings

_log = logs.EventLog("api.app")


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it connects when it starts, and starts without a database too."""
    database = Database(settings.database_url.get_secret_value())
    metrics = Metrics(settings)
    metrics.watch_pool(database.pool_numbers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with database.running():
            _log.info("started", version=settings.slipway_version, commit=settings.slipway_commit)
            yield
        _log.info("stopped")

    app = _routed(lifespan)
    app.state.settings = settings
    app.state.database = database
    app.state.metrics = metrics
    app.state.cache = Cache(metrics.count_cache)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET"],
            allow_headers=["Authorization", "If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(AccessLog, metrics=metrics)  # the last one added sees a request first
    return app


def openapi() -> dict[str, object]:
    """Return the OpenAPI document; needs no settings."""
    document: dict[str, object] = _routed(None).openapi()
    return document


def _routed(lifespan: Lifespan[FastAPI] | None) -> FastAPI:
    app = FastAPI(title="Statistics", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_exception_handler(DatabaseUnavailable, _database_unavailable)
    app.add_exception_handler(DialogUnknown, _dialog_unknown)
    app.include_router(probes.router)
    app.include_router(reports.router)
    return app


async def _database_unavailable(request: Request, error: Exception) -> JSONResponse:
    _log.error("database_unavailable", error.__cause__ or error)
    request.app.state.metrics.database_failures.inc()
    return JSONResponse(
        {"detail": "the database does not answer"}, status_code=503, headers={"Retry-After": "5"}
    )


async def _dialog_unknown(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=404)
