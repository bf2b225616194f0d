"""Every shape of function, for the engine's own tests."""

from probe.main import Probe

__all__ = ["Probe"]
