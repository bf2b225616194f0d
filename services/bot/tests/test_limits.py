from dataclasses import dataclass

from bot.limits import RateLimit
from bot.phrases import ENGLISH
from conftest import World, until
from fakes import UserMessage


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_lets_so_many_through_and_tells_when_it_ends() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    for _ in range(2):
        assert limit.seconds_to_wait(1) == 0
        limit.count(1)
    clock.now += 17.5
    assert limit.seconds_to_wait(1) == 43
    assert limit.seconds_to_wait(2) == 0
    clock.now += 42.5
    assert limit.seconds_to_wait(1) == 0


def test_a_user_is_told_once_in_a_window() -> None:
    clock = Clock()
    limit = RateLimit(1, clock)
    told = []
    for _ in range(3):
        limit.count(1)
        told += [limit.tell(1), limit.tell(1)]
        clock.now += 60
    assert told == [True, False] * 3


def test_asking_uses_nothing_up() -> None:
    limit = RateLimit(1, Clock())
    assert [limit.seconds_to_wait(1) for _ in range(3)] == [0, 0, 0]


def test_zero_is_no_limit() -> None:
    limit = RateLimit(0, Clock())
    for _ in range(100):
        limit.count(1)
    assert limit.seconds_to_wait(1) == 0


def test_windows_of_users_who_left_are_forgotten() -> None:
    clock = Clock()
    limit = RateLimit(5, clock)
    for user in range(100):
        limit.count(user)
    clock.now += 61
    limit.count(1000)
    assert len(limit._windows) == 1  # noqa: SLF001  # memory is what this is about


async def test_who_writes_too_fast_is_told_once_and_what_follows_is_not_read(world: World) -> None:
    async with world.bot(rate_limit=3):
        for text in ("one", "two", "/start", "four", "five", "six"):
            world.write(text)
        world.write("mine", user_id=2000)
        assert await world.hear(1, user_id=2000) == ["You said: mine"]
        heard = await world.hear(4)
    assert heard[:3] == ["You said: one", "You said: two", ENGLISH.greeting]
    start, end = ENGLISH.too_fast.split("{seconds}")
    assert heard[3].startswith(start)
    assert heard[3].endswith(end)
    assert 1 <= int(heard[3].removeprefix(start).removesuffix(end)) <= 60
    assert len(heard) == 4
    assert world.rows("SELECT content FROM messages WHERE role = 'user' ORDER BY id") == [
        ("one",),
        ("two",),
        ("mine",),
    ]
    assert world.rows("SELECT count(*) FROM processed_updates") == [(7,)]


async def test_an_update_that_comes_again_is_not_counted(world: World) -> None:
    async with world.bot(rate_limit=2):
        for _ in range(5):
            world.telegram.write(UserMessage(text="one", update_id=1))
        await until(lambda: not world.telegram.pending)
        world.telegram.write(UserMessage(text="two", update_id=2))
        assert await world.hear(2) == ["You said: one", "You said: two"]
        for _ in range(2):
            world.telegram.write(UserMessage(text="three", update_id=3))
            await until(lambda: not world.telegram.pending)
        assert len(await world.hear(3)) == 3
