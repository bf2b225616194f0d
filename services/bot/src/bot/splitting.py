"""How a long answer becomes several messages. Pure."""

from collections.abc import Iterator

MESSAGE_LIMIT = 4096


def split(text: str, limit: int = MESSAGE_LIMIT) -> Iterator[str]:
    """Yield ``text`` in parts of at most ``limit`` characters, none of them blank.

    Telegram counts UTF-16 code units, so an emoji is two characters. A part ends where a
    paragraph does if one ends in its second half, else at a line break there, else at a space
    there, else anywhere.
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
    for separator in ("\n\n", "\n", " "):
        # More than fits: the separator itself is dropped.
        found = text.rfind(separator, room // 2, room + len(separator))
        if found > 0:
            return found
    return room
