"""What a migration must not do to the release that still runs."""

from pathlib import Path

import pytest

from slipway.checks.in_toolbox.migrations import check

HEAD = 'revision = "{}"\ndown_revision = {}\n\n\ndef upgrade():\n    {}\n\n\ndef downgrade():\n    pass\n'


def _rules(root: Path) -> list[tuple[str, int, str]]:
    return [(each["path"], each["line"], each["rule"]) for each in check(root, "versions")]


def _write(root: Path, **files: str) -> None:
    (root / "versions").mkdir()
    for name, text in files.items():
        (root / "versions" / f"{name}.py").write_text(text)


def test_one_line_of_descent_passes(tmp_path: Path) -> None:
    _write(
        tmp_path, a=HEAD.format("a", None, "op.create_table('t')"), b=HEAD.format("b", "'a'", "op.add_column('t', c)")
    )
    assert _rules(tmp_path) == []


def test_two_heads_are_named(tmp_path: Path) -> None:
    _write(
        tmp_path, a=HEAD.format("a", None, "pass"), b=HEAD.format("b", "'a'", "pass"), c=HEAD.format("c", "'a'", "pass")
    )
    assert _rules(tmp_path) == [("versions/b.py", 1, "heads"), ("versions/c.py", 1, "heads")]


def test_a_parent_that_is_not_there_and_a_revision_that_is_there_twice(tmp_path: Path) -> None:
    _write(tmp_path, a=HEAD.format("a", "'z'", "pass"), b=HEAD.format("a", "'z'", "pass"))
    assert _rules(tmp_path) == [("versions/b.py", 1, "twice"), ("versions/b.py", 1, "lost")]


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("op.drop_column('t', 'c')", True),
        ("op.drop_table('t')", True),
        ("op.drop_table('t')  # contract: unused since 1.4", False),
        ("op.alter_column('t', 'c', new_column_name='d')", True),
        ("op.alter_column('t', 'c', type_=sa.Text())", True),
        ("op.alter_column('t', 'c', nullable=False)", True),
        ("op.alter_column('t', 'c', nullable=True)", False),
        ("op.drop_index('i')", False),
    ],
)
def test_an_upgrade_takes_nothing_away_without_saying_why(tmp_path: Path, step: str, found: bool) -> None:
    _write(tmp_path, a=HEAD.format("a", None, step))
    assert _rules(tmp_path) == ([("versions/a.py", 6, "contract")] if found else [])


def test_python_that_is_none_and_a_downgrade_that_is_missing(tmp_path: Path) -> None:
    _write(tmp_path, a="revision = \n", b='revision = "b"\ndown_revision = None\n')
    assert _rules(tmp_path) == [("versions/a.py", 1, "syntax"), ("versions/b.py", 1, "no-downgrade")]
