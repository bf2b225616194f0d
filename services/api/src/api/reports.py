"""What the dashboard asks for. Everything reads, and everything needs a scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.activity import Activity, read_activity
from api.answers import AnsweringDependency, Problem
from api.cursors import DialogCursor, MessageCursor
from api.dependencies import DatabaseDependency
from api.dialogs import Dialogs, Page, State, read_dialogs
from api.llm import Llm, read_llm
from api.messages import Dialog, MessagePage, read_dialog
from api.questions import (
    AfterDialog,
    AfterMessage,
    BucketDependency,
    DialogId,
    UserId,
    WindowDependency,
    refusal,
)
from api.scopes import Scope, ScopeDependency, require_scope
from api.statistics import Statistics, read_statistics
from api.users import TopUsers, read_top_users

router = APIRouter(
    prefix="/api/v1",
    tags=["reports"],
    dependencies=[Depends(require_scope)],
    responses={
        304: {"description": "If-None-Match names the answer"},
        401: {"description": "no or a wrong token", "model": Problem},
        503: {"description": "the database does not answer", "model": Problem},
    },
)


@router.get("/stats", response_model=Statistics)
async def stats(
    database: DatabaseDependency, answering: AnsweringDependency, window: WindowDependency
) -> Response:
    """Count users, dialogs and messages of a period, with the previous one for comparison."""

    async def read() -> Statistics:
        async with database.snapshot() as connection:
            return await read_statistics(connection, window)

    return await answering.give(("stats", window.period, window.tz), read)


@router.get("/activity", response_model=Activity)
async def activity(
    database: DatabaseDependency,
    answering: AnsweringDependency,
    window: WindowDependency,
    bucket: BucketDependency,
) -> Response:
    """Count messages and users of a period, hour by hour or day by day."""

    async def read() -> Activity:
        async with database.snapshot() as connection:
            return await read_activity(connection, window, bucket)

    return await answering.give(("activity", window.period, window.tz, bucket), read)


@router.get("/users/top", response_model=TopUsers)
async def top_users(
    database: DatabaseDependency,
    answering: AnsweringDependency,
    window: WindowDependency,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """List who wrote most in a period."""

    async def read() -> TopUsers:
        async with database.snapshot() as connection:
            return await read_top_users(connection, window, limit)

    return await answering.give(("users", window.period, window.tz, limit), read)


@router.get("/dialogs", response_model=Dialogs)
async def dialogs(  # noqa: PLR0913  # each of the last four is a parameter of the address
    database: DatabaseDependency,
    answering: AnsweringDependency,
    *,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    after: AfterDialog = None,
    state: Annotated[State, Query(description="open, closed, or both")] = State.ALL,
    user: UserId = None,
) -> Response:
    """List dialogs, the latest started first."""
    page = Page(limit, DialogCursor.parse(after) if after else None, state, user)

    async def read() -> Dialogs:
        async with database.snapshot() as connection:
            return await read_dialogs(connection, page)

    return await answering.give(page, read)


@router.get(
    "/dialogs/{dialog_id}",
    response_model=Dialog,
    responses={404: {"description": "no such dialog", "model": Problem}},
)
async def dialog(  # noqa: PLR0913  # each of the last three is a parameter of the address
    database: DatabaseDependency,
    answering: AnsweringDependency,
    scope: ScopeDependency,
    *,
    dialog_id: DialogId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: AfterMessage = None,
) -> Response:
    """Show one dialog, its oldest messages first; texts need the scope for them."""
    cursor = MessageCursor.parse(after) if after else None
    if cursor is not None and cursor.dialog_id != dialog_id:
        raise refusal("after", "should be what `next` of this dialog gave", after)
    page = MessagePage(dialog_id, limit, cursor, text=Scope.TEXT in scope)

    async def read() -> Dialog:
        async with database.snapshot() as connection:
            return await read_dialog(connection, page)

    return await answering.give(page, read)


@router.get("/llm", response_model=Llm)
async def llm(
    database: DatabaseDependency, answering: AnsweringDependency, window: WindowDependency
) -> Response:
    """Count answers, failures, tokens and latencies of the language model in a period."""

    async def read() -> Llm:
        async with database.snapshot() as connection:
            return await read_llm(connection, window)

    return await answering.give(("llm", window.period, window.tz), read)
