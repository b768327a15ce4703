"""A product without a worker whose clock the test moves: it ends the jobs itself, with the rows that it likes."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlmodel import col, select

from engine.clock import Clock
from engine.context import Caller, Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.models import Job, Status
from engine.jobs.store import Batch
from engine.pipelines import coordinator
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from engine.veille import operations as veilles
from engine.veille import schedule
from engine.veille.compare import compare_due
from engine.veille.models import Veille
from engine.veille.schemas import RunPublic, VeillePublic
from engine.worker.driver import Claim
from tests.house import account, house

SCRAP = {"queries": ["boulangerie"], "zones": ["37000"]}


def place(number: int, **cells: Any) -> Row:
    """A row as a scrap leaves it."""
    return {
        "nom": f"Commerce {number}",
        "site_web": f"https://c{number}.fr",
        "telephone": f"02 47 00 00 {number:02}",
        "adresse": f"{number} rue Nationale, 37000 Tours",
        "code_postal": "37000",
        "note": 4.5,
        "nb_avis": 40,
        "lien_google_maps": f"https://maps.google.com/?cid={number}",
        "place_id": f"p{number:06}",
        **cells,
    }


@dataclass
class Watch:
    """One account's veilles, and the hands of a worker."""

    services: Services
    me: Caller

    def source(self, rows: Sequence[Row] = (), **config: Any) -> str:
        """A scrap that is done with these rows."""
        job = self.me.run(jobs.create, "scrap", SCRAP | config)
        self.end(job.id, rows)
        return job.id

    def create(self, source: str, *, days: int = 7, **more: Any) -> int:
        """A veille on that job, its baseline made."""
        body = {"name": "Tours", "source_job_id": source, "frequency_days": days} | more
        made = self.me.run(veilles.create, {name: value for name, value in body.items() if value is not None})
        self.compare()
        return made.id

    def veille(self, veille_id: int) -> VeillePublic:
        return self.me.run(veilles.get, veille_id)

    def pass_days(self, days: float) -> None:
        self.services.clock.offset += timedelta(days=days)

    def tick(self) -> int:
        return schedule.tick(self.services)

    def compare(self) -> int:
        """Compare what is due; what a creation has hurried in a thread of its own is over first."""
        over = Event()
        self.services.errands.run(over.set)
        assert over.wait(20)
        return compare_due(self.services)

    def open_jobs(self) -> list[Job]:
        return self.services.run(None, _open_jobs)

    def runs(self, veille_id: int) -> list[RunPublic]:
        """Oldest first."""
        return self.me.run(veilles.list_runs, veille_id).items[::-1]

    def end(
        self, job_id: str, rows: Sequence[Row] = (), *, how: str = "done", stats: dict[str, Any] | None = None
    ) -> None:
        """Work a job and end it, as a worker does. Row n is of item n."""
        claim = self.services.run(None, gate.claim, "worker", job_id)
        assert isinstance(claim, Claim), claim
        self.services.run(None, _end, claim, list(rows), how, stats or {})

    def run_once(
        self, veille_id: int, rows: Sequence[Row] = (), *, how: str = "done", stats: dict[str, Any] | None = None
    ) -> RunPublic:
        """Let the next date come, replay, end the job with these rows, compare."""
        self.pass_days(self.veille(veille_id).frequency_days)
        assert self.tick() == 1
        (job,) = self.open_jobs()
        self.end(job.id, rows, how=how, stats=stats)
        self.compare()
        return self.runs(veille_id)[-1]

    def pipeline(self, definition: dict[str, Any], rows: dict[str, Sequence[Row]]) -> str:
        """A pipeline that is done; `rows` by node."""
        made = self.me.run(pipelines.create, definition)
        self.end_all(made.id, rows)
        return made.id

    def end_all(self, pipeline_id: str, rows: dict[str, Sequence[Row]]) -> None:
        """End each open job of a pipeline with its node's rows until none is open."""
        while found := [job for job in self.open_jobs() if job.pipeline_id == pipeline_id]:
            self.end(found[0].id, rows[found[0].node_id or ""])


@contextmanager
def open_watch(folder: Path, *, url: str | None = None) -> Generator[Watch]:
    hooks = (coordinator.advance, schedule.mark_job)
    with house(folder, url=url, hooks=hooks, clock=Clock(), deaf=True) as services:
        services.on_pipeline_finished = (schedule.mark_pipeline,)
        yield Watch(services, account(services))


@read
def _open_jobs(context: Context) -> list[Job]:
    still_open = col(Job.status).in_((Status.pending, Status.running))
    return list(context.session.exec(select(Job).where(still_open).order_by(col(Job.seq))))


@read
def veille_row(context: Context, veille_id: int) -> Veille:
    return context.session.get_one(Veille, veille_id)


@write
def _end(context: Context, claim: Claim, rows: list[Row], how: str, stats: dict[str, Any]) -> None:
    job = context.session.get_one(Job, claim.seq)
    worked = job.planned if how == "done" else 0
    columns = list(dict.fromkeys([*job.columns, *(column for row in rows for column in row)]))
    for start in range(0, max(len(rows), 1), store.PAGE):
        numbered = [(idx, 0, row) for idx, row in enumerate(rows[start : start + store.PAGE], start)]
        batch = Batch(b"", worked, len(rows), 0, job.planned, columns, stats, job.notice, rows=numbered)
        assert store.flush(context.session, claim, batch) is not None
    if how == "cancelled":
        gate.finish_cancelled(context, claim)
    else:
        told = {"code": "broken", "message": "Panne"} if how == "failed" else {}
        gate.finish(context, claim, how, **told)  # type: ignore[arg-type]
