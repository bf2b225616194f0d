"""Task groups are unfolded."""

from collections.abc import Callable

import pytest

from slipway_engine.module.launch import describe, leaves, unfold_groups


class FailureError(Exception):
    """Stands for the SDK's FunctionError."""


class CommandError(Exception):
    """A failed command, as the SDK reports it."""

    def __init__(self) -> None:
        super().__init__("exit code: 7")
        self.command = ["sh", "-c", "exit 7"]
        self.exit_code = 7
        self.stdout = ""
        self.stderr = "bad\n"


def test_leaves_come_in_order() -> None:
    one, two, three = ValueError("1"), KeyError("2"), OSError("3")
    assert leaves(ExceptionGroup("", [one, ExceptionGroup("", [two]), three])) == [one, two, three]


@pytest.mark.parametrize(
    ("error", "expected"),
    [(ValueError("no"), "ValueError: no"), (CommandError(), "sh -c exit 7: exit code: 7\nbad")],
)
def test_one_failure(error: Exception, expected: str) -> None:
    assert describe(error) == expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (
            ExceptionGroup("unhandled", [ValueError("a"), KeyError("b")]),
            "2 errors\n[1] ValueError: a\n[2] KeyError: 'b'",
        ),
        (ExceptionGroup("unhandled", [ExceptionGroup("inner", [ValueError("a")])]), "a"),
        (ValueError("plain"), "outer"),
    ],
)
async def test_what_the_sdk_reports(cause: Exception, expected: str) -> None:
    class Module:
        async def call(self, func: Callable[[], object]) -> object:
            try:
                return func()
            except Exception as error:
                raise FailureError("outer") from error

    def fail() -> None:
        raise cause

    unfold_groups(Module, FailureError)
    with pytest.raises(FailureError) as caught:
        await Module().call(fail)
    assert str(caught.value) == expected
