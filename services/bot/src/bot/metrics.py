"""What the bot counts and times, for Prometheus. Labels never hold texts, names or ids."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.errors import LLM_ERRORS
from bot.settings import Settings

_DB_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_LLM_BUCKETS = (0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60)


class Metrics:
    """The numbers of one bot, in a registry of its own."""

    def __init__(self, settings: Settings) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.updates = Counter(
            "bot_updates",
            "Updates from Telegram; result: recorded, duplicate, limited, deferred (the database "
            "was away, it comes again), failed, unreadable or ignored.",
            ("kind", "result"),
            registry=self.registry,
        )
        self.handler_seconds = Histogram(
            "bot_handler_seconds",
            "From an update to its place in the database.",
            ("kind",),
            buckets=_DB_BUCKETS,
            registry=self.registry,
        )
        self.db_seconds = Histogram(
            "bot_db_seconds",
            "Transactions, the wait for a connection included; result: ok or failed.",
            ("operation", "result"),
            buckets=_DB_BUCKETS,
            registry=self.registry,
        )
        self.llm_seconds = Histogram(
            "bot_llm_seconds",
            "Single requests to the language model; result: ok or the class of the error.",
            ("result",),
            buckets=_LLM_BUCKETS,
            registry=self.registry,
        )
        self.llm_errors = Counter(
            "bot_llm_errors",
            "Questions the language model did not answer, by the class of the last error.",
            ("code",),
            registry=self.registry,
        )
        for error in LLM_ERRORS:
            # Known from the start, so that the first error is an increase.
            self.llm_errors.labels(error.code)
        self.llm_answers = Counter(
            "bot_llm_answers", "Questions the language model answered.", registry=self.registry
        )
        self.llm_tokens = Counter(
            "bot_llm_tokens", "Tokens, as the language model counts them.", registry=self.registry
        )
        self._circuit = Gauge(
            "bot_llm_circuit_state",
            "Of the language model's circuit: 0 closed, 1 half open, 2 open.",
            registry=self.registry,
        )
        self._waiting = Gauge(
            "bot_tasks_waiting",
            "Answers and replies that have begun and are not sent yet.",
            registry=self.registry,
        )
        # Without a webhook only: where nobody polls, no alert should wait for a poll.
        self.last_poll = Gauge(
            "bot_last_poll_timestamp_seconds",
            "When Telegram last answered a poll; 0 when it never did.",
            registry=self.registry if settings.webhook_url is None else None,
        )
        info = Gauge("bot_build_info", "Always 1.", ("version", "commit"), registry=self.registry)
        info.labels(settings.slipway_version, settings.slipway_commit).set(1)

    def watch(self, circuit: Callable[[], float], waiting: Callable[[], float]) -> None:
        """Read two gauges whenever someone looks at them."""
        self._circuit.set_function(circuit)
        self._waiting.set_function(waiting)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


@contextmanager
def timing(observe: Callable[[float], None]) -> Iterator[None]:
    """Give ``observe`` the seconds that the block took, however it ended."""
    started = time.perf_counter()
    try:
        yield
    finally:
        observe(time.perf_counter() - started)
