"""The menu of commands that Telegram shows."""

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand

from bot import logs
from bot.phrases import ENGLISH, RUSSIAN

_log = logs.EventLog("bot.menu")


async def tell_commands(bot: Bot) -> None:
    """Tell Telegram the commands in both languages; without that the bot works as well."""
    try:
        for language, told in ((None, ENGLISH), ("ru", RUSSIAN)):
            commands = [
                BotCommand(command=name, description=meaning)
                for name, meaning in told.commands.items()
            ]
            await bot.set_my_commands(commands, language_code=language)
    except AiogramError as error:
        _log.warning("menu_failed", error=type(error).__name__)
