"""The gate: the only writer of a job's status, one transaction each.

Every change names the state that it leaves, so that of a finish, a cancel and an expiry that race one wins, and a
terminal state is set once. The fence number guards every later write of a worker.
"""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, and_, col, select

from engine.context import Context, FinishedJob, write
from engine.db.changes import changed
from engine.db.lock import Lock, hold
from engine.jobs.models import Job, Status
from engine.limits import RETENTION, RUNNING_JOBS_PER_ACCOUNT
from engine.registry.load import modules
from engine.worker.driver import LANES, Claim, Lane, Refusal

LEASE = timedelta(seconds=30)
STRIKES_UNTIL_CAREFUL = 3
PAGE = 50
ORDERLY = -1  # `claim_processed` of a job that its worker gave back

Ending = Literal["done", "failed"]


@dataclass(frozen=True, slots=True)
class _Busy:
    """Who runs how much right now, dead leases included."""

    lanes: Counter[str]
    accounts: Counter[int]


@write
def claim(context: Context, me: str, job_id: str | None = None, lanes: Set[Lane] = LANES) -> Claim | Refusal:
    """Give one job to worker `me`: the asked one, or the first of `lanes` that may start."""
    session, taken_at = context.session, context.services.clock.monotonic()
    hold(session, Lock.gate)
    now, busy = context.now(), _running_counts(session)
    slots = {"serial": context.services.settings.serial_slots, "parallel": context.services.settings.parallel_slots}
    refusal, after = Refusal.none_open, 0
    while page := _open_jobs(session, job_id, lanes, busy, slots, now, after):
        for job in page:
            refused = _refused(job, busy, slots, now)
            if refused is None and _start(session, job, me, now):
                return _claim_of(job, taken_at)
            refusal, after = refused or Refusal.leased, job.seq or 0
        if job_id is not None:
            break
    return refusal


@write
def finish(
    context: Context, claim: Claim, status: Ending, *, code: str | None = None, message: str | None = None
) -> bool:
    """End a running job as done or failed, with its follow-up, in one transaction. False: the job is no longer ours."""
    error = {"error_code": code, "error_message": message}
    return _end(context, _ours(claim), Status(status), error)


@write
def finish_cancelled(context: Context, claim: Claim) -> bool:
    """End a running job whose worker saw the request to cancel. False: the job is no longer ours."""
    return _end(context, _ours(claim), Status.cancelled, {})


@write
def renew(context: Context, claim: Claim) -> bool:
    """Keep a running job for a further lease. False: it is no longer ours, or shall stop."""
    change = update(Job).where(*_ours(claim), col(Job.cancel_requested_at).is_(None))
    return changed(context.session, change.values(lease_until=context.now() + LEASE)) == 1


@write
def release(context: Context, claim: Claim) -> bool:
    """Give a running job back in good order: the next worker takes over at once."""
    change = update(Job).where(*_ours(claim)).values(lease_until=context.now(), claim_processed=ORDERLY)
    return changed(context.session, change) == 1


def cancel(context: Context, job: Job) -> None:
    """End a pending job, or one that nobody runs; ask the worker of a running one to stop (it looks twice a second)."""
    now, seq = context.now(), job.seq
    assert seq is not None
    unowned = or_(
        col(Job.status) == Status.pending,
        and_(col(Job.status) == Status.running, col(Job.lease_until) <= now),
    )
    if _end(context, (col(Job.seq) == seq, unowned), Status.cancelled, {"fence": Job.fence + 1}):
        return
    ask = update(Job).where(
        col(Job.seq) == seq, col(Job.status) == Status.running, col(Job.cancel_requested_at).is_(None)
    )
    context.session.exec(ask.values(cancel_requested_at=now))


def withdraw(context: Context, account_id: int) -> None:
    """Take all jobs of an account from view and from their workers: nothing of theirs is written any more.

    Without any follow-up: what would follow goes with the account.
    """
    now = context.now()
    mine = update(Job).where(col(Job.account_id) == account_id)
    context.session.exec(mine.values(deleted_at=now))  # first: it waits for a job that is ending, and for its successor
    still_open = mine.where(col(Job.status).in_((Status.pending, Status.running)))
    ended = {"status": Status.cancelled, "fence": Job.fence + 1, "completed_at": now, "lease_until": None}
    context.session.exec(still_open.values(**ended))
    context.after_commit.append(context.services.hub.poke)


def insert_failed(context: Context, job: Job, *, code: str, message: str) -> None:
    """End a job that was refused at birth (a successor over its quota), with its follow-up."""
    error = {"error_code": code, "error_message": message}
    _end(context, (col(Job.seq) == job.seq, col(Job.status) == Status.pending), Status.failed, error)


def expire(context: Context, seq: int) -> bool:
    """Mark an ended job as expired; its rows go next."""
    over = col(Job.status).in_((Status.done, Status.failed, Status.cancelled))
    change = update(Job).where(col(Job.seq) == seq, over).values(status=Status.expired, output_filename=None)
    return changed(context.session, change) == 1


@write
def reclaim_all(context: Context) -> int:
    """Let every running job be taken over at once: who held the worker role before is dead. Returns how many."""
    change = update(Job).where(col(Job.status) == Status.running).values(lease_until=context.now())
    return changed(context.session, change)


def _running_counts(session: Session) -> _Busy:
    rows = session.exec(
        select(Job.lane, Job.account_id, func.count())
        .where(col(Job.status) == Status.running)
        .group_by(Job.lane, col(Job.account_id))
    ).all()
    busy = _Busy(Counter(), Counter())
    for lane, account, count in rows:
        busy.lanes[lane] += count
        busy.accounts[account] += count
    return busy


def _open_jobs(
    session: Session,
    job_id: str | None,
    lanes: Set[Lane],
    busy: _Busy,
    slots: dict[str, int],
    now: datetime,
    after: int,
) -> list[Job]:
    """A page of jobs that may be open, by seq. Without an id, what can't start anyway is left out."""
    if job_id is not None:
        asked = select(Job).where(Job.id == job_id, col(Job.status).in_((Status.pending, Status.running)))
        return list(session.exec(asked).all())
    free = [lane for lane in lanes if busy.lanes[lane] < slots[lane]]
    full = [account for account, count in busy.accounts.items() if count >= RUNNING_JOBS_PER_ACCOUNT]
    # A dead lease counts among the running, so that its own place never stands in its way.
    dead = and_(col(Job.status) == Status.running, col(Job.lease_until) <= now, col(Job.lane).in_(lanes))
    fresh = and_(col(Job.status) == Status.pending, col(Job.lane).in_(free), col(Job.account_id).not_in(full))
    query = select(Job).where(
        or_(dead, fresh), col(Job.seq) > after, col(Job.deleted_at).is_(None), col(Job.cancel_requested_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Job.seq)).limit(PAGE)).all())


def _refused(job: Job, busy: _Busy, slots: dict[str, int], now: datetime) -> Refusal | None:
    """Why `job` may not start now; None when it may."""
    own = int(job.status == Status.running)
    if job.cancel_requested_at is not None:
        return Refusal.cancel_due
    if own and job.lease_until is not None and job.lease_until > now:
        return Refusal.leased
    if busy.lanes[job.lane] - own >= slots[job.lane]:
        return Refusal.lane
    if busy.accounts[job.account_id] - own >= RUNNING_JOBS_PER_ACCOUNT:
        return Refusal.account
    return None


def _start(session: Session, job: Job, me: str, now: datetime) -> bool:
    """Hand `job` to worker `me`. False: it was cancelled, finished or renewed since it was read."""
    strikes = job.strikes
    if job.status == Status.running:
        # Its worker died. Without any progress since its claim, the item at hand may be what kills.
        strikes = strikes + 1 if job.processed == job.claim_processed else 0
    change = update(Job).where(
        col(Job.seq) == job.seq,
        col(Job.fence) == job.fence,
        col(Job.status) == job.status,
        col(Job.cancel_requested_at).is_(None),
        or_(col(Job.lease_until).is_(None), col(Job.lease_until) <= now),
    )
    values = {
        "status": Status.running,
        "owner": me,
        "fence": job.fence + 1,
        "lease_until": now + LEASE,
        "started_at": job.started_at or now,
        "claim_processed": job.processed,
        "strikes": strikes,
    }
    if changed(session, change.values(**values).execution_options(synchronize_session=False)) != 1:
        return False
    session.refresh(job)
    return True


def _claim_of(job: Job, taken_at: float) -> Claim:
    assert job.seq is not None and job.started_at is not None
    return Claim(
        seq=job.seq,
        job_id=job.id,
        fence=job.fence,
        lane=cast("Lane", job.lane),
        started_at=job.started_at,
        taken_at=taken_at,
        careful=job.strikes >= STRIKES_UNTIL_CAREFUL,
        suspect=job.suspect,
    )


def _ours(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return col(Job.seq) == claim.seq, col(Job.fence) == claim.fence, col(Job.status) == Status.running


def _end(context: Context, where: tuple[ColumnElement[bool], ...], status: Status, values: dict[str, Any]) -> bool:
    """Set a terminal state if the job is still where it should be, then call what follows a finished job."""
    now = context.now()
    values = {"status": status, "completed_at": now, "expires_at": now + RETENTION, "lease_until": None, **values}
    ended = context.session.exec(update(Job).where(*where).values(**values).returning(col(Job.seq))).scalar()
    if ended is None:
        return False
    job = context.session.get_one(Job, ended, populate_existing=True)
    if status is Status.done or job.results:
        module = modules().get(job.job_type)
        job.output_filename = (module and module.file_name) or f"results_{job.job_type}.csv"
        context.session.flush()
    finished = FinishedJob(
        seq=ended,
        job_id=job.id,
        account_id=job.account_id,
        status=status.value,
        results=job.results,
        pipeline_id=job.pipeline_id,
        node_id=job.node_id,
    )
    for hook in context.services.on_job_finished:
        hook(context, finished)
    context.after_commit.append(context.services.hub.poke)
    return True
