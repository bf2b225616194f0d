"""The greeting."""

import runpy

import pytest

from greeter import greeting


def test_a_name_is_escaped() -> None:
    assert greeting("<b>") == "Hello, &lt;b&gt;!"


def test_the_world_is_greeted(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("greeter", run_name="__main__")
    assert capsys.readouterr().out == "Hello, world!\n"
