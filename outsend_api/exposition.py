"""Metrics as text, in the format that Prometheus scrapes (version 0.0.4). Names end in their unit."""

import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from engine.jobs.figures import JobFigures
from engine.webhooks.figures import DeliveryFigures
from outsend_api.timings import BOUNDS_SECONDS, Timings

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATM = Path("/proc/self/statm")  # Linux alone

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]


def exposition(jobs: JobFigures, deliveries: DeliveryFigures, timings: Timings) -> str:
    """Everything, one line a value."""
    parts = (*_jobs(jobs), *_deliveries(deliveries), *_requests(timings), *_process())
    return "\n".join(parts) + "\n"


def _jobs(told: JobFigures) -> Iterator[str]:
    by_lane = [({"status": status, "lane": lane}, count) for (status, lane), count in told.jobs.items()]
    yield from _metric("outsend_jobs", "gauge", "Stored jobs.", by_lane)
    ages = [({"lane": lane}, age) for lane, age in told.queue_age_seconds.items()]
    yield from _metric("outsend_queue_age_seconds", "gauge", "Age of the longest waiting job.", ages)
    recent = [({"status": one.status, "lane": one.lane}, one) for one in told.recent]
    ended = [(labels, one.jobs) for labels, one in recent]
    yield from _metric("outsend_recent_jobs", "gauge", "Jobs that ended within the last hour.", ended)
    rows = [(labels, one.rows) for labels, one in recent]
    yield from _metric("outsend_recent_rows", "gauge", "Rows of the jobs that ended within the last hour.", rows)
    errors = [(labels, one.errors) for labels, one in recent]
    yield from _metric("outsend_recent_errors", "gauge", "Items that failed in these jobs.", errors)
    yield from _one("outsend_workers", "gauge", "Workers heard within the last 30 seconds.", told.workers_alive)
    if told.heartbeat_age_seconds is not None:
        says = "Since any worker was last heard."
        yield from _one("outsend_heartbeat_age_seconds", "gauge", says, told.heartbeat_age_seconds)


def _deliveries(told: DeliveryFigures) -> Iterator[str]:
    by_status = [({"status": status}, count) for status, count in told.by_status.items()]
    yield from _metric("outsend_webhook_deliveries", "gauge", "Webhook deliveries, ended ones for 7 days.", by_status)
    says = "How long the first due delivery has waited."
    yield from _one("outsend_webhook_late_seconds", "gauge", says, told.late_seconds)


def _requests(timings: Timings) -> Iterator[str]:
    counted = [
        ({"route": route, "method": method, "status": str(status)}, count)
        for (route, method, status), count in timings.requests.items()
    ]
    yield from _metric("outsend_http_requests_total", "counter", "Answered requests of this process.", counted)
    name = "outsend_http_request_seconds"
    yield from _head(name, "histogram", "Time to the end of an answer, streams included.")
    for (route, method), times in timings.times.items():
        labels, counts = {"route": route, "method": method}, list(accumulate(times.counts))
        for bound, count in zip((*map(str, BOUNDS_SECONDS), "+Inf"), counts, strict=True):
            yield _line(f"{name}_bucket", labels | {"le": bound}, count)
        yield _line(f"{name}_sum", labels, times.sum_seconds)
        yield _line(f"{name}_count", labels, counts[-1])


def _process() -> Iterator[str]:
    """What the usual dashboards look for, of the process that answers."""
    yield from _one("process_cpu_seconds_total", "counter", "Processor time of this process.", time.process_time())
    with suppress(OSError):
        resident = int(STATM.read_text().split()[1]) * resource.getpagesize()
        yield from _one("process_resident_memory_bytes", "gauge", "Memory of this process.", resident)


def _one(name: str, kind: str, says: str, value: float) -> Iterator[str]:
    yield from _head(name, kind, says)
    yield _line(name, {}, value)


def _metric(name: str, kind: str, says: str, samples: Samples) -> Iterator[str]:
    yield from _head(name, kind, says)
    for labels, value in samples:
        yield _line(name, labels, value)


def _head(name: str, kind: str, says: str) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, labels: Labels, value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
