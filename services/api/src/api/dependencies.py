"""What the routes are given: settings, database, cache, clock.

All are coroutines, here and wherever a route depends on something: the framework would take
plain functions to a thread, which costs more than what they do.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from api.caching import Cache
from api.database import Database
from api.settings import Settings


async def settings_of(request: Request) -> Settings:
    """Return the settings the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


async def database_of(request: Request) -> Database:
    """Return the database the application was made with."""
    database: Database = request.app.state.database
    return database


async def cache_of(request: Request) -> Cache:
    """Return the cache the application was made with."""
    cache: Cache = request.app.state.cache
    return cache


async def clock() -> datetime:
    """Return the present moment; tests put another in its place."""
    return datetime.now(UTC)


SettingsDependency = Annotated[Settings, Depends(settings_of)]
DatabaseDependency = Annotated[Database, Depends(database_of)]
CacheDependency = Annotated[Cache, Depends(cache_of)]
ClockDependency = Annotated[datetime, Depends(clock)]
