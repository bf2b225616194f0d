"""Tables for people, as text: a CLI prints objects as bare digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> str:
    r"""Columns two spaces apart; those named in `numbers` are set to the right.

    >>> table(("NAME", "SIZE"), [("api", "9"), ("web", "10")], numbers=("SIZE",))
    'NAME  SIZE\napi      9\nweb     10\n'
    """
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    right = [name in numbers for name in header]
    return "".join(_line(line, widths, right) + "\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if aligned else cell.ljust(width)
        for cell, width, aligned in zip(cells, widths, right, strict=True)
    )
    return "  ".join(padded).rstrip()


def size(octets: int) -> str:
    """A size in decimal megabytes, as registries show it.

    >>> size(48_250_000)
    '48.2 MB'
    """
    return f"{octets / 1_000_000:.1f} MB"
