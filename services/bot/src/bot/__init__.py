"""Answers people on Telegram with the help of a language model. Run as ``python -m bot``."""
