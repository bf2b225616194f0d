"""What the bot says by itself, and how a long answer becomes several messages. Pure."""

from collections.abc import Iterator

MESSAGE_LIMIT = 4096

GREETING = (
    "Hello! Write me a message and I will answer.\n\n"
    "/help tells what I can do, /clear starts a new conversation."
)
HELP = (
    "I answer any text you send me, and remember what we said before.\n\n"
    "/clear starts a new conversation\n/help shows this message"
)
CLEARED = "Done: this is a new conversation."
TEXT_ONLY = "I can only read text."
APOLOGY = "I am sorry, I could not find an answer just now. Please try again in a moment."


def split(text: str, limit: int = MESSAGE_LIMIT) -> Iterator[str]:
    """Yield ``text`` in parts of at most ``limit`` characters, none of them blank.

    Telegram counts UTF-16 code units, so an emoji is two characters. A part ends at a line
    break if there is one in its second half, else at a space, else anywhere.
    """
    rest = text.strip()
    while rest:
        room = _fitting(rest, limit)
        if room < len(rest):
            room = _cut(rest, room)
        part, rest = rest[:room].rstrip(), rest[room:].lstrip()
        yield part


def _fitting(text: str, limit: int) -> int:
    """Return how many code points of ``text`` fit in ``limit`` UTF-16 code units."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004  # the first plane's end
        if units > limit:
            return index
    return len(text)


def _cut(text: str, room: int) -> int:
    for separator in ("\n", " "):
        # One more than fits: the separator itself is dropped.
        found = text.rfind(separator, room // 2, room + 1)
        if found > 0:
            return found
    return room
