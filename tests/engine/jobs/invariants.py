"""What must hold of every job, whatever happened to it."""

from collections import Counter, defaultdict

from sqlmodel import col, func, select

from engine.context import Context, Services, read
from engine.jobs.bitmap import Bitmap
from engine.jobs.models import Job, JobInput, JobRow
from engine.limits import PARALLEL_SLOTS, RUNNING_JOBS_PER_ACCOUNT, SERIAL_SLOTS
from tests.house import job_now


def check_consistent(services: Services, job: Job) -> None:
    """Bits, rows and counters tell the same; every finished item of a row module has its one row."""
    now, done = job_now(services, job), Bitmap(job_now(services, job).done)
    positions, inputs = services.run(None, _stored, now.seq or 0)

    assert len(done) == now.processed, f"{len(done)} bits set, {now.processed} items counted"
    assert len(positions) == now.results, f"{len(positions)} rows stored, {now.results} counted"
    assert all(idx in done for idx, _ in positions), "a row of an item that is not finished"
    if now.input_job_seq is None:
        assert inputs == now.planned, f"{inputs} items stored, {now.planned} planned"


@read
def _stored(context: Context, seq: int) -> tuple[list[tuple[int, int]], int]:
    positions = context.session.exec(select(JobRow.idx, JobRow.sub).where(JobRow.job_seq == seq)).all()
    inputs = context.session.exec(select(func.count()).select_from(JobInput).where(JobInput.job_seq == seq)).one()
    return [(idx, sub) for idx, sub in positions], inputs


@read
def running(context: Context) -> list[tuple[str, int]]:
    """(lane, account) of each job that the rows call running."""
    found = context.session.exec(select(Job.lane, Job.account_id).where(col(Job.status) == "running"))
    return [(lane, account_id) for lane, account_id in found]


def check_limits(jobs: list[tuple[str, int]]) -> None:
    """Jobs that run at one moment, as (lane, account): 1 serial, 6 parallel, 5 an account."""
    lanes, accounts = Counter(lane for lane, _ in jobs), Counter(account for _, account in jobs)

    assert lanes["serial"] <= SERIAL_SLOTS, lanes
    assert lanes["parallel"] <= PARALLEL_SLOTS, lanes
    assert all(count <= RUNNING_JOBS_PER_ACCOUNT for count in accounts.values()), accounts


class Journal:
    """Replays an append-only list of entries: who worked on what, in the order it happened."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], Counter[str]] = defaultdict(Counter)  # job -> process -> items in flight
        self.most = 0

    def enter(self, job: tuple[str, int, int], process: str) -> None:
        """An item of `job` (lane, account, seq) begins in `process`."""
        self._open[job][process] += 1
        owners = [owner for owner, count in self._open[job].items() if count]
        assert len(owners) == 1, f"job {job} is worked by {owners} at once"
        busy = [(lane, account) for (lane, account, _), owners in self._open.items() if owners.total()]
        self.most = max(self.most, len(busy))
        check_limits(busy)

    def exit(self, job: tuple[str, int, int], process: str) -> None:
        self._open[job][process] -= 1

    def died(self, process: str) -> None:
        """A process was killed: whatever it had in flight ended with it."""
        for owners in self._open.values():
            owners[process] = 0
