"""Serves on HOST and PORT until SIGTERM, then finishes what it has begun and ends with 0.

``python -m api openapi`` prints the OpenAPI document instead; it needs no settings.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence

import uvicorn

from api import logs, metrics
from api.app import create_app, openapi
from api.errors import PortTaken, SettingsError
from api.settings import Settings

DRAIN_SECONDS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the service and return the exit code: 2 wrong settings, 3 a port that is taken."""
    parser = argparse.ArgumentParser(prog="api", description="Serve the statistics.")
    parser.add_argument("command", nargs="?", choices=["serve", "openapi"], default="serve")
    if parser.parse_args(arguments).command == "openapi":
        sys.stdout.write(json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n")
        return 0
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"api: {error}\n")
        return 2
    logs.configure(settings.log_level)
    try:
        _serve(settings)
    except PortTaken as error:
        sys.stderr.write(f"api: {error}\n")
        return 3
    return 0


def _serve(settings: Settings) -> None:
    app = create_app(settings)
    # uvicorn raises the signal again once it has stopped, for whoever was there before it:
    # an orderly stop should not look like a kill.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    with metrics.serving(app.state.metrics, settings.metrics_host, settings.metrics_port):
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )


if __name__ == "__main__":
    sys.exit(main())
