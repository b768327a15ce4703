"""The workers' signs of life, for readiness and for the reconciler."""

import logging
from typing import Literal

from pydantic import BaseModel
from sqlmodel import col, delete, select

from engine.context import Context, Services, read, write
from engine.db.engine import DATABASE_FAULTS
from engine.jobs.models import Worker
from engine.limits import WORKER_FORGOTTEN, WORKER_SILENCE

log = logging.getLogger(__name__)


class Readiness(BaseModel):
    """Whether work can be taken, and what is missing. `worker` is unknown while the database is silent."""

    status: Literal["ready", "not_ready"]
    database: Literal["ok", "down"]
    worker: Literal["ok", "missing", "unknown"]


@write
def beat(context: Context, name: str, version: str) -> None:
    """Say that this worker lives. Those that have long been silent are forgotten."""
    now = context.now()
    context.session.merge(Worker(id=name, beat=now, version=version))
    context.session.exec(delete(Worker).where(col(Worker.beat) < now - WORKER_FORGOTTEN))


@read
def any_alive(context: Context) -> bool:
    """Whether a worker gave a sign of life within the last 30 seconds."""
    since = context.now() - WORKER_SILENCE
    return context.session.exec(select(Worker.id).where(col(Worker.beat) >= since).limit(1)).first() is not None


def readiness(services: Services) -> Readiness:
    """How the parts that a job needs are doing. Never raises for a database that is away."""
    try:
        alive = services.run(None, any_alive)
    except DATABASE_FAULTS:
        log.warning("Not ready: the database does not answer", exc_info=True)
        return Readiness(status="not_ready", database="down", worker="unknown")
    return Readiness(status="ready" if alive else "not_ready", database="ok", worker="ok" if alive else "missing")
