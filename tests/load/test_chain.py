"""Ten site modules over the same sites as one pipeline, through a real worker process. By `make bench`.

dead_check looks afresh and fills the pipeline's page cache; the nine behind it read what it fetched.
"""

import csv
import io
import threading
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.imports.operations import save_upload
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from engine.sandbox.process import start
from engine.sandbox.truth import Truth
from tests.load.processes import Server
from tests.load.table import tell
from tests.load.test_emails import listed
from tests.load.workers import OPEN, Working, on_core, working

NODES = (
    "dead_check", "emails", "techstack", "socials", "phones_extra", "legal_ids", "legal_mentions", "pricing",
    "ads_intelligence", "brand_assets",
)  # fmt: skip
MEMORY_MB = 600.0
HOME_REQUESTS = 1.1  # one in sixteen sites leads home who asks for a page that it has not
WARM_MODULES = 3
SAMPLE_SECONDS = 0.25
SECONDS = 400.0


@contextmanager
def weighed(process: Server) -> Generator[list[tuple[float, float]]]:
    """Samples of a process's memory while the block runs: (time, MB)."""
    samples, over = list[tuple[float, float]](), threading.Event()

    def look() -> None:
        while not over.wait(SAMPLE_SECONDS):
            samples.append((time.monotonic(), process.resident_mb()))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield samples
    finally:
        over.set()
        looking.join()


def chain(worker: Working, rows: Sequence[Row], modules: Sequence[tuple[str, Mapping[str, object]]]) -> str:
    """Start a straight line of these modules, with their options, on these rows; its id."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    upload = save_upload(worker.caller.services, worker.caller.principal.account_id, text.getvalue().encode())
    source: dict[str, Any] = {"id": "n0", "type": "import", "config": {"upload_id": upload, "filename": "sites.csv"}}
    nodes: list[dict[str, Any]] = [
        source,
        *({"id": f"n{n}", "type": name, "config": options} for n, (name, options) in enumerate(modules, 1)),
    ]
    edges = [{"from": f"n{n}", "to": f"n{n + 1}"} for n in range(len(modules))]
    return worker.caller.run(pipelines.create, {"nodes": nodes, "edges": edges}, name="chain").id


def ended(worker: Working, pipeline_id: str) -> float:
    """Wait for the pipeline's end; the moment at which three of its modules had run."""
    end, warm = time.monotonic() + SECONDS, None
    while (found := worker.caller.run(pipelines.get, pipeline_id)).status in OPEN:
        assert time.monotonic() < end, found
        if warm is None and len(found.jobs) > 1 + WARM_MODULES:  # the import is a job too
            warm = time.monotonic()
        time.sleep(SAMPLE_SECONDS)
    assert found.status == "done", found.error_message
    assert warm is not None
    return warm


def home_visits(truth: Truth, visited: Counter[str]) -> dict[str, int]:
    """How often the home page of each healthy site was read."""
    roots = (site.site_web for site in truth.of_kind("healthy"))
    return {site: visited[f"GET {_home(truth, site)}"] for site in roots}


def site_visits(truth: Truth, visited: Counter[str]) -> float:
    """Requests of any kind that a healthy site got on average: robots.txt, pages, images."""
    hosts = {site.host for site in truth.of_kind("healthy")}
    return sum(count for line, count in visited.items() if urlsplit(line.partition(" ")[2]).hostname in hosts) / len(
        hosts
    )


def _home(truth: Truth, site: str) -> str:
    scheme = "https" if site.startswith("https:") else "http"
    return f"{scheme}://{truth.site(site).host}/"


@pytest.mark.slow(600)
def test_a_chain_of_ten_modules_reads_each_home_page_once_in_bounded_memory(tmp_path: Path, sites: int) -> None:
    visits = tmp_path / "visits"
    with on_core(1):
        sandbox = start(sites=sites, directory=tmp_path / "world", visits=visits)
    with sandbox, working(tmp_path / "data", sandbox.environment) as worker, weighed(worker.process) as samples:
        begun, cpu = time.monotonic(), worker.process.cpu_seconds()
        warm = ended(worker, chain(worker, listed(sandbox.truth()), [(name, {}) for name in NODES]))
        took, cpu = time.monotonic() - begun, worker.process.cpu_seconds() - cpu
        visited, truth = Counter(visits.read_text(encoding="utf-8").splitlines()), sandbox.truth()

    homes = home_visits(truth, visited)
    before, highest = next(mb for at, mb in samples if at > warm), max(mb for _, mb in samples)
    each = sum(homes.values()) / len(homes)
    tell(
        f"pipeline: ten modules over {sites:,} sites",
        f"{took:.1f} s, {1_000 * cpu / sites:.1f} ms CPU a site, {before:.0f} MB after three, {highest:.0f} at most",
        beside=f"{each:.2f} requests a home page, {site_visits(truth, visited):.1f} a site",
        aim=f"{HOME_REQUESTS} requests, {MEMORY_MB:.0f} MB at most",
    )
    assert 1 <= each <= HOME_REQUESTS
    assert highest <= MEMORY_MB
