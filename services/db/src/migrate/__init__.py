"""The database schema of the application, and the command that brings it about.

Run as ``python -m migrate``; see :mod:`migrate.__main__` for the commands.
"""

from migrate.errors import MigrateError
from migrate.models import Base

__all__ = ["Base", "MigrateError"]
