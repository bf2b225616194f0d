"""How the language model did: which one answered, how fast, and when it did not."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# The typical latency of each, in milliseconds.
MODELS = {"mistral-small-3": 1_400, "qwen3-8b": 900, "llama-3.3-70b": 2_300}

_FIRST, _SECOND, _THIRD = MODELS
_OUTAGE = timedelta(minutes=90)
_FAILURES = (("timeout", 60_000), ("rate_limited", 9_000), ("malformed", 2_500))
_OUTAGE_FAILURES = (("unavailable", 14_000), ("circuit_open", 1), ("circuit_open", 1))


@dataclass(frozen=True)
class Reply:
    """What became of a question."""

    model: str
    latency_ms: int
    tokens: int | None = None
    error_code: str | None = None


@dataclass(frozen=True)
class Weather:
    """The time from ``start`` to ``now``, with an outage that begins at ``trouble``."""

    start: datetime
    now: datetime
    trouble: datetime

    def reply(self, random: Random, at: datetime, asked: int, said: int, turn: int) -> Reply:
        """Answer the ``turn``-th question, of ``asked`` characters, with ``said``."""
        elapsed = (at - self.start) / (self.now - self.start)
        name = _model(random, elapsed)
        in_outage = self.trouble <= at < self.trouble + _OUTAGE
        if random.random() < (0.75 if in_outage else 0.012):
            code, latency = random.choice(_OUTAGE_FAILURES if in_outage else _FAILURES)
            return Reply(name, round(latency * random.uniform(1, 1.1)), None, code)
        slowness = random.lognormvariate(0, 0.35) * (1 + said / 900)
        # The model is sent what was said before, too.
        tokens = 60 + asked // 4 + math.ceil(said / 3.5) + turn * 55
        return Reply(name, round(MODELS[name] * slowness), tokens)


def _model(random: Random, elapsed: float) -> str:
    if elapsed < 0.4:  # noqa: PLR2004  # of the time
        return random.choices((_FIRST, _SECOND), (92, 8))[0]
    if elapsed < 0.8:  # noqa: PLR2004  # same
        return random.choices((_FIRST, _SECOND), (15, 85))[0]
    return random.choices((_SECOND, _THIRD), (45, 55))[0]
