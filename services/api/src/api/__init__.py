"""Reads the application's statistics for the dashboard. Run as ``python -m api``."""
