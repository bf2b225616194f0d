"""Who talked about what, and when: made up, the same for the same moment. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random

from migrate.seed import model, talk_en, talk_ru
from migrate.seed.rhythm import DAYS, starts

USERS = 40
DIALOGS = 600
# Ids of Telegram fit into 52 bits: no chat has one of these, and nothing can be sent to it.
LAST_TELEGRAM_ID = -9_000_000_000_000_000
FIRST_TELEGRAM_ID = LAST_TELEGRAM_ID - USERS + 1

_TALKS = {"en": talk_en.TOPICS, "ru": talk_ru.TOPICS}
_NAMES = (
    *("amelia", "boris_v", "clara", "dmitry", "elena.k", "felix", "galina", "henrik", "irina"),
    *("jonas", "kira", "leo_m", "marina", "nikolai", "olga", "pavel", "quentin", "raisa"),
    *("stefan", "tanya", "ulyana", "viktor", "wanda", "xenia", "yuri", "zoe", "anton_p"),
    *("bella", "chris", "daria", "egor", "frida", "gleb", "hanna", "igor", "julia"),
)
_VERSIONS = ("assistant-1", "teacher-1", "editor-1", "engineer-1")
_MOST_TURNS = 20
_MEAN_TURNS = 6.6


@dataclass(frozen=True)
class SeedUser:
    """A row of users."""

    telegram_id: int
    username: str | None
    language: str
    created_at: datetime
    last_seen_at: datetime
    blocked_at: datetime | None = None


@dataclass(frozen=True)
class SeedDialog:
    """A row of dialogs; ``user`` is the place among the users."""

    user: int
    version: str
    started_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class SeedMessage:
    """A row of messages; ``dialog`` and ``reply_to`` are places among their kind."""

    dialog: int
    role: str
    content: str
    created_at: datetime
    delivered_at: datetime | None = None
    reply_to: int | None = None
    tokens: int | None = None
    latency_ms: int | None = None
    model: str | None = None
    error_code: str | None = None


@dataclass
class Story:
    """All rows, messages in the order of time; every question has an answer."""

    users: list[SeedUser] = field(default_factory=list)
    dialogs: list[SeedDialog] = field(default_factory=list)
    messages: list[SeedMessage] = field(default_factory=list)


def tell(now: datetime) -> Story:
    """Return the two months before ``now``, so that either can be compared."""
    random = Random(2_026)
    story = Story()
    moments = starts(random, now, DIALOGS)
    trouble = moments[int(DIALOGS * 0.7)]
    weather = model.Weather(now - timedelta(days=DAYS), now, trouble)
    free_from: list[datetime] = []
    for number, moment in enumerate(moments):
        user = _who(random, story, free_from, number, moment)
        if user is None:
            continue
        free_from[user] = _talk(random, story, user, moment, weather)
    _close(random, story, now)
    return _in_order(story)


def _who(
    random: Random, story: Story, free_from: list[datetime], number: int, moment: datetime
) -> int | None:
    """Return who talks: somebody new at times, else somebody who is not talking already."""
    joined = len(story.users)
    if joined < USERS and number >= int(DIALOGS * (joined / USERS) ** 1.6):
        language = random.choice(("ru", "ru", "en"))
        name = _NAMES[joined] if joined < len(_NAMES) else None
        joined_at = moment - timedelta(seconds=random.uniform(2, 40))
        story.users.append(
            SeedUser(LAST_TELEGRAM_ID - joined, name, language, joined_at, joined_at)
        )
        free_from.append(moment)
        return joined
    free = [user for user in range(joined) if free_from[user] < moment]
    # A few talk much, most of them little.
    weights = [1 / (1 + user * 7 % USERS) for user in free]
    return random.choices(free, weights)[0] if free else None


def _talk(
    random: Random, story: Story, user: int, moment: datetime, weather: model.Weather
) -> datetime:
    """Add one dialog, and return when its last message was there."""
    speaker = story.users[user]
    dialog = len(story.dialogs)
    version = random.choices(_VERSIONS, (70, 12, 8, 10))[0]
    story.dialogs.append(SeedDialog(user, version, moment))
    at = moment
    turns = min(_MOST_TURNS, 1 + int(random.expovariate(1 / _MEAN_TURNS)))
    for turn, (question, answer) in enumerate(_turns(random, speaker.language, turns)):
        reply = weather.reply(random, at, len(question), len(answer), turn)
        answered_at = at + timedelta(milliseconds=reply.latency_ms)
        delivered_at = answered_at + timedelta(milliseconds=random.uniform(80, 400))
        if delivered_at >= weather.now:
            break
        story.messages.append(SeedMessage(dialog, "user", question, at))
        story.messages.append(
            SeedMessage(
                dialog,
                "assistant",
                "" if reply.error_code else answer,
                answered_at,
                delivered_at,
                len(story.messages) - 1,
                reply.tokens,
                reply.latency_ms,
                reply.model,
                reply.error_code,
            )
        )
        story.users[user] = replace(speaker, last_seen_at=at)
        at = delivered_at + timedelta(seconds=10 + random.expovariate(1 / 45))
    return at


def _turns(random: Random, language: str, count: int) -> Iterator[tuple[str, str]]:
    topics: Sequence[Sequence[tuple[str, str]]] = _TALKS[language]
    first = random.randrange(len(topics))
    turns = (turn for topic in islice(cycle(topics), first, None) for turn in topic)
    return islice(turns, count)


def _close(random: Random, story: Story, now: datetime) -> None:
    """Close what was cleared: all dialogs but the last of a user, and some of those."""
    following: dict[int, datetime] = {}
    for number in reversed(range(len(story.dialogs))):
        dialog = story.dialogs[number]
        ended = following.get(dialog.user)
        if ended is None and random.random() < 1 / 3:
            ended = min(now, story.users[dialog.user].last_seen_at + timedelta(minutes=5))
        following[dialog.user] = dialog.started_at
        story.dialogs[number] = replace(dialog, closed_at=ended)
    for number in random.sample(range(len(story.users)), 2):
        user = story.users[number]
        story.users[number] = replace(user, blocked_at=min(now, user.last_seen_at + timedelta(1)))


def _in_order(story: Story) -> Story:
    """Return the story with its messages in the order of time, as they would have come in."""
    order = sorted(range(len(story.messages)), key=lambda place: story.messages[place].created_at)
    places = {old: new for new, old in enumerate(order)}
    moved = (story.messages[old] for old in order)
    messages = [
        replace(message, reply_to=None if message.reply_to is None else places[message.reply_to])
        for message in moved
    ]
    return Story(story.users, story.dialogs, messages)
