import asyncio
import time

from bot.circuit import Circuit, State
from bot.phrases import ENGLISH
from conftest import World
from fakes import Step
from test_limits import Clock


def opened(clock: Clock) -> Circuit:
    circuit = Circuit(failures=3, cooldown=30, clock=clock)
    for _ in range(3):
        assert circuit.admit()
        circuit.failed()
    return circuit


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    circuit = Circuit(failures=3, cooldown=30, clock=Clock())
    for step in (circuit.failed, circuit.failed, circuit.succeeded, circuit.failed, circuit.failed):
        step()
        assert circuit.admit()
    circuit.failed()
    assert circuit.state is State.OPEN
    assert not circuit.admit()


def test_one_probe_goes_after_the_cooldown_and_closes_it() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += 29.9
    assert not circuit.admit()
    clock.now += 0.1
    assert [circuit.admit(), circuit.admit()] == [True, False]
    assert circuit.state is State.HALF_OPEN
    circuit.succeeded()
    assert [circuit.admit(), circuit.admit()] == [True, True]


def test_a_probe_that_fails_opens_it_for_as_long_again() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += 30
    assert circuit.admit()
    circuit.failed()
    clock.now += 29
    assert not circuit.admit()
    clock.now += 1
    assert circuit.admit()


def test_a_probe_that_is_cancelled_leaves_its_place_to_the_next() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += 30
    assert circuit.admit()
    circuit.abandoned()
    assert circuit.admit()


def test_failures_that_come_late_do_not_keep_it_open_for_longer() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += 20
    circuit.failed()
    clock.now += 10
    assert circuit.admit()


async def test_while_it_is_open_an_apology_comes_at_once_and_the_model_is_left_alone(
    world: World,
) -> None:
    world.llm.default = Step(kind="status", status=500)
    async with world.bot(llm_circuit_failures=3, llm_circuit_cooldown=0.6):
        world.write("one")
        await world.hear(1)
        assert len(world.llm.requests) == 3
        world.llm.default = Step(kind="hang")
        started = time.monotonic()
        world.write("two")
        assert await world.hear(2) == [ENGLISH.apology] * 2
        assert time.monotonic() - started < 0.5
        assert len(world.llm.requests) == 3
        world.llm.default = Step()
        await asyncio.sleep(0.6)
        world.write("three")
        assert (await world.hear(3))[-1] == "You said: three"
    codes = "SELECT error_code FROM messages WHERE role = 'assistant' ORDER BY id"
    assert world.rows(codes) == [("unavailable",), ("circuit_open",), (None,)]
