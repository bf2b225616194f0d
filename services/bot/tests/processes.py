"""The commands as processes, and what tests do with them: python -m bot, and the fakes."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

# Long: a process of this size starts slowly on a machine that is busy.
PATIENCE_SECONDS = 120
SECRET = "not-to-be-seen"
REQUIRED = {
    "TELEGRAM_BOT_TOKEN": f"42:{SECRET}",
    "LLM_BASE_URL": "http://llm/v1",
    "LLM_MODEL": "some-model",
    "DATABASE_URL": "postgresql://db/app",
}


def call(url: str, body: object | None = None) -> Any:  # noqa: ANN401  # any JSON
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"})  # noqa: S310  # loopback
    with urlopen(request, timeout=5) as response:  # noqa: S310  # same
        return json.load(response)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (HTTPError, URLError, ConnectionError):
            pass
        time.sleep(0.05)
    pytest.fail(f"did not happen within {PATIENCE_SECONDS} s")


@contextmanager
def process(*arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    clean = {name: value for name, value in os.environ.items() if name not in REQUIRED}
    started = subprocess.Popen(
        [sys.executable, *arguments],
        env=clean | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@contextmanager
def fakes_running() -> Iterator[dict[str, str]]:
    """Run the fakes, and give their addresses: telegram, llm and llm_control."""
    script = str(Path(__file__).with_name("fakes.py"))
    ports = ("--telegram-port=0", "--llm-port=0", "--llm-delay=0")
    with process(script, *ports) as started:
        addresses = json.loads(first_line(started.stdout))
        yield addresses | {"llm_control": addresses["llm"].removesuffix("/v1")}
        started.terminate()
        assert started.wait(timeout=5) == 0


def first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def bot_variables(fakes: dict[str, str], database_url: str, port: int) -> dict[str, str]:
    """Return the environment of a bot among ``fakes`` that tells its health at ``port``."""
    return REQUIRED | {
        "TELEGRAM_API_BASE": fakes["telegram"],
        "LLM_BASE_URL": fakes["llm"],
        "DATABASE_URL": database_url,
        "HEALTH_HOST": "127.0.0.1",
        "HEALTH_PORT": str(port),
    }


def write(fakes: dict[str, str], text: str, user_id: int = 1000) -> None:
    call(f"{fakes['telegram']}/_control/messages", {"text": text, "user_id": user_id})


def sent(fakes: dict[str, str]) -> list[str]:
    """Return the texts that the bot sent to anybody."""
    return [entry["text"] for entry in call(f"{fakes['telegram']}/_control/sent")["sent"]]


def asked(fakes: dict[str, str]) -> list[list[str]]:
    """Return what the model was told in each request, but for its role."""
    requests = call(f"{fakes['llm_control']}/_control/requests")["requests"]
    return [[message["content"] for message in request["messages"][1:]] for request in requests]
