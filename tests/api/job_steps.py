"""Steps of the tests about jobs: create one over HTTP, bring it to a state, wait for its end."""

import time
from typing import Any, cast

import httpx

from engine.context import Caller, Context, Services, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.store import Batch
from engine.rows.types import Row
from engine.worker.driver import Claim

PATIENCE_SECONDS = 8.0
SCRAP = {"queries": ["boulangerie"], "zones": ["37000"]}
ROWS: list[dict[str, Any]] = [
    {"nom": "A", "site_web": "https://a.example", "note": 3},
    {"nom": "B", "site_web": "", "note": 5},
    {"nom": "C", "site_web": "https://c.example", "note": 4},
]


def created(api: httpx.Client, path: str, body: Any, **headers: str) -> dict[str, Any]:
    """The job that this request makes."""
    answer = api.post(f"/api/jobs{path}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def over(api: httpx.Client, job_id: str, *, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """The job once it has ended."""
    latest = time.monotonic() + seconds
    while (job := api.get(f"/api/jobs/{job_id}").json())["completed_at"] is None:
        assert time.monotonic() < latest, job
        time.sleep(0.02)
    return job


def imported(api: httpx.Client, rows: list[dict[str, Any]] = ROWS) -> dict[str, Any]:
    """A job that is done, with these rows."""
    return over(api, created(api, "/import", {"items": rows})["id"])


def rows_of(api: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    return api.get(f"/api/jobs/{job_id}/items").json()["items"]


def running(services: Services, job_id: str) -> Claim:
    """The job in the hands of a worker that does nothing yet."""
    claim = services.run(None, gate.claim, "w1", job_id)
    assert isinstance(claim, Claim), claim
    return claim


def ended(
    services: Services,
    job_id: str,
    rows: list[Row] | None = None,
    *,
    status: str = "done",
    planned: int = 2,
    stats: dict[str, Any] | None = None,
) -> None:
    """Bring a pending job to its end with these rows, as a worker would: one of `planned` items is done."""
    claim, rows = running(services, job_id), rows or []
    columns = list(dict.fromkeys(column for row in rows for column in row))
    placed = [(0, sub, row) for sub, row in enumerate(rows)]
    batch = Batch(b"\x01", 1, len(rows), 0, planned, columns, stats or {}, [], rows=placed)
    services.run(None, _end, claim, batch, status)


def scraped(caller: Caller, rows: list[Row]) -> str:
    """A scrap of the caller's that is done with these rows; no worker ever sees it waiting."""

    @write
    def make(context: Context) -> str:
        job = jobs.create(context, "scrap", SCRAP)
        claim = gate.claim(context, "w1", job.id)
        assert isinstance(claim, Claim), claim
        columns = list(dict.fromkeys(column for row in rows for column in row))
        placed = [(0, sub, row) for sub, row in enumerate(rows)]
        _end(context, claim, Batch(b"\x01", 1, len(rows), 0, 1, columns, {}, [], rows=placed), "done")
        return job.id

    return caller.run(make)


@write
def _end(context: Context, claim: Claim, batch: Batch, status: str) -> None:
    assert store.flush(context.session, claim, batch) is not None
    if status == "cancelled":
        gate.finish_cancelled(context, claim)
    else:
        told = {"code": "broken", "message": "Panne"} if status == "failed" else {}
        gate.finish(context, claim, cast("gate.Ending", status), **told)
