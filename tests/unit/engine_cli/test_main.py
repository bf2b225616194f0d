"""The command itself: which one, on which engine, and what is said when there is none."""

import pytest

from slipway_engine.cli.main import _chosen_engine, _command_of, command


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["call", "build"], ("call", ["build"])),
        (["-s", "call", "build"], ("call", ["-s", "build"])),
        (["-m", "sub", "check"], ("check", ["-m", "sub"])),
        (["--progress=plain", "functions"], ("functions", ["--progress=plain"])),
        (["call", "--help"], ("call", ["--help"])),
        (["--help"], ("", ["--help"])),
        ([], ("", [])),
    ],
)
def test_the_command_among_the_words(argv: list[str], expected: tuple[str, list[str]]) -> None:
    assert _command_of(argv) == expected


@pytest.mark.parametrize(
    ("argv", "environment", "message"),
    [
        (["cal"], "embedded", 'Error: unknown command "cal" for "slipway"; did you mean \'call\'?\n'),
        (["call", "x"], "docker", "Error: SLIPWAY_ENGINE=docker: should be dagger or embedded\n"),
        (["call", "x"], "dagger", "Error: SLIPWAY_ENGINE=dagger, but there is no dagger on PATH"),
    ],
)
def test_what_cannot_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], environment: str, message: str
) -> None:
    monkeypatch.setenv("SLIPWAY_ENGINE", environment)
    monkeypatch.setenv("PATH", "/nowhere")
    assert command(argv) == 1
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(("wanted", "expected"), [("", "embedded"), ("embedded", "embedded")])
def test_without_dagger_the_embedded_engine_is_used(
    monkeypatch: pytest.MonkeyPatch, wanted: str, expected: str
) -> None:
    monkeypatch.setenv("SLIPWAY_ENGINE", wanted)
    monkeypatch.setenv("PATH", "/nowhere")
    assert _chosen_engine() == expected
