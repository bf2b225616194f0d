"""Lint, types and tests of the services, by the tools that each brings in its lock."""
