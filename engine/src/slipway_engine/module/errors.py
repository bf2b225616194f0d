"""What can go wrong with a module.

SlipwayError
├── ModuleError          a module that cannot be found, read, set up or loaded
└── FunctionError        a function of the module that failed
"""

from __future__ import annotations

from slipway_engine.errors import SlipwayError


class ModuleError(SlipwayError):
    """The module cannot be found, read, set up or loaded."""


class FunctionError(SlipwayError):
    """A function ended with an error, or its process ended without an answer.

    `exit_code`, `command`, `stdout` and `stderr` are set when a command in a container was the cause.
    """

    def __init__(
        self, message: str, *, exit_code: int = 1, command: tuple[str, ...] = (), stdout: str = "", stderr: str = ""
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.command = command
        self.stdout = stdout
        self.stderr = stderr
