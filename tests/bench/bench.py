"""Build the same four services by Slipway, by BuildKit and by buildah, side by side, and compare the seconds.

All three start from the same base images, already there, and with empty package caches; they take turns run by run,
and the median counts. Everything that is started runs from one temporary folder and is stopped and removed at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import figures
import workspace
from contenders import REPOSITORY, SERVICES, SLIPWAY, Buildah, BuildKit, Contender, Slipway, bases, docker_client
from figures import Case, Figures, Times
from processes import BenchError, Command, missing, run, timed, work_folder

CASES = (
    Case("cold", "cold: no build, no package", limit=1.15, changes=None),
    Case("nothing", "nothing changed", limit=0.5, changes=frozenset()),
    Case("line", "one line changed in api", limit=1.0, changes=frozenset({"api"})),
    Case("dependency", "one dependency added to bot", limit=None, changes=frozenset({"bot"})),
)
_TOOLS = {
    "dockerd": "docker.io", "buildah": "buildah", "skopeo": "skopeo", "podman": "podman", "unshare": "util-linux",
    "setpriv": "util-linux", "git": "git",
}  # fmt: skip
_SHORT_RUNS = 7


class Bench:
    """The contenders, the tree they build, and what was measured."""

    def __init__(self, work: Path, options: argparse.Namespace, client: str) -> None:
        self.options = options
        self.tree = work / "tree"
        self.numbers = 0
        archives = work / "archives"
        archives.mkdir(exist_ok=True)
        workspace.copy(self.tree)
        self.slipway = Slipway(work, self.tree, archives)
        self.docker = BuildKit(work, self.tree, archives, client)
        self.buildah = Buildah(work, self.tree, archives)
        self.contenders: list[Contender] = [self.slipway, self.docker, self.buildah]
        self.figures = Figures()

    def prepare(self) -> None:
        """Make the bases once and give them to all."""
        say("preparing the base images (once; not measured)")
        self.slipway.prepare()
        self.docker.prepare()
        self.buildah.prepare()
        self.figures.versions = {
            "slipway": run([SLIPWAY, "version"]).split()[1],
            "docker": self.docker.version(),
            "buildah": run(["buildah", "--version"]).split()[2],
        }

    def measure(self, case: Case) -> None:
        """One case: the contenders take turns, each round another one first."""
        rounds = self.options.cold_runs if case.name == "cold" else self.options.runs
        times = {contender.name: Times() for contender in self.contenders}
        for number in range(rounds):
            self._arrange(case)
            turn = number % len(self.contenders)
            for contender in self.contenders[turn:] + self.contenders[:turn]:
                times[contender.name].together.append(self._one(case, contender, together=True))
        if not self.options.quick:
            # Four at once may be slower than one by one: the builders of Dockerfiles get the better of the two.
            self._arrange(case)
            for contender in (self.docker, self.buildah):
                times[contender.name].in_turn.append(self._one(case, contender, together=False))
            if case.changes:
                self.slipway.build()
        self.figures.cases[case.name] = times

    def _arrange(self, case: Case) -> None:
        self.numbers += 1
        if case.name == "line":
            workspace.change_line(self.tree, self.numbers)
        elif case.name == "dependency":
            workspace.add_dependency(self.tree, self.numbers)

    def _one(self, case: Case, contender: Contender, *, together: bool) -> float:
        before: dict[str, str] = {}
        if case.changes is None:
            contender.empty()
        else:
            before = contender.images()
        seconds = contender.build(together=together)
        after = contender.images()
        if set(after) != set(SERVICES):
            msg = f"{contender.name}: built {sorted(after)} instead of all four"
            raise BenchError(msg)
        changed = {service for service, image in after.items() if before.get(service) != image}
        if case.changes is not None and changed != case.changes:
            self.figures.surprises.append(
                f"{contender.name}, {case.title}: changed images {sorted(changed)}, expected {sorted(case.changes)}"
            )
        if contender is self.slipway:
            self.figures.peak_bytes = max(self.figures.peak_bytes, *(command.peak_bytes for command in contender.last))
        say(f"  {case.title}: {contender.name} {seconds:.2f} s{'' if together else ' (one by one)'}")
        return seconds

    def warm(self) -> None:
        """Build once without measuring, for cases that need an earlier build."""
        say("building once (not measured)")
        for contender in self.contenders:
            contender.build()

    def measure_command(self) -> None:
        """What a person waits for besides building: `slipway call services`, and the import of the module."""
        runs = range(1 if self.options.quick else _SHORT_RUNS)
        timed([self.slipway.call("services")])
        self.figures.services_again = statistics.median(timed([self.slipway.call("services")]) for _ in runs)
        self.figures.services_called = statistics.median(
            timed([self.slipway.call("services", f"{number:040x}")]) for number in runs
        )
        interpreters = sorted((self.slipway.folder / "cache" / "venvs").glob("*/bin/python"))
        if interpreters:
            python = interpreters[0]
            self.figures.import_seconds = statistics.median(self._python(python, "import slipway") for _ in runs)
            self.figures.python_seconds = statistics.median(self._python(python, "pass") for _ in runs)

    def _python(self, interpreter: Path, code: str) -> float:
        env = {"PYTHONPATH": str(self.tree / "dagger" / "src")}
        return timed([Command((str(interpreter), "-c", code), self.tree, self.slipway.log("import"), env)])


def main() -> int:
    """Run what the arguments ask for; gives the exit code: 1 where Slipway rebuilt the wrong images, 2 where it could not run."""
    options = parse()
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGHUP, _interrupted)
    try:
        client = check_machine(install=options.install)
        workspace.check_bases(set(bases().values()))
        with ExitStack() as stack:
            path = Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=options.folder))
            work = stack.enter_context(work_folder(path, keep=options.keep))
            bench = Bench(work, options, client)
            for contender in bench.contenders:
                stack.enter_context(contender.ready())
            bench.prepare()
            chosen = [case for case in CASES if options.only in (None, case.name)]
            if chosen and chosen[0].changes is not None:
                bench.warm()
            for case in chosen:
                bench.measure(case)
            if options.only is None:
                bench.measure_command()
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the clean-up is not to be interrupted
    except BenchError as error:
        say(f"bench: {error}")
        return 2
    except KeyboardInterrupt:
        say("bench: interrupted; everything started was stopped")
        return 130
    sys.stdout.write(f"{figures.text(bench.figures, chosen)}\n")
    if options.json:
        options.json.write_text(figures.as_json(bench.figures, chosen), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(figures.markdown(bench.figures, chosen), encoding="utf-8")
    # Another builder that rebuilds too much is worth a line; Slipway doing so is a defect.
    return 1 if any(line.startswith("slipway") for line in bench.figures.surprises) else 0


def parse() -> argparse.Namespace:
    """The arguments."""
    parser = argparse.ArgumentParser(
        prog="bench.py",
        description=__doc__,
        epilog="Needs root and, beside what `make setup` installs, docker.io for dockerd. Cases: "
        + "; ".join(f"{case.name} ({case.title})" for case in CASES),
    )
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each warm case (default: 3)")
    parser.add_argument("--cold-runs", type=int, default=1, metavar="N", help="runs of the cold case (default: 1)")
    parser.add_argument("--only", choices=[case.name for case in CASES], help="measure this case only")
    parser.add_argument("--quick", action="store_true", help="one run of each case, and no builds one by one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--install", action="store_true", help="install what is missing by apt-get first")
    parser.add_argument("--keep", action="store_true", help="keep the work folder, with logs and caches, and say where")
    parser.add_argument(
        "--folder", type=Path, default=Path("/var/tmp"), metavar="DIR",
        help="where the work folder is made; needs about 6 GB on a disk that takes overlayfs (default: /var/tmp)",
    )  # fmt: skip
    options = parser.parse_args()
    if options.runs < 1 or options.cold_runs < 1:
        parser.error("--runs and --cold-runs: should be 1 or more")
    if options.quick:
        options.runs = options.cold_runs = 1
    for name in ("json", "markdown"):
        path = getattr(options, name)
        if path is not None and not path.resolve().parent.is_dir():
            parser.error(f"--{name}: there is no folder {path.resolve().parent}")
    return options


def check_machine(*, install: bool) -> str:
    """Say what is missing and how to get it, or get it; gives the docker client to use."""
    if os.geteuid() != 0:
        msg = "a daemon of its own needs root: sudo make bench"
        raise BenchError(msg)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not SLIPWAY.exists():
        msg = f"{SLIPWAY.relative_to(REPOSITORY)} is not there: run `make setup`"
        raise BenchError(msg)
    packages = sorted({_TOOLS[tool] for tool in missing(_TOOLS)} | (set() if docker_client() else {"docker.io"}))
    if packages and install and shutil.which("apt-get"):
        say(f"installing {' '.join(packages)}")
        # RUNLEVEL=1: the packages' own services are not started.
        env = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run(["apt-get", "-qq", "update"], env=env)
        run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages], env=env)
        packages = sorted({_TOOLS[tool] for tool in missing(_TOOLS)})
    client = docker_client()
    if packages or client is None:
        command = f"apt-get install --no-install-recommends {' '.join(packages or ['docker.io'])}"
        msg = f"missing: {', '.join(packages) or 'a docker client with BuildKit'}; run `{command}`, or give --install"
        raise BenchError(msg)
    return client


def say(text: str) -> None:
    """A line about what is being done."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
