from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.completion import Completion, error_for_status, parse, seconds
from bot.errors import LLMMalformed
from conftest import World
from fakes import Step


@pytest.mark.parametrize(
    ("body", "completion"),
    [
        ('{"choices": [{"message": {"content": "hi"}}]}', Completion("hi", None)),
        (
            '{"choices": [{"message": {"content": "hi"}}], "usage": {"total_tokens": 3}, "x": 1}',
            Completion("hi", 3),
        ),
        (
            '{"choices": [{"message": {"content": "cut o "}, "finish_reason": "length"}]}',
            Completion("cut o […]", None),
        ),
    ],
)
def test_an_answer_is_read(body: str, completion: Completion) -> None:
    assert parse(body.encode()) == completion


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff\xfe",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": "\\n "}}]}',
        b'{"choices": [{"message": {"content": "a"}}], "usage": {"total_tokens": -1}}',
        b'{"choices": [{"message": {"content": "a"}}], "usage": {"total_tokens": 99999999999}}',
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(LLMMalformed):
        parse(body)


@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [
        (200, None, None),
        (400, "refused", None),
        (401, "refused", None),
        (429, "rate_limited", 7),
        (500, "unavailable", 7),
        (503, "unavailable", 7),
        (302, "refused", None),
    ],
)
def test_a_status_has_its_class(status: int, code: str | None, asked: float | None) -> None:
    error = error_for_status(status, {"Retry-After": "7"})
    assert (error and error.code, error and error.retry_after) == (code, asked)


@pytest.mark.parametrize(("text", "wait"), [("", None), ("0", 0), ("120", 120), ("soon", None)])
def test_a_wait_is_read(text: str, wait: float | None) -> None:
    assert seconds(text) == wait


def test_a_wait_may_be_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=90)
    assert seconds(format_datetime(moment, usegmt=True)) == pytest.approx(90, abs=3)
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds("Wed, 21 Oct 2015 07:28:00 -0000") == 0


async def test_the_wait_that_is_asked_for_is_kept(world: World) -> None:
    world.llm.script(Step(kind="status", status=503, retry_after=1))
    async with world.bot():
        world.write("hi")
        await world.hear(1)
    latency = world.rows("SELECT latency_ms >= 1000 FROM messages WHERE role = 'assistant'")
    assert latency == [(True,)]
    assert len(world.llm.requests) == 2


@pytest.mark.parametrize("retry_after", [20, "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_who_asks_for_more_patience_than_a_person_has_is_not_asked_again(
    retry_after: int | str, world: World
) -> None:
    world.llm.script(Step(kind="status", status=429, retry_after=retry_after))
    async with world.bot():
        world.write("hi")
        await world.hear(1)
    assert len(world.llm.requests) == 1
    assert world.rows("SELECT error_code FROM messages WHERE role = 'assistant'") == [
        ("rate_limited",)
    ]
