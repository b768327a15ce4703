"""Jobs that no worker takes: the test claims them, writes their rows and ends them, when it likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.context import Caller, Context, Services, write
from engine.jobs import gate, store
from engine.jobs.models import Job
from engine.jobs.store import Batch
from engine.module import AnyModule
from engine.rows.types import Row
from engine.worker.driver import Claim
from tests.house import Shout, order


@dataclass(slots=True)
class HandJob:
    """A pending job of one account; `start` claims it."""

    services: Services
    job: Job
    planned: int
    claim: Claim | None = None
    lines: int = 0
    rows: int = 0
    columns: list[str] = field(default_factory=list[str])

    @property
    def id(self) -> str:
        return self.job.id

    def start(self) -> "HandJob":
        claim = self.services.run(None, gate.claim, "w1", self.job.id)
        assert isinstance(claim, Claim), claim
        self.claim = claim
        return self

    def save(
        self,
        rows: Sequence[Row] = (),
        *,
        logs: Sequence[tuple[str, str]] = (),
        reports: Mapping[int, Any] | None = None,
        processed: int = 0,
        errors: int = 0,
        subs: Sequence[tuple[int, int]] | None = None,
    ) -> "HandJob":
        """One flush. `logs` are (level, message); `subs` place the rows by hand, else one a further item."""
        assert self.claim is not None
        now = self.services.clock.now()
        places = subs or [(self.rows + at, 0) for at in range(len(rows))]
        self.columns = list(dict.fromkeys([*self.columns, *(column for row in rows for column in row)]))
        self.rows += len(rows)
        batch = Batch(
            b"", processed, self.rows, errors, self.planned, self.columns, {}, [],
            logs_before=self.lines,
            rows=[(idx, sub, row) for (idx, sub), row in zip(places, rows, strict=True)],
            reports=list((reports or {}).items()),
            logs=[(now, level, message) for level, message in logs],
        )  # fmt: skip
        self.lines += len(logs)
        self.services.run(None, _flush, self.claim, batch)
        self.services.hub.poke()
        return self

    def finish(self, status: str = "done", **error: str) -> "HandJob":
        assert self.claim is not None
        self.services.run(None, gate.finish, self.claim, status, **error)
        self.services.hub.poke()
        return self


def hand_job(caller: Caller, module: AnyModule | None = None, *, planned: int = 1) -> HandJob:
    """A pending job of `planned` items."""
    rows: list[Row] = [{"word": f"w{n}"} for n in range(planned)]
    return HandJob(caller.services, order(caller, module or Shout(), rows), planned)


def done_job(caller: Caller, rows: Sequence[Row], module: AnyModule | None = None) -> HandJob:
    """A job that is done with these rows."""
    return hand_job(caller, module).start().save(rows, processed=1).finish()


@write
def _flush(context: Context, claim: Claim, batch: Batch) -> None:
    assert store.flush(context.session, claim, batch) is not None
