"""The words that arguments of checks take."""

from __future__ import annotations

from enum import Enum

from dagger import enum_type


@enum_type
class Severity(Enum):
    """How bad a vulnerability is said to be."""

    LOW = "LOW"
    """Low, and everything above"""
    MEDIUM = "MEDIUM"
    """Medium, high and critical"""
    HIGH = "HIGH"
    """High and critical"""
    CRITICAL = "CRITICAL"
    """Critical only"""


@enum_type
class BillFormat(Enum):
    """A format of bills of materials."""

    SPDX = "spdx"
    """SPDX 2.3, as JSON"""
    CYCLONEDX = "cyclonedx"
    """CycloneDX 1.6, as JSON"""
