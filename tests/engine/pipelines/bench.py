"""A product without a worker: tests claim, fill and end the jobs themselves, through the gate."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from sqlmodel import col, select

from engine.context import Caller, Context, Services, read, write
from engine.jobs import gate, store
from engine.jobs.models import Job, Status
from engine.jobs.store import Batch
from engine.pipelines import coordinator, operations
from engine.rows.types import Row
from engine.worker.driver import Claim, Ticket
from tests.house import Deaf, account, house

SCRAP = {"queries": ["boulangerie"], "zones": ["37000"]}
IMPORT = {"content": "nom;site_web\nDupont;dupont.fr"}

Ending = Literal["done", "failed", "cancelled"]


def node(node_id: str, node_type: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "type": node_type, "config": config}


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    """The nodes one behind the other."""
    return {"nodes": list(nodes), "edges": [{"from": a["id"], "to": b["id"]} for a, b in pairwise(nodes)]}


def tree(root: dict[str, Any], *leaves: dict[str, Any]) -> dict[str, Any]:
    """A root that feeds each leaf."""
    return {"nodes": [root, *leaves], "edges": [{"from": root["id"], "to": leaf["id"]} for leaf in leaves]}


def places(count: int) -> list[Row]:
    """Rows as a source leaves them; every one has a website."""
    return [{"nom": f"Commerce {i}", "site_web": f"https://c{i}.fr", "telephone": None} for i in range(count)]


class Recorder(Deaf):
    """A driver that notes what it was told; the tests do the work."""

    def __init__(self) -> None:
        self.submitted: list[str] = []

    def submit(self, ticket: Ticket) -> None:
        self.submitted.append(ticket.job_id)


@dataclass
class Bench:
    services: Services
    owner: Caller
    driver: Recorder
    ends: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # what was told of ended pipelines

    def create(self, definition: dict[str, Any]) -> str:
        return self.owner.run(operations.create, definition).id

    def jobs(self, pipeline_id: str) -> dict[str, Job]:
        """The last job of each node."""
        return self.services.run(None, _latest, pipeline_id)

    def start(self, pipeline_id: str, node_id: str, *, processed: int = 0) -> Claim:
        """Let a worker take the node's job, and do some of it."""
        job = self.jobs(pipeline_id)[node_id]
        claim = self.services.run(None, gate.claim, "worker", job.id)
        assert isinstance(claim, Claim), claim
        if processed:
            self.services.run(None, _save, claim, job, [], processed)
        return claim

    def end(
        self,
        pipeline_id: str,
        node_id: str,
        rows: Sequence[Row] = (),
        *,
        how: Ending = "done",
        claim: Claim | None = None,
    ) -> Job:
        """Work the node's job and end it, as a worker does."""
        claim = claim or self.start(pipeline_id, node_id)
        job = self.jobs(pipeline_id)[node_id]
        if rows or how == "done":
            self.services.run(None, _save, claim, job, rows, job.planned)
        if how == "cancelled":
            self.services.run(None, gate.finish_cancelled, claim)
        else:
            code, message = (None, None) if how == "done" else ("internal_error", "Erreur interne")
            self.services.run(None, gate.finish, claim, how, code=code, message=message)
        return self.jobs(pipeline_id)[node_id]

    def caller(self, email: str, *, verified: bool = True) -> Caller:
        """Somebody else."""
        other = account(self.services, email)
        return Caller(self.services, replace(other.principal, verified=verified))


@contextmanager
def open_bench(directory: Path, *, url: str | None = None) -> Generator[Bench]:
    """A bench on a fresh database."""
    with house(directory, url=url, hooks=(coordinator.advance,), deaf=True) as services:
        bench = Bench(services, account(services), Recorder())
        services.driver = bench.driver
        services.on_pipeline_finished = (lambda _, pipeline_id, status: bench.ends.append((pipeline_id, status)),)
        yield bench


@read
def _latest(context: Context, pipeline_id: str) -> dict[str, Job]:
    jobs = context.session.exec(select(Job).where(Job.pipeline_id == pipeline_id).order_by(col(Job.seq)))
    return {job.node_id: job for job in jobs if job.node_id is not None}


@write
def _save(context: Context, claim: Claim, job: Job, rows: Sequence[Row], processed: int) -> None:
    columns = list(dict.fromkeys([*job.columns, *(column for row in rows for column in row)]))
    numbered = [(idx, 0, row) for idx, row in enumerate(rows)]
    batch = Batch(b"", processed, len(rows), 0, job.planned, columns, {}, job.notice, rows=numbered)
    assert store.flush(context.session, claim, batch) is not None


@write
def expire_rows(context: Context, job_id: str) -> None:
    """What happens to a job at the end of its retention."""
    job = context.session.exec(select(Job).where(Job.id == job_id)).one()
    assert job.seq is not None
    store.purge(context.session, job.seq)
    gate.expire(context, job.seq)


def open_jobs(bench: Bench, pipeline_id: str) -> list[str]:
    """Node ids whose last job is pending or running."""
    return [node_id for node_id, job in bench.jobs(pipeline_id).items() if not Status(job.status).terminal]
