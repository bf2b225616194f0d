"""The three that build: Slipway, BuildKit (docker build) and buildah, each with storage of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from processes import BenchError, Command, run, timed

REPOSITORY = Path(__file__).resolve().parents[2]
SLIPWAY = REPOSITORY / ".venv" / "bin" / "slipway"
SERVICES = ("bot", "api", "web", "db")
REVISION = "0123456789abcdef0123456789abcdef01234567"
COMMIT_TIME = "2026-01-31T12:00:00Z"

_CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")
_DAEMON_SECONDS = 30.0


class Contender(ABC):
    """Builds the four services of a tree from prepared bases."""

    name: str

    def __init__(self, work: Path, tree: Path, archives: Path) -> None:
        self.folder = work / self.name
        self.folder.mkdir(exist_ok=True)
        self.tree = tree
        self.archives = archives
        self._logs = work / "logs"
        self._logs.mkdir(exist_ok=True)
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        """Usable while the body runs."""
        yield

    @abstractmethod
    def empty(self) -> None:
        """Forget every build and every downloaded package; keep the bases."""

    @abstractmethod
    def commands(self) -> list[Command]:
        """What builds the four services."""

    @abstractmethod
    def images(self) -> dict[str, str]:
        """What identifies the images of the last build, by service."""

    def build(self, *, together: bool = True) -> float:
        """Build the four; gives the seconds."""
        self.last = self.commands()
        if together:
            return timed(self.last)
        return sum(timed([command]) for command in self.last)

    def log(self, what: str) -> Path:
        """A log file that no other command has."""
        return self._logs / f"{self.name}-{next(self._numbers):03}-{what}.log"


class Slipway(Contender):
    """`slipway call build`, as `make build` runs it."""

    name = "slipway"
    last: list[Command]

    @property
    def env(self) -> dict[str, str]:
        """The engine's cache is the benchmark's own, and the engine is the embedded one."""
        return {"SLIPWAY_CACHE_DIR": str(self.folder / "cache"), "SLIPWAY_ENGINE": "embedded"}

    def prepare(self) -> None:
        """Make the bases, write them as archives, and remember the cache as it is with nothing else in it."""
        script = Path(__file__).with_name("bases.py")
        run([SLIPWAY, "run", sys.executable, script, self.archives], folder=self.tree, env=self.env)
        # The module's environment is part of the installation, as the daemon is of Docker's.
        run([SLIPWAY, "call", "services"], folder=self.tree, env=self.env)
        shutil.rmtree(self.folder / "cache" / "tarballs", ignore_errors=True)
        self._copy("cache", "bases")

    def empty(self) -> None:
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        self._copy("bases", "cache")

    def commands(self) -> list[Command]:
        return [self.call("build")]

    def call(self, function: str, revision: str = REVISION) -> Command:
        """One function of the module."""
        labels = ("--commit", revision, "--commit-time", COMMIT_TIME)
        return Command((str(SLIPWAY), "call", *labels, function), self.tree, self.log(function), self.env)

    def images(self) -> dict[str, str]:
        rows = re.findall(r"^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\s", self.last[0].out, re.MULTILINE)
        return dict(rows)

    def _copy(self, source: str, target: str) -> None:
        # At the same path when it is used: the cache names its own folders.
        run(["cp", "--archive", "--reflink=auto", self.folder / source, self.folder / target])


class BuildKit(Contender):
    """Four `docker build` at once, in a daemon of the benchmark's own."""

    name = "docker"
    last: list[Command]

    def __init__(self, work: Path, tree: Path, archives: Path, client: str) -> None:
        super().__init__(work, tree, archives)
        self.client = client
        self.host = f"unix://{self.folder}/docker.sock"
        self._cgroup = work.name
        self.env = {"DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "1", "DOCKER_CONFIG": str(self.folder / "client")}

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        """A daemon without networks or firewall rules, whose mounts and processes end with it."""
        (self.folder / "daemon.json").write_text("{}\n")
        arguments = [
            # The bench may be killed: the daemon and all below it then end too.
            "setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
            "dockerd", "--config-file", f"{self.folder}/daemon.json", "--data-root", f"{self.folder}/data",
            "--exec-root", f"{self.folder}/exec", "-p", f"{self.folder}/docker.pid", "-H", self.host,
            "--cgroup-parent", self._cgroup, "--bridge", "none", "--iptables=false", "--ip6tables=false", "--storage-driver", "overlay2",
        ]  # fmt: skip
        log = self.log("daemon")
        with log.open("wb") as out:
            nothing = subprocess.DEVNULL
            daemon = subprocess.Popen(arguments, stdin=nothing, stdout=out, stderr=out, start_new_session=True)
        try:
            self._wait(daemon, log)
            yield
        finally:
            self._stop(daemon)

    def _wait(self, daemon: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + _DAEMON_SECONDS
        while time.monotonic() < deadline and daemon.poll() is None:
            with contextlib.suppress(BenchError):
                self._docker("version")
                return
            time.sleep(0.2)
        msg = f"dockerd does not answer:\n{log.read_text(errors='replace')[-1500:]}"
        raise BenchError(msg)

    def _stop(self, daemon: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            children = Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGTERM)
            daemon.wait(15)
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(15)
        if daemon.poll() is None:
            daemon.kill()  # unshare takes the whole namespace with it
            daemon.wait()
        root = Path("/sys/fs/cgroup")
        for group in (root / self._cgroup, *root.glob(f"*/{self._cgroup}")):
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)

    def prepare(self) -> None:
        """Load the bases."""
        for archive, reference in bases().items():
            source = f"oci-archive:{self.archives / archive}"
            copy = ("skopeo", "--insecure-policy", "copy", "--dest-daemon-host", self.host)
            run([*copy, source, f"docker-daemon:{reference}"])

    def empty(self) -> None:
        made = [name for service in SERVICES if self._docker("images", "--quiet", name := f"bench/{service}").strip()]
        if made:
            self._docker("image", "rm", "--force", *made)
        self._docker("builder", "prune", "--all", "--force")

    def commands(self) -> list[Command]:
        return [
            Command(
                (
                    self.client, "build", "--progress", "plain", "--network", "host", "--tag", f"bench/{service}",
                    *build_options(service), ".",
                ), self.tree, self.log(service), self.env,
            )
            for service in SERVICES
        ]  # fmt: skip

    def images(self) -> dict[str, str]:
        return {s: self._docker("image", "inspect", "--format", "{{.Id}}", f"bench/{s}").strip() for s in SERVICES}

    def version(self) -> str:
        """Of the daemon, whose BuildKit builds."""
        return self._docker("version", "--format", "{{.Server.Version}}").strip()

    def _docker(self, *args: str) -> str:
        return run([self.client, *args], env=self.env)


class Buildah(Contender):
    """Four `buildah build --layers` at once."""

    name = "buildah"
    last: list[Command]

    def __init__(self, work: Path, tree: Path, archives: Path) -> None:
        super().__init__(work, tree, archives)
        self.storage = self.folder / "storage"
        # buildah keeps its cache mounts in TMPDIR.
        self.env = {"TMPDIR": str(self.folder / "tmp")}
        self.words = [
            "buildah", "--root", f"{self.storage}/root", "--runroot", f"{self.storage}/run",
            "--storage-driver", "overlay",
        ]  # fmt: skip

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        try:
            yield
        finally:
            with contextlib.suppress(BenchError):
                run([*self.words, "rm", "--all"])

    def prepare(self) -> None:
        """Copy the bases into its storage."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        place = f"[overlay@{self.storage}/root+{self.storage}/run]"
        for archive, reference in bases().items():
            source = f"oci-archive:{self.archives / archive}"
            run(["skopeo", "--insecure-policy", "copy", source, f"containers-storage:{place}{reference}"])

    def empty(self) -> None:
        # rmi leaves cached stages behind; new storage has none.
        run([*self.words, "rmi", "--all", "--force"])
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        shutil.rmtree(self.storage, ignore_errors=True)
        self.prepare()

    def commands(self) -> list[Command]:
        return [
            Command(
                (
                    *self.words, "build", "--layers", "--format", "docker", "--pull-never", "--network", "host",
                    *(("--runtime", "runc") if shutil.which("runc") else ()), *limits(), "--tag", f"bench/{service}",
                    "--ignorefile", f"tests/bench/{service}.Dockerfile.dockerignore", *build_options(service), ".",
                ), self.tree, self.log(service), self.env,
            )
            for service in SERVICES
        ]  # fmt: skip

    def images(self) -> dict[str, str]:
        inspect = [*self.words, "inspect", "--type", "image", "--format", "{{.FromImageID}}"]
        return {service: run([*inspect, f"localhost/bench/{service}"]).strip() for service in SERVICES}


def build_options(service: str) -> tuple[str, ...]:
    """What both builders of Dockerfiles get; the certificates are a secret, so they are in no layer and no key."""
    options = ("--file", f"tests/bench/{service}.Dockerfile", "--build-arg", f"REVISION={REVISION}")
    named = os.environ.get("SSL_CERT_FILE", "")
    bundle = next((path for path in (named, *_CA_BUNDLES) if path and Path(path).is_file()), None)
    return (*options, "--secret", f"id=ca,src={bundle}") if bundle else options


def limits() -> tuple[str, ...]:
    """Without CAP_SYS_RESOURCE a container may not have more than we have; buildah lowers its processes to 32768."""
    found: tuple[str, ...] = ()
    for name, kind, ceiling in (("nofile", resource.RLIMIT_NOFILE, 1048576), ("nproc", resource.RLIMIT_NPROC, 32768)):
        hard = resource.getrlimit(kind)[1]
        value = ceiling if hard == resource.RLIM_INFINITY else min(hard, ceiling)
        found += ("--ulimit", f"{name}={value}:{value}")
    return found


def bases() -> dict[str, str]:
    """Archive → reference, as bases.py writes them."""
    from bases import ARCHIVES

    return ARCHIVES


def docker_client() -> str | None:
    """A docker client that has BuildKit built in (before 23), or buildx beside it."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder, "docker")
        if not os.access(path, os.X_OK):
            continue
        version = re.search(r"version (\d+)\.", run([path, "--version"]))
        with_buildx = subprocess.run([path, "buildx", "version"], capture_output=True, check=False).returncode == 0
        if with_buildx or (version and int(version[1]) < 23):
            return str(path)
    return None
