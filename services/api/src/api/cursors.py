"""Where a page ended, as text that a client hands back unread.

A cursor is a kind, two 64-bit numbers and a checksum, in the URL's own base 64. It is not
secret and opens nothing: it only tells where to go on. The checksum is against slips, so that
a cursor that was cut or retyped is refused instead of showing another page.
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from api.errors import CursorMalformed

LENGTH = 28  # of the text
PATTERN = rf"^[A-Za-z0-9_-]{{{LENGTH}}}$"

_LAYOUT = struct.Struct(">cqq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class DialogCursor:
    """The last dialog of a page, newest first.

    Example:
        >>> place = DialogCursor(datetime(2026, 1, 5, tzinfo=UTC), 7)
        >>> DialogCursor.parse(place.text()) == place
        True

    """

    started_at: datetime
    id: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor.

        Raises:
            CursorMalformed: it is none, or one of messages.

        """
        microseconds, number = _unpack(b"d", text)
        try:
            return cls(_EPOCH + microseconds * _MICROSECOND, number)
        except OverflowError:
            raise CursorMalformed from None

    def text(self) -> str:
        """Return the cursor as text."""
        return _pack(b"d", (self.started_at - _EPOCH) // _MICROSECOND, self.id)


@dataclass(frozen=True)
class MessageCursor:
    """The last message of a page of one dialog, oldest first."""

    dialog_id: int
    id: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor.

        Raises:
            CursorMalformed: it is none, or one of dialogs.

        """
        return cls(*_unpack(b"m", text))

    def text(self) -> str:
        """Return the cursor as text."""
        return _pack(b"m", self.dialog_id, self.id)


def sound_or_none(parse: Callable[[str], object]) -> Callable[[str | None], str | None]:
    """Return a validator that lets through what ``parse`` can read, and the lack of a cursor."""

    def check(text: str | None) -> str | None:
        try:
            if text is not None:
                parse(text)
        except CursorMalformed as error:
            raise ValueError(str(error)) from None
        return text

    return check


def _pack(kind: bytes, first: int, second: int) -> str:
    body = _LAYOUT.pack(kind, first, second)
    return urlsafe_b64encode(body + binascii.crc32(body).to_bytes(4)).decode()


def _unpack(kind: bytes, text: str) -> tuple[int, int]:
    try:
        _, first, second = _LAYOUT.unpack_from(urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, struct.error):
        raise CursorMalformed from None
    # Written anew it has to be the same: kind, checksum and every character of it.
    if second < 1 or _pack(kind, first, second) != text:
        raise CursorMalformed
    return first, second
