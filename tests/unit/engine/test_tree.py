"""Directory listings: every change makes a new one, and equal content has an equal key."""

from __future__ import annotations

from slipway_engine.store.tree import Entry, Tree, clean, parents


def _file(sha: str, mode: int = 0o644, mtime: int = 0) -> Entry:
    return Entry("f", mode, mtime=mtime, size=1, source=f"/files/{sha}", sha=sha)


def _tree(**files: str) -> Tree:
    return Tree({}).merged("", Tree({name: _file(sha) for name, sha in files.items()}))


def test_equal_content_has_an_equal_key_however_it_was_made() -> None:
    one = Tree({"a": _file("1"), "b": _file("2")})
    other = Tree({"b": _file("2")}, recipe="other").merged("", Tree({"a": _file("1", mtime=99)}))
    assert one.key == other.key


def test_content_mode_and_owner_change_the_key() -> None:
    base = Tree({"a": _file("1")})
    keys = {
        base.key,
        Tree({"a": _file("2")}).key,
        Tree({"a": _file("1", mode=0o755)}).key,
        base.derive({"a": Entry("f", 0o644, 1, 1, 0, 1, "", "1")}).key,
    }
    assert len(keys) == 4


def test_unknown_content_is_named_by_its_recipe() -> None:
    unknown = Entry("f", 0o644, source="/somewhere")
    assert Tree({"a": unknown}, "x").key == Tree({"a": unknown}, "x").key
    assert Tree({"a": unknown}, "x").key != Tree({"a": unknown}, "y").key


def test_merging_makes_the_folders_above_and_keeps_what_was_there() -> None:
    tree = _tree(a="1").merged("x/y", _tree(b="2"), uid=1000, gid=1000)
    assert sorted(tree.entries) == ["a", "x", "x/y", "x/y/b"]
    assert tree.entries["x"].uid == 1000
    assert tree.entries["a"].uid == 0


def test_a_file_replaces_a_folder() -> None:
    tree = Tree({}).merged("x", _tree(a="1")).merged("", _tree(x="2"))
    assert sorted(tree.entries) == ["x"]


def test_a_stamp_reaches_folders_that_are_made_later() -> None:
    tree = Tree({}).merged("app", _tree(a="1")).restamped(1).merged("later/deep", _tree(b="2"))
    assert {tree.entries[path].mtime for path in ("app", "app/a", "later", "later/deep")} == {1}


def test_links_are_followed_inside_the_tree() -> None:
    tree = Tree({"real": Entry("d", 0o755), "real/f": _file("1"), "link": Entry("l", 0o777, source="real")})
    assert tree.follow("link/f") == "real/f"
    loop = Tree({"a": Entry("l", 0o777, source="b"), "b": Entry("l", 0o777, source="a")})
    assert loop.follow("a") is None


def test_paths_never_leave_the_root() -> None:
    assert clean("/a/../../b/./c//d") == "b/c/d"
    assert parents("a/b/c") == ["a", "a/b"]
