"""What fails a scan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """The least severity, and whether only what has a fixed version counts.

    `database` is the repository of a mirror of Trivy's database; "" is Trivy's own.
    """

    severity: str
    only_fixed: bool
    database: str = ""
