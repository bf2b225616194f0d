import pytest

from bot.splitting import split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n ", []),
        ("short", ["short"]),
        ("exactly 10", ["exactly 10"]),
        ("one two three four", ["one two", "three four"]),
        ("line one\nline two", ["line one", "line two"]),
        ("one two\n\nnext one", ["one two", "next one"]),
        ("a bcd\n\ne\nfgh ijk", ["a bcd", "e\nfgh ijk"]),
        ("abcdefghijklmnop", ["abcdefghij", "klmnop"]),
        ("a bcdefghijklmnop", ["a bcdefghi", "jklmnop"]),
        ("\N{GRINNING FACE}" * 6, ["\N{GRINNING FACE}" * 5, "\N{GRINNING FACE}"]),
        ("123456789\N{GRINNING FACE}", ["123456789", "\N{GRINNING FACE}"]),
        ("1234567890 next", ["1234567890", "next"]),
    ],
)
def test_text_is_split_where_it_reads_best(text: str, parts: list[str]) -> None:
    assert list(split(text, limit=10)) == parts


def test_no_part_is_longer_than_telegram_takes() -> None:
    parts = list(split("\N{GRINNING FACE} word" * 4000))
    assert max(len(part.encode("utf-16-le")) // 2 for part in parts) <= 4096
    assert "".join(parts).count("\N{GRINNING FACE}") == 4000
