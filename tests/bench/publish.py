"""Publish the same four images by Slipway, by docker push and by skopeo copy, to the same kind of empty registry.

The images are built once and given to all three; each cold round gets a registry without data, on a port of its own,
since docker remembers what a registry had. All four images are pushed at once; the median counts.

Then the module publishes the repository twice and more: gate, bills of materials, images, release and reading back.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import workspace
from contenders import COMMIT_TIME, REVISION, SERVICES, SLIPWAY, BuildKit, docker_client
from processes import BenchError, Command, missing, run, timed, work_folder

from bench import say

SECONDS = 6.0
TARGETS = {"cold": 1.1, "unchanged": 0.5}
_TITLES = {"cold": "into an empty registry", "unchanged": "again, unchanged"}
_TOOLS = {"dockerd": "docker.io", "docker-registry": "docker-registry", "skopeo": "skopeo", "unshare": "util-linux"}
_WAIT_SECONDS = 15.0
# It takes so little time that a single one says nothing.
_AGAIN = 5
_ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Debian's docker-registry without data; gives its address."""
    folder.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline or process.poll() is not None:
                msg = f"docker-registry does not answer:\n{(folder / 'log').read_text()[-1500:]}"
                raise BenchError(msg)
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/v2/", timeout=1):
            return True
    except OSError:
        return False


def layers(address: str, service: str) -> list[str]:
    """The digests of an image's layers in a registry."""
    request = urllib.request.Request(f"http://{address}/v2/bench/{service}/manifests/1", headers={"Accept": _ACCEPT})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return [layer["digest"] for layer in json.load(answer)["layers"]]
    except OSError as error:
        msg = f"{address}/bench/{service}:1 is not in the registry: {error}"
        raise BenchError(msg) from error


class Publisher(ABC):
    """Has the four images, and pushes them to `address/bench/<service>:1`."""

    name: str

    def __init__(self, work: Path) -> None:
        self.folder = work / self.name
        self.folder.mkdir(exist_ok=True)
        self.logs = 0

    @abstractmethod
    def commands(self, address: str) -> list[Command]:
        """What pushes the four."""

    def push(self, address: str) -> dict[str, float]:
        """Push; gives the seconds, by what was counted."""
        return {self.name: timed(self.commands(address))}

    def log(self) -> Path:
        """A log file that no other command has."""
        self.logs += 1
        return self.folder / f"{self.logs:03}.log"


class Slipway(Publisher):
    """The engine's own push: counted in a running engine, where a publication is made, and as a whole command."""

    name = "slipway"

    def prepare(self, archives: Path, store: str) -> None:
        """Fetch the images into a cache of the benchmark's own."""
        self.references = []
        for service in SERVICES:
            run(
                ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", f"oci-archive:{archives}/{service}.tar",
                 f"docker://{store}/bench/{service}:1"]
            )  # fmt: skip
            self.references.append(f"{store}/bench/{service}:1")
        timed([self._command("-")])

    def commands(self, address: str) -> list[Command]:
        return [self._command(f"{address}/bench")]

    def push(self, address: str) -> dict[str, float]:
        [command] = self.commands(address)
        whole = timed([command])
        return {self.name: float(json.loads(command.out)["seconds"]), "slipway, whole command": whole}

    def _command(self, address: str) -> Command:
        script = str(Path(__file__).with_name("push.py"))
        env = {"SLIPWAY_CACHE_DIR": str(self.folder / "cache"), "SLIPWAY_PUBLISH_STAND_INS": "1"}
        return Command((sys.executable, script, address, *self.references), self.folder, self.log(), env)


class Docker(Publisher):
    """Four `docker push` at once, of a daemon that has the images."""

    name = "docker push"

    def __init__(self, work: Path, daemon: BuildKit) -> None:
        super().__init__(work)
        self.daemon = daemon

    def prepare(self, archives: Path) -> None:
        """Load the images."""
        for service in SERVICES:
            copy = ("skopeo", "--insecure-policy", "copy", "--dest-daemon-host", self.daemon.host)
            run([*copy, f"oci-archive:{archives}/{service}.tar", f"docker-daemon:bench/{service}:1"])

    def commands(self, address: str) -> list[Command]:
        client, env = self.daemon.client, self.daemon.env
        made = []
        for service in SERVICES:
            run([client, "tag", f"bench/{service}:1", f"{address}/bench/{service}:1"], env=env)
            words = (client, "push", "--quiet", f"{address}/bench/{service}:1")
            made.append(Command(words, self.folder, self.log(), env))
        return made


class Skopeo(Publisher):
    """Four `skopeo copy` at once, from OCI layouts: nothing has to be unpacked or compressed."""

    name = "skopeo copy"

    def prepare(self, archives: Path) -> None:
        """Lay the images out."""
        for service in SERVICES:
            source = f"oci-archive:{archives}/{service}.tar"
            run(["skopeo", "--insecure-policy", "copy", source, f"oci:{self.folder}/{service}:1"])

    def commands(self, address: str) -> list[Command]:
        copy = ("skopeo", "--insecure-policy", "copy", "--preserve-digests", "--dest-tls-verify=false")
        return [
            Command(
                (*copy, f"oci:{self.folder}/{service}:1", f"docker://{address}/bench/{service}:1"), self.folder, self.log()
            )
            for service in SERVICES
        ]  # fmt: skip


def measure(publishers: list[Publisher], work: Path, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds by case and publisher; they take turns, each round another one first."""
    found: dict[str, dict[str, list[float]]] = {case: {} for case in TARGETS}
    held: dict[str, dict[str, list[str]]] = {}
    for number in range(rounds):
        turn = number % len(publishers)
        for publisher in publishers[turn:] + publishers[:turn]:
            with registry(work / "registry") as address:
                for case in ("cold", *["unchanged"] * _AGAIN):
                    for name, seconds in publisher.push(address).items():
                        found[case].setdefault(name, []).append(seconds)
                        say(f"  {_TITLES[case]}: {name} {seconds:.2f} s")
                held[publisher.name] = {service: layers(address, service) for service in SERVICES}
    # The daemon compresses on its own account; the other two push the same bytes.
    if held["slipway"] != held["skopeo copy"]:
        msg = "slipway and skopeo pushed different layers of what should be the same images"
        raise BenchError(msg)
    return found


def publish(work: Path, rounds: int) -> list[float]:
    """Seconds of the module's own publication of a repository whose images are in the registry already."""
    words = (
        str(SLIPWAY), "call", "--commit", REVISION, "--commit-time", COMMIT_TIME, "publish", "--event", "push",
        "--ref", "refs/heads/main", "--default-branch", "main", "--branches", "main", "--tag", "bench",
    )  # fmt: skip
    env = {"SLIPWAY_ENGINE": "embedded", "SLIPWAY_PUBLISH_STAND_INS": "1"}
    found = []
    with registry(work / "registry") as address:
        for number in range(rounds + 1):
            log = work / f"publish-{number}.log"
            found.append(timed([Command((*words, "--registry", address), work / "tree", log, env)]))
            say(f"  the repository, {'again, unchanged' if number else 'first'}: {found[-1]:.2f} s")
    return found[1:]


def report(found: dict[str, dict[str, list[float]]]) -> list[str]:
    """The table: medians, and Slipway's as a part of the others'."""
    lines = []
    for case, target in TARGETS.items():
        seconds = {name: statistics.median(times) for name, times in found[case].items()}
        ours = seconds["slipway"]
        lines.append(f"four images {_TITLES[case]}:")
        lines += [f"  {name:<24}{value:>7.2f} s" for name, value in seconds.items()]
        for name in ("docker push", "skopeo copy"):
            ratio = ours / seconds[name]
            lines.append(
                f"  slipway / {name:<14}{ratio:>7.2f}   target {target}: {'met' if ratio <= target else 'missed'}"
            )
    return lines


def build(work: Path) -> Path:
    """Build the services by the module, with the user's own cache, and write them as archives."""
    tree, archives = work / "tree", work / "archives"
    workspace.copy(tree)
    archives.mkdir()
    for service in SERVICES:
        labels = ("--commit", REVISION, "--commit-time", COMMIT_TIME)
        target = archives / f"{service}.tar"
        words = ("call", *labels, "image", "--service", service, "export", "--path", target)
        run([SLIPWAY, *words], folder=tree, env={"SLIPWAY_ENGINE": "embedded"})
    return archives


def main() -> int:
    """Measure and print; 2 where the benchmark could not run."""
    parser = argparse.ArgumentParser(prog="publish.py", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure as JSON")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), metavar="DIR", help="where to work; 4 GB")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    try:
        client = docker_client()
        if lacking := {_TOOLS[tool] for tool in missing(_TOOLS)} | (set() if client else {"docker.io"}):
            say(f"publish: missing: apt-get install --no-install-recommends {' '.join(sorted(lacking))}")
            return 2
        assert client is not None
        with ExitStack() as stack:
            path = Path(tempfile.mkdtemp(prefix="slipway-publish-", dir=options.folder))
            work = stack.enter_context(work_folder(path, keep=False))
            say("building the four images (not measured)")
            archives = build(work)
            daemon = BuildKit(work, work / "tree", archives, client)
            stack.enter_context(daemon.ready())
            slipway, docker, skopeo = Slipway(work), Docker(work, daemon), Skopeo(work)
            docker.prepare(archives)
            skopeo.prepare(archives)
            slipway.prepare(archives, stack.enter_context(registry(work / "store")))
            found = measure([slipway, docker, skopeo], work, options.runs)
            again = publish(work, options.runs)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # the clean-up is not to be interrupted
    except BenchError as error:
        say(f"publish: {error}")
        return 2
    median = statistics.median(again)
    told = "met" if median < SECONDS else "missed"
    lines = [*report(found), f"slipway call publish, unchanged: {median:.2f} s (target < {SECONDS:.0f} s: {told})"]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.json:
        options.json.write_text(json.dumps({**found, "repository": again}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
