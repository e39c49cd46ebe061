"""What the processes of an installation do, counted for Prometheus (docs/operations.md).

No label holds an id, an address or a word of anybody: routes are templates, models are those of the settings.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from assessor import __version__
from assessor.ports import Backlog

REGISTRY: Final = CollectorRegistry()
"""Of this process. The library's own is left alone: what else counts there is not ours to show."""

for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_BUILD: Final = Gauge(
    "assessor_build_info", "The version that runs; always 1.", ["version"], registry=REGISTRY
)
_BUILD.labels(__version__).set(1)

REQUESTS: Final = Counter(
    "assessor_http_requests_total",
    "Answers to HTTP requests, by the template of the route.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
RESPONSE_START: Final = Histogram(
    "assessor_http_response_start_seconds",
    "Seconds from a request to the first byte of its answer; a stream's words come after that.",
    ["method", "route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
OPEN_REQUESTS: Final = Gauge(
    "assessor_http_open_requests",
    "Requests that are being answered, open streams among them.",
    registry=REGISTRY,
)
MODEL_CALLS: Final = Counter(
    "assessor_model_calls_total",
    "Attempts to call a model, by what they were for and how they ended.",
    ["model", "purpose", "outcome"],
    registry=REGISTRY,
)
MODEL_SECONDS: Final = Histogram(
    "assessor_model_call_seconds",
    "Seconds of one attempt.",
    ["model", "purpose"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
MODEL_TOKENS: Final = Counter(
    "assessor_model_tokens_total",
    "Tokens, by kind: prompt or completion.",
    ["model", "kind"],
    registry=REGISTRY,
)
MODEL_DOLLARS: Final = Counter(
    "assessor_model_cost_dollars_total",
    "What calls cost, as far as prices are known.",
    ["model"],
    registry=REGISTRY,
)
WAITING: Final = Gauge(
    "assessor_waiting",
    "How many wait over all platforms: to begin, for scoring, for review, webhooks and mail that are due.",
    ["line"],
    registry=REGISTRY,
)
OLDEST: Final = Gauge(
    "assessor_oldest_waiting_seconds",
    "How long the first in a line has waited; 0 where nobody does.",
    ["line"],
    registry=REGISTRY,
)
IN_PROGRESS: Final = Gauge(
    "assessor_assessments_in_progress", "Candidates who are at work.", registry=REGISTRY
)
INTERVIEWS: Final = Gauge(
    "assessor_interviews_in_progress",
    "Interviews that hold a place, over all processes.",
    registry=REGISTRY,
)
PROVIDER_CALLS: Final = Gauge(
    "assessor_provider_calls",
    "Calls to a provider whose limits all processes share: running or waiting.",
    ["provider", "state"],
    registry=REGISTRY,
)
CLOCK_JUMP: Final = Gauge(
    "assessor_clock_jump_seconds",
    "By how much the clock of the machine was set while the process ran, which does not follow it.",
    registry=REGISTRY,
)
REPLICA_LAG: Final = Gauge(
    "assessor_database_replica_lag_seconds",
    "How old what is read from the replica is at most; it grows while that one cannot be asked.",
    registry=REGISTRY,
)
STALE_READS: Final = Counter(
    "assessor_database_stale_reads_total",
    "Reads that may be seconds old, where there is a replica, by the server that answered them.",
    ["server"],
    registry=REGISTRY,
)
FAILURES: Final = Counter(
    "assessor_background_failures_total",
    "Work beside requests that failed; it is tried again.",
    ["work"],
    registry=REGISTRY,
)


def show_backlog(backlog: Backlog, now: datetime) -> None:
    """Show what waits at a moment."""
    IN_PROGRESS.set(backlog.in_progress)
    INTERVIEWS.set(backlog.interviews)
    for provider, (running, in_line) in backlog.calls.items():
        PROVIDER_CALLS.labels(provider, "running").set(running)
        PROVIDER_CALLS.labels(provider, "waiting").set(in_line)
    for line, waiting in backlog.lines.items():
        WAITING.labels(line).set(waiting.count)
        OLDEST.labels(line).set(max(0.0, (now - waiting.since).total_seconds()) if waiting.since else 0)


@contextmanager
def metrics_served(host: str, port: int) -> Iterator[None]:
    """Serve the metrics of this process while this lasts, from a thread of its own. Raises OSError."""
    server, thread = start_http_server(port, host, REGISTRY)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
