"""Requests of the SDK that a real engine (v0.21.8) answered, asked again here: the answers are the same.

`data/engine-transcript-v0.21.8.jsonl` has them in order. IDs, digests and times are each engine's own.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.registry import Registry

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine

RECORDING = Path(__file__).parent / "data" / "engine-transcript-v0.21.8.jsonl"

# What every engine says in its own way.
OWN = [
    (re.compile(r" \[traceparent:[0-9a-f-]+\]"), ""),
    (re.compile(r"sha256:[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d\b"), "<time>"),
    (re.compile(r"(failed to resolve image \"localhost:1/nope:1\").*connection refused.*"), r"\1 <refused>"),
]


def plain(value: Any) -> Any:
    """An answer without what is each engine's own."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        for pattern, text in OWN:
            value = pattern.sub(text, value)
    return value


def same_ids(recorded: Any, found: Any, known: dict[str, str]) -> Any:
    """The recorded answer with this engine's IDs where the real one's were; they are remembered."""
    if isinstance(recorded, dict):
        made = {}
        for key, item in recorded.items():
            ours = found.get(key) if isinstance(found, dict) else None
            if key in ("id", "sync") and isinstance(ours, str):
                known[item] = ours
            made[key] = ours if key in ("id", "sync") else same_ids(item, ours, known)
        return made
    if isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        return [same_ids(*pair, known) for pair in zip(recorded, found, strict=True)]
    return recorded


async def test_every_recorded_request_has_the_recorded_answer(
    engine: Engine, open_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_PUBLISH_STAND_INS", "1")
    monkeypatch.setenv("HOME", "/home/user")
    monkeypatch.chdir(tmp_path)
    for name in ("ops.py", "proxy.py", "other.txt"):
        (tmp_path / name).write_text("")
    places = {"127.0.0.1:5000": open_registry.address, "/home/user/project": str(tmp_path)}
    known: dict[str, str] = {}
    differences = []
    text = RECORDING.read_text(encoding="utf-8")
    for theirs, ours in places.items():
        text = text.replace(theirs, ours)
    for number, line in enumerate(text.splitlines()):
        row = json.loads(line)
        query = row["query"]
        for theirs, ours in known.items():
            query = query.replace(theirs, ours)
        found = await engine.query(query)
        recorded = same_ids(row["response"], found, known)
        # Where an image cannot be had, the real engine says so at `from`; here it is asked for when it is needed.
        if "localhost:1" in query:
            found["errors"][0]["path"] = recorded["errors"][0]["path"]
        if plain(found) != plain(recorded):
            differences.append((number, query, plain(found), plain(recorded)))
    assert differences == []
    assert len(known) == 9
