"""Runs in the module's own environment: imports the SDK and the module once, then forks for every call.

Importing takes a second, a fork a few milliseconds, and each call still has a process of its own. This is also the
one place that touches the SDK's private parts, for two reasons: of a task group's failures the SDK reports only
their number, and it logs each failure's traceback, which belongs to `--debug`.

The engine asks over a socket, one JSON object a packet: `{"id", "env", "folder"}` with the ends of two pipes starts
a call, `{"id", "signal"}` signals it, and `{"id", "code"}` is the answer when it has ended.
"""

import contextlib
import ctypes
import gc
import json
import logging
import os
import select
import signal
import socket
import sys
import threading
import traceback
from importlib import import_module
from typing import Any

_PACKET = 1 << 16


def leaves(error: BaseException) -> list[BaseException]:
    """The failures inside nested groups, in order."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def describe(error: BaseException) -> str:
    """One failure as text; of a failed command also what it was and what it said."""
    command = getattr(error, "command", None)
    if not isinstance(command, list):
        return f"{type(error).__name__}: {error}"
    parts = [f"{' '.join(command)}: exit code: {getattr(error, 'exit_code', '?')}"]
    parts += [text for name in ("stdout", "stderr") if (text := str(getattr(error, name, "")).strip())]
    return "\n".join(parts)


def unfold_groups(module_class: Any, function_error: type[Exception]) -> None:
    """Have the SDK report every failure of a task group."""
    serve_call = module_class.call

    async def call(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await serve_call(self, func, *args, **kwargs)
        except function_error as error:
            group = error.__cause__
            if not isinstance(group, BaseExceptionGroup):
                raise
            found = leaves(group)
            if len(found) == 1 and isinstance(found[0], Exception):
                if type(found[0]).__module__.startswith("dagger."):
                    raise found[0] from None
                raise function_error(str(found[0])) from found[0]
            listed = "\n".join(f"[{number}] {describe(leaf)}" for number, leaf in enumerate(found, 1))
            raise function_error(f"{len(found)} errors\n{listed}") from group

    module_class.call = call


def serve_call() -> int:
    """Serve the call of the session in the environment, by the SDK's own entry point."""
    try:
        return import_module("dagger.mod.cli").app() or 0
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except BaseException:  # whatever it was, this process ends here and says so
        traceback.print_exc()
        return 1


def preload() -> None:
    """Import what every call needs. A module that cannot be imported fails again in its call, which reports it."""
    unfold_groups(import_module("dagger.mod._module").Module, import_module("dagger.mod._exceptions").FunctionError)
    if os.environ.get("SLIPWAY_DEBUG") != "1":
        logging.getLogger("dagger").setLevel(logging.CRITICAL)
    with contextlib.suppress(BaseException):
        import_module("dagger.mod.cli").get_entry_point().load()


class Forks:
    """The calls in progress, by the engine's number for them."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.calls: dict[int, int] = {}

    def start(self, request: dict[str, Any], pipes: list[int]) -> None:
        """Fork for one call."""
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self.control.close()
                code = _child(request, pipes)
            finally:
                os._exit(code)
        with contextlib.suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(pid, pid)
        self.calls[pid] = request["id"]
        for pipe in pipes:
            os.close(pipe)

    def signal(self, number: int, what: int) -> None:
        """Signal the group of a call that still runs."""
        for pid in [pid for pid, call in self.calls.items() if call == number]:
            with contextlib.suppress(OSError):
                os.killpg(pid, what)

    def reap(self) -> None:
        """Report the calls that have ended, and end what they started."""
        while self.calls:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            number = self.calls.pop(pid, None)
            if number is not None:
                self.control.send(json.dumps({"id": number, "code": os.waitstatus_to_exitcode(status)}).encode())


def _child(request: dict[str, Any], pipes: list[int]) -> int:
    os.setpgid(0, 0)
    die_with_parent()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pipe, target in zip(pipes, (1, 2), strict=True):
        os.dup2(pipe, target)
        os.close(pipe)
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    if threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1:
        # The module started threads while it was imported: they are not in the fork, so start afresh.
        os.execv(sys.executable, [sys.executable, __file__, "once"])  # noqa: S606
    code = serve_call()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends, even when that is killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def main() -> None:
    """Answer the engine until it hangs up."""
    die_with_parent()
    control = socket.socket(fileno=int(os.environ.pop("SLIPWAY_CONTROL")))
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    preload()
    gc.freeze()  # what is imported stays shared between the forks
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    forks = Forks(control)
    while True:
        ready = select.select([control.fileno(), woken], [], [])[0]
        if woken in ready:
            os.read(woken, _PACKET)
            forks.reap()
        if control.fileno() in ready:
            packet, pipes, _, _ = socket.recv_fds(control, _PACKET, 2)
            if not packet:
                return
            request = json.loads(packet)
            if "signal" in request:
                forks.signal(request["id"], request["signal"])
            else:
                forks.start(request, pipes)


if __name__ == "__main__":
    if sys.argv[1:] == ["once"]:
        preload()
        sys.exit(serve_call())
    main()
