"""Serves on HOST and PORT until SIGTERM, then finishes what it has begun and ends with 0."""

import signal
import sys

import uvicorn

from api import logs
from api.app import create_app
from api.errors import SettingsError
from api.settings import Settings

DRAIN_SECONDS = 20


def main() -> int:
    """Run the service and return the exit code; 2 means that the settings are wrong."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"api: {error}\n")
        return 2
    logs.configure(settings.log_level)
    # uvicorn raises the signal again once it has stopped, for whoever was there before it:
    # an orderly stop should not look like a kill.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
