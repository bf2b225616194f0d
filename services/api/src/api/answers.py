"""What the answers have in common: their frame, and how they reach the client."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Self

from fastapi import Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.caching import TTL_SECONDS, Body, Cache
from api.dependencies import CacheDependency
from api.periods import Period, Window

Id = Annotated[int, Field(ge=1)]
Cursor = Annotated[
    str | None, Field(description="hand it back as `after` for more; null at the end")
]


class Answer(BaseModel):
    """Base of everything that is answered."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Problem(Answer):
    """Why there is no answer."""

    detail: str


class Span(Answer):
    """The frame of an answer about a period."""

    period: Period
    tz: Annotated[str, Field(description="IANA time zone of the buckets")]
    start: Annotated[AwareDatetime, Field(alias="from", description="the first bucket's start")]
    end: Annotated[AwareDatetime, Field(alias="to", description="the moment of the answer")]

    @classmethod
    def of(cls, window: Window, **fields: object) -> Self:
        """Return the answer about ``window`` with ``fields``."""
        frame = {
            "period": window.period,
            "tz": window.tz,
            "start": window.start,
            "end": window.end,
        }
        return cls.model_validate({**frame, **fields})


class Answering:
    """Gives answers from the cache, with what lets a client keep its own copy.

    ``known`` is the client's ``If-None-Match``, empty without one.
    """

    def __init__(self, known: str, cache: Cache) -> None:
        self._known = known
        self._cache = cache

    async def give(self, key: Hashable, make: Callable[[], Awaitable[Answer]]) -> Response:
        """Return the answer under ``key``, made by ``make`` when the cache has none.

        The key names everything that the answer depends on: the question and the scope.
        304 when the client has it already.
        """

        async def content() -> bytes:
            return (await make()).model_dump_json(by_alias=True).encode()

        body = await self._cache.get(key, content)
        headers = {
            "ETag": body.etag,
            "Cache-Control": f"private, max-age={TTL_SECONDS}",
            # What people wrote comes with one token and not with another.
            "Vary": "Authorization",
        }
        if _is_known(self._known, body):
            return Response(status_code=304, headers=headers)
        return Response(body.content, headers=headers, media_type="application/json")


async def answering_of(request: Request, cache: CacheDependency) -> Answering:
    """Return what answers a request."""
    return Answering(request.headers.get("if-none-match", ""), cache)


AnsweringDependency = Annotated[Answering, Depends(answering_of)]


def _is_known(known: str, body: Body) -> bool:
    """Whether ``If-None-Match`` names the body; it compares weakly, as the header demands."""
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return known.strip() == "*" or body.etag in tags
