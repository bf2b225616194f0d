"""Everything that can go wrong in the engine, drawn as a tree.

    SlipwayError
    ├── HostError            the machine lacks something: podman, overlayfs, space, permission
    │   └── RootlessNeeded   an ordinary user's run has to go on in a user namespace
    ├── InputError           a path, reference or argument that cannot be used
    ├── ImageError           an image that cannot be resolved, read or pushed
    ├── ExecError            a command ended with an exit code that was not expected
    ├── ServiceError         a bound service did not start or never became healthy
    └── UnservedError        a part of Dagger's API that this engine does not serve

A message stands alone: where, what, what next. Only its text reaches the caller.
"""

from __future__ import annotations


class SlipwayError(Exception):
    """Base of every error that is meant for people."""


class HostError(SlipwayError):
    """The machine cannot run containers the way the engine needs."""


class RootlessNeeded(HostError):  # noqa: N818  # not a failure: the command goes on elsewhere
    """Mounts are needed and the user is not root: the command is started again in a user namespace."""


class InputError(SlipwayError):
    """An argument names something that is not there or cannot be used."""


class ImageError(SlipwayError):
    """An image could not be resolved, read, packed or pushed."""


class ServiceError(SlipwayError):
    """A service did not start, or did not become healthy in time."""


class UnservedError(SlipwayError):
    """The embedded engine does not serve this part of Dagger's API."""


class ExecError(SlipwayError):
    """A command in a container ended with an unexpected exit code.

    Attributes carry what a caller needs to report it: `command`, `exit_code`, `stdout`, `stderr`
    (secrets already replaced by `***`).
    """

    def __init__(self, command: list[str], exit_code: int, stdout: str, stderr: str) -> None:
        super().__init__(f"exit code: {exit_code}")
        self.command = command
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
