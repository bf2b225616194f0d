"""Work that many wait for, and work that fails."""

from __future__ import annotations

import anyio
import pytest

from slipway.errors import ConfigError
from slipway.running import Once, run_all


async def test_what_many_ask_for_is_made_once() -> None:
    made = []

    async def make() -> int:
        made.append(1)
        await anyio.sleep(0.01)
        return len(made)

    once = Once(make)
    outcomes = await run_all(dict.fromkeys(range(5), once))
    assert [outcome.value for outcome in outcomes.values()] == [1] * 5
    assert made == [1]


async def test_a_failure_is_told_to_all_who_ask() -> None:
    tried = []

    async def make() -> int:
        tried.append(1)
        await anyio.sleep(0.01)
        raise ConfigError(["slipway.toml: nothing in it"])

    once = Once(make)
    outcomes = await run_all(dict.fromkeys(range(3), once))
    assert all("nothing in it" in outcome.failure for outcome in outcomes.values())
    assert tried == [1]


async def test_a_defect_raises() -> None:
    async def make() -> int:
        raise KeyError("defect")

    with pytest.raises(ExceptionGroup):
        await run_all({"one": Once(make)})
