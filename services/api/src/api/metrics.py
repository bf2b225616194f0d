"""What the service counts and times, for Prometheus. Labels never hold texts, names or ids."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)

from api.errors import PortTaken
from api.settings import Settings

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# What psycopg's pool tells about itself, by the gauge that shows it.
_POOL = {
    "size": ("pool_size", "Connections of the pool, idle or in use."),
    "idle": ("pool_available", "Connections that wait for work."),
    "limit": ("pool_max", "Connections that the pool may have at the most."),
    "waiting": ("requests_waiting", "Questions that wait for a connection."),
}


class Metrics:
    """The numbers of one service, in a registry of its own."""

    def __init__(self, settings: Settings) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "api_requests",
            "Answers, by the route's template; route: none for a path that fits no route.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "api_request_seconds",
            "From a request to the last byte of its answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._cache = Counter(
            "api_cache",
            "Questions to the cache; result: hit, miss, or shared with one being answered.",
            ("result",),
            registry=self.registry,
        )
        for result in ("hit", "miss", "shared"):
            # Known from the start, so that the first one is an increase.
            self._cache.labels(result)
        self.database_failures = Counter(
            "api_database_failures",
            "Requests that the database did not answer, or not in time.",
            registry=self.registry,
        )
        info = Gauge("api_build_info", "Always 1.", ("version", "commit"), registry=self.registry)
        info.labels(settings.slipway_version, settings.slipway_commit).set(1)

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one answer. A method nobody knows is ``other``: it may be any word."""
        labels = (method if method in _METHODS else "other", route or "none")
        self._requests.labels(*labels, str(status)).inc()
        self._seconds.labels(*labels).observe(seconds)

    def count_cache(self, result: str) -> None:
        """Count one question to the cache."""
        self._cache.labels(result).inc()

    def watch_pool(self, numbers: Callable[[], Mapping[str, int]]) -> None:
        """Read the gauges of the pool from ``numbers`` whenever someone looks at them."""
        for name, (key, text) in _POOL.items():
            gauge = Gauge(f"api_pool_connections_{name}", text, registry=self.registry)
            gauge.set_function(partial(_number, numbers, key))


def _number(numbers: Callable[[], Mapping[str, int]], key: str) -> float:
    return numbers().get(key, 0)


@contextmanager
def serving(metrics: Metrics, host: str, port: int) -> Iterator[int]:
    """Serve /metrics for the length of the block, and give the port.

    A thread and a port of its own: no proxy that routes to the service can show it to anybody,
    and it answers while the service does not.

    Raises:
        PortTaken: something else listens there.

    """
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise PortTaken(port, error.strerror or type(error).__name__) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
