"""Greets."""

from markupsafe import escape


def greeting(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {escape(name)}!"
