"""Which language a user reads, as far as the bot speaks it. Pure."""


def is_russian(language_code: str | None) -> bool:
    """Tell whether Telegram's ``language_code``, as ``ru`` or ``en-GB``, is Russian's."""
    return (language_code or "").lower().split("-")[0] == "ru"
