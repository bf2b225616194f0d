"""What can go wrong with the local stack.

StackError
├── DockerError      no Docker daemon answers, or a docker command failed
├── BuildError       the images could not be built or loaded
├── UnhealthyError   a container ended or did not become healthy; has the end of its log
└── BusyError        another command works on the same stack
"""

from __future__ import annotations


class StackError(Exception):
    """Base of all errors here; the message says where, what and what next."""


class DockerError(StackError):
    """No Docker daemon answers, or a docker command failed."""


class BuildError(StackError):
    """The images could not be built or loaded."""


class UnhealthyError(StackError):
    """A container ended or did not become healthy."""


class BusyError(StackError):
    """Another command works on the same stack."""
