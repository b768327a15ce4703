"""A pipeline of filters over 10,000 rows, through a real worker process. By `make bench`."""

import time
from pathlib import Path

import pytest

from engine.limits import NODES_MAX
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from tests.cli.terminal import until
from tests.load.table import tell
from tests.load.test_chain import chain
from tests.load.workers import OPEN, working

ROWS, SECONDS = 10_000, 3.0
FILTERS = NODES_MAX - 1  # the list itself is a node too
RULES = {"conditions": [{"column": "note", "op": ">=", "value": 1}]}


@pytest.mark.slow(90)
def test_a_pipeline_of_nothing_but_filters_takes_three_seconds(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"nom": f"Salon {n}", "ville": "Tours", "note": 1 + n % 5, "text": "x" * 200} for n in range(ROWS)
    ]

    with working(tmp_path, {}) as worker:
        begun = time.monotonic()
        made = chain(worker, rows, [("filter", {"rules": RULES})] * FILTERS)
        until(lambda: worker.caller.run(pipelines.get, made).status not in OPEN, seconds=60)
        took = time.monotonic() - begun
        found = worker.caller.run(pipelines.get, made)

    tell(f"pipeline: {FILTERS} filters over {ROWS:,} rows", f"{took:.2f} s", aim=f"{SECONDS:.0f} s")
    assert found.status == "done" and found.output_job is not None
    assert took <= SECONDS
