"""What is said about an error, and the exit code."""

import pytest

from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.report import describe, exit_code
from slipway_engine.errors import ExecError, InputError, SlipwayError
from slipway_engine.module.errors import FunctionError


@pytest.mark.parametrize(
    ("error", "text", "code"),
    [
        (InputError("x: not there"), "x: not there", 1),
        (UsageError("unknown flag: --x", "Flags: --y"), "unknown flag: --x\nFlags: --y", 1),
        (FunctionError("FunctionError: no"), "FunctionError: no", 1),
        (FunctionError('call function "x": exit code: 3', exit_code=3), 'call function "x": exit code: 3', 3),
        (
            ExecError(["sh", "-c", "exit 7"], 7, "out\n", "err\n"),
            "exit code: 7 [sh -c 'exit 7']\nStdout:\nout\nStderr:\nerr",
            7,
        ),
        (
            FunctionError("exit code: 7", exit_code=7, command=("false",), stderr="bad"),
            "exit code: 7 [false]\nStderr:\nbad",
            7,
        ),
        (FunctionError("died", exit_code=-9), "died", 1),
    ],
)
def test_errors(error: SlipwayError, text: str, code: int) -> None:
    assert (describe(error), exit_code(error)) == (text, code)
