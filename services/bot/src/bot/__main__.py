"""Runs the bot until SIGTERM or SIGINT, then finishes the answers it has begun.

Exit codes: 0 stopped as asked, 1 crashed, 2 the settings are wrong, or Telegram refuses the token.
"""

import asyncio
import signal
import sys

from bot import logs
from bot.app import run
from bot.errors import SettingsError, TokenRefused
from bot.settings import Settings


def main() -> int:
    """Run the service and return the exit code."""
    try:
        settings = Settings.load()
        logs.configure(settings.log_level)
        asyncio.run(_until_signal(settings))
    except (SettingsError, TokenRefused) as error:
        sys.stderr.write(f"bot: {error}\n")
        return 2
    except Exception as error:  # noqa: BLE001  # a traceback could quote a message or a token
        logs.EventLog("bot").error("crashed", error)
        return 1
    return 0


async def _until_signal(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop)


if __name__ == "__main__":
    sys.exit(main())
