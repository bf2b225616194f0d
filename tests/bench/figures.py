"""What was measured, as a table for people, as Markdown, and as JSON."""

from __future__ import annotations

import json
import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

CONTENDERS = ("slipway", "docker", "buildah")

MEMORY_LIMIT = 200_000_000
SERVICES_LIMIT = 1.5


@dataclass(frozen=True)
class Case:
    """A case. `limit`: Slipway's time at most, as a part of BuildKit's; `changes`: the images that change."""

    name: str
    title: str
    limit: float | None
    changes: frozenset[str] | None


@dataclass
class Times:
    """Seconds for the four services: built at once, and one by one."""

    together: list[float] = field(default_factory=list)
    in_turn: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The median of the better way."""
        return min(statistics.median(times) for times in (self.together, self.in_turn) if times)


@dataclass
class Figures:
    """Everything measured. Seconds and bytes; None: not measured."""

    cases: dict[str, dict[str, Times]] = field(default_factory=dict)
    peak_bytes: int = 0
    services_again: float | None = None
    services_called: float | None = None
    import_seconds: float | None = None
    python_seconds: float | None = None
    versions: dict[str, str] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)


def ratio(times: dict[str, Times], other: str) -> float:
    """Slipway's time as a part of another's."""
    return times["slipway"].best / times[other].best


def text(figures: Figures, cases: list[Case]) -> str:
    """The table, the other figures, and whatever was not as it should be."""
    head = ["", "slipway", "docker", "buildah", "slipway/docker", "slipway/buildah", "target", ""]
    lines = _columns([head, *_rows(figures, cases)])
    lines += ["", *(f"{name}: {value}" for name, value in _others(figures)), "", _machine(figures)]
    lines += [f"unexpected: {line}" for line in figures.surprises]
    return "\n".join(lines)


def markdown(figures: Figures, cases: list[Case]) -> str:
    """The same for docs/benchmark.md."""
    lines = [
        "| Four services, seconds | Slipway | BuildKit | buildah | Slipway/BuildKit | Slipway/buildah | Target | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
        *(f"| {' | '.join(row)} |" for row in _rows(figures, cases)),
        "",
        *(f"- {name}: {value}" for name, value in _others(figures)),
        "",
        _machine(figures),
    ]
    return "\n".join(lines) + "\n"


def as_json(figures: Figures, cases: list[Case]) -> str:
    """Every single run."""
    whole = {
        "versions": figures.versions,
        "processors": os.cpu_count(),
        "system": _system(),
        "load_average": os.getloadavg(),
        "cases": {
            case.name: {
                "title": case.title,
                "seconds": {
                    name: {"together": times.together, "one_by_one": times.in_turn, "counted": times.best}
                    for name, times in figures.cases[case.name].items()
                },
                "slipway_per_docker": ratio(figures.cases[case.name], "docker"),
                "slipway_per_buildah": ratio(figures.cases[case.name], "buildah"),
                "target": case.limit,
            }
            for case in cases
            if case.name in figures.cases
        },
        "engine_peak_bytes": figures.peak_bytes,
        "services_seconds": {"again": figures.services_again, "called": figures.services_called},
        "import_seconds": {"module": figures.import_seconds, "python": figures.python_seconds},
        "unexpected": figures.surprises,
    }
    return json.dumps(whole, indent=2) + "\n"


def _rows(figures: Figures, cases: list[Case]) -> list[list[str]]:
    rows = []
    for case in cases:
        times = figures.cases.get(case.name)
        if times is None:
            continue
        per = ratio(times, "docker")
        verdict = "" if case.limit is None else ("met" if per <= case.limit else "missed")
        limit = "" if case.limit is None else f"≤ {case.limit}"
        seconds = [f"{times[name].best:.2f}" for name in CONTENDERS]
        rows.append([case.title, *seconds, f"{per:.2f}", f"{ratio(times, 'buildah'):.2f}", limit, verdict])
    return rows


def _others(figures: Figures) -> list[tuple[str, str]]:
    found = [("peak memory of the engine's process", _against(figures.peak_bytes / 1e6, "MB", MEMORY_LIMIT / 1e6))]
    if figures.services_again is not None and figures.services_called is not None:
        for what, seconds in (("again", figures.services_again), ("the function run", figures.services_called)):
            found.append((f"slipway call services, {what}", _against(seconds, "s", SERVICES_LIMIT)))
    if figures.import_seconds is not None and figures.python_seconds is not None:
        value = f"{figures.import_seconds:.2f} s, of which Python itself {figures.python_seconds:.2f} s"
        found.append(("importing the module", value))
    return found


def _against(value: float, unit: str, limit: float) -> str:
    shown = f"{value:.0f}" if unit == "MB" else f"{value:.2f}"
    return f"{shown} {unit} (target < {limit:g} {unit}: {'met' if value < limit else 'missed'})"


def _machine(figures: Figures) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in figures.versions.items())
    return f"{os.cpu_count()} processors, {_system()}; {versions}; load average at the end {os.getloadavg()[0]:.1f}"


def _system() -> str:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "Linux"
    return next((line.split("=", 1)[1].strip('"') for line in lines if line.startswith("PRETTY_NAME=")), "Linux")


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        padded = zip(row, widths, strict=True)
        cells = [cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(padded)]
        lines.append("  ".join(cells).rstrip())
    return lines
