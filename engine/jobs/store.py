"""The only reader and writer of a job's items, rows and reports, and the flush that saves a running job's progress."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, delete, func, text, tuple_, update
from sqlmodel import Session, and_, col, or_, select

from engine.db.changes import changed
from engine.db.clock import db_now
from engine.db.engine import Database
from engine.db.insert import insert_new
from engine.db.types import json_text, plain_text
from engine.jobs.errors import OutputGone
from engine.jobs.gate import LEASE
from engine.jobs.models import Job, JobInput, JobKnownPlace, JobLog, JobReport, JobRow, Status
from engine.limits import JOB_TIMEOUT, LOG_LINES_PER_JOB
from engine.module import LastReview
from engine.rows.types import Row, is_empty
from engine.worker.driver import Claim

PAGE = 2_000  # rows a transaction: an open snapshot makes the WAL grow
PURGE = 5_000

Position = tuple[int, int]  # (idx, sub)
FIRST: Position = (-1, -1)

BESIDE_ROWS = (JobInput, JobReport, JobKnownPlace, JobLog)
INHERITED = (  # by the next attempt
    ("job_inputs", "idx, data"),
    ("job_rows", "idx, sub, data"),
    ("job_reports", "idx, data"),
    ("job_known_places", "place_id"),
)


@dataclass(slots=True)
class Batch:
    """What one flush saves. Counters are absolute, so that a repeated flush changes nothing."""

    done: bytes
    processed: int
    results: int
    errors: int
    planned: int
    columns: list[str]
    stats: dict[str, Any]
    notice: list[str]
    logs_before: int = 0  # log lines of this job that were taken before `logs`
    suspect: int | None = None  # the one item at work, while a job runs carefully
    rows: list[tuple[int, int, Row]] = field(default_factory=list[tuple[int, int, Row]])  # idx, sub, row
    many: list[tuple[int, Sequence[Row]]] = field(default_factory=list[tuple[int, Sequence[Row]]])  # idx, its rows
    inputs: list[tuple[int, Any]] = field(default_factory=list[tuple[int, Any]])  # idx, item
    reports: list[tuple[int, Any]] = field(default_factory=list[tuple[int, Any]])
    logs: list[tuple[datetime, str, str]] = field(default_factory=list[tuple[datetime, str, str]])
    last_reviews: list[LastReview] = field(default_factory=list[LastReview])


@dataclass(frozen=True, slots=True)
class Ack:
    """What a flush learned on its way."""

    cancel_requested: bool
    too_long: bool
    left_out: int = 0  # rows of the batch that were not kept after all
    stats: Mapping[str, Any] = field(default_factory=dict[str, Any])  # what this adds to the job's own


def flush(session: Session, claim: Claim, batch: Batch) -> Ack | None:
    """Save a batch and renew the lease, in the caller's transaction. None: fenced off, nothing may be written.

    Saving the same batch again is harmless: the COMMIT of a flush whose answer was lost may have landed.
    """
    now = db_now(session)
    values = {
        "done": batch.done,
        "processed": batch.processed,
        "results": batch.results,
        "errors": batch.errors,
        "planned": batch.planned,
        "columns": batch.columns,
        "stats": batch.stats,
        "notice": batch.notice,
        "suspect": batch.suspect,
        "lease_until": now + LEASE,
    }
    renewal = update(Job).where(_ours(claim)).values(**values)
    renewed = session.exec(renewal.returning(col(Job.cancel_requested_at))).first()
    if renewed is None:
        return None
    seq = claim.seq
    placed_rows = _placed(batch)
    while page := list(islice(placed_rows, PAGE)):
        insert_new(
            session, JobRow, [{"job_seq": seq, "idx": i, "sub": s, "data": json_text(row)} for i, s, row in page]
        )
    insert_new(session, JobInput, [{"job_seq": seq, "idx": i, "data": json_text(item)} for i, item in batch.inputs])
    insert_new(
        session, JobReport, [{"job_seq": seq, "idx": i, "data": json_text(report)} for i, report in batch.reports]
    )
    if batch.logs:
        _add_logs(session, seq, batch.logs[count_logs(session, seq) - batch.logs_before :])
    return Ack(cancel_requested=renewed[0] is not None, too_long=now - claim.started_at > JOB_TIMEOUT)


def hold(session: Session, claim: Claim) -> bool:
    """Keep the job with this claim until the transaction ends. False: fenced off, nothing may be written."""
    return session.exec(select(Job.seq).where(_ours(claim)).with_for_update()).first() is not None


def _ours(claim: Claim) -> ColumnElement[bool]:
    return and_(col(Job.seq) == claim.seq, col(Job.fence) == claim.fence, col(Job.status) == Status.running)


def _placed(batch: Batch) -> Iterator[tuple[int, int, Row]]:
    yield from batch.rows
    for idx, rows in batch.many:
        yield from ((idx, sub, row) for sub, row in enumerate(rows))


def add_inputs(session: Session, seq: int, items: Iterable[Any], *, start: int = 0) -> None:
    """Store the items of a new job."""
    insert_new(
        session, JobInput, [{"job_seq": seq, "idx": i, "data": json_text(item)} for i, item in enumerate(items, start)]
    )


def inputs(
    session: Session, seq: int, after: int, *, before: int | None = None, limit: int = PAGE
) -> list[tuple[int, Any]]:
    """A page of stored items as (idx, item), by idx, beyond `after` (-1 for the first) and below `before`."""
    query = select(JobInput.idx, JobInput.data).where(col(JobInput.job_seq) == seq, col(JobInput.idx) > after)
    if before is not None:
        query = query.where(col(JobInput.idx) < before)
    return [(idx, from_json(data)) for idx, data in session.exec(query.order_by(col(JobInput.idx)).limit(limit))]


def rows(session: Session, seq: int, after: Position = FIRST, limit: int = PAGE) -> list[tuple[Position, Row]]:
    """A page of result rows with their positions, in order, beyond `after`."""
    return [((idx, sub), from_json(data)) for idx, sub, data in _texts(session, seq, after, limit)]


def _texts(session: Session, seq: int, after: Position, limit: int = PAGE) -> Sequence[tuple[int, int, str]]:
    """A page of rows as they are stored: idx, sub, JSON text."""
    key = tuple_(col(JobRow.idx), col(JobRow.sub))
    query = select(JobRow.idx, JobRow.sub, JobRow.data).where(col(JobRow.job_seq) == seq, key > tuple_(*after))
    # On the connection: the session would make its own rows of the database's, at as much cost as the parsing.
    found = session.connection().execute(query.order_by(col(JobRow.idx), col(JobRow.sub)).limit(limit))
    return cast("Sequence[tuple[int, int, str]]", found.all())


def slice_of(session: Session, seq: int, offset: int, limit: int) -> list[Row]:
    """Rows `offset` to `offset + limit`, in order."""
    query = select(JobRow.data).where(col(JobRow.job_seq) == seq).order_by(col(JobRow.idx), col(JobRow.sub))
    return [from_json(data) for data in session.exec(query.offset(offset).limit(limit))]


def each(session: Session, seq: int) -> Iterator[Row]:
    """All rows of a job in order, within the caller's transaction; a page of them in memory at a time."""
    after = FIRST
    while page := rows(session, seq, after):
        yield from (row for _, row in page)
        after = page[-1][0]


def rows_at(session: Session, seq: int, places: Sequence[int]) -> list[Row]:
    """The rows at these places, counted from 0, in order."""
    wanted = set(places)
    found = enumerate(islice(each(session, seq), max(wanted, default=-1) + 1))
    return [row for place, row in found if place in wanted]


def row_at(session: Session, seq: int, place: int) -> tuple[Position, Row] | None:
    """One row by its place, counted from 0, with its position."""
    query = select(JobRow.idx, JobRow.sub, JobRow.data).where(col(JobRow.job_seq) == seq)
    found = session.exec(query.order_by(col(JobRow.idx), col(JobRow.sub)).offset(place).limit(1)).first()
    return None if found is None else ((found[0], found[1]), from_json(found[2]))


def stream(db: Database, seq: int, *, read: Callable[[str], Row] = from_json) -> Iterator[Row]:
    """All rows of a job in order, a short transaction per page. `read` makes a row of its stored text.

    Raises:
        OutputGone: the rows were purged on the way. What came before is a beginning, never the whole.
    """
    for page in _pages(db, seq):
        yield from (read(data) for _, _, data in page)  # one at a time: 2,000 at once keep the collector busy


def placed(db: Database, seq: int) -> Iterator[list[tuple[Position, Row]]]:
    """All rows of a job in order with their positions, in pages, a short transaction each. Raises as `stream`."""
    for page in _pages(db, seq):
        yield [((idx, sub), from_json(data)) for idx, sub, data in page]


def _pages(db: Database, seq: int) -> Iterator[Sequence[tuple[int, int, str]]]:
    """All rows as they are stored. The last page may be empty."""
    after, full = FIRST, True
    while full:
        with db.transaction("read") as session:
            page = _texts(session, seq, after)
            # Looked at behind the page: a purge marks the job before it takes the first row.
            status = session.exec(select(Job.status).where(Job.seq == seq)).first()
        if status is None or status == Status.expired:
            raise OutputGone()
        yield page
        full = len(page) == PAGE
        after = (page[-1][0], page[-1][1]) if page else after


def rows_by_position(session: Session, seq: int, positions: Sequence[Position]) -> list[Row]:
    """The rows of a job at these positions, in order; few enough for one statement."""
    key = tuple_(col(JobRow.idx), col(JobRow.sub))
    query = select(JobRow.data).where(col(JobRow.job_seq) == seq, key.in_(positions))
    return [from_json(data) for data in session.exec(query.order_by(col(JobRow.idx), col(JobRow.sub)))]


def copy_inputs(session: Session, *, source: int, target: int) -> None:
    """Give a job the items of another."""
    query = (
        "INSERT INTO job_inputs (job_seq, idx, data) SELECT :target, idx, data FROM job_inputs WHERE job_seq = :source"
    )
    session.connection().execute(text(query), {"source": source, "target": target})


def count_usable(session: Session, seq: int, needs: Sequence[str]) -> int:
    """How many rows of a job have at least one of the needed columns; all of them when nothing is needed."""
    if not needs:
        return session.exec(select(func.count()).select_from(JobRow).where(col(JobRow.job_seq) == seq)).one()
    # Read here (6 us a row): neither database knows what `is_empty` calls white space.
    found = session.exec(select(JobRow.data).where(col(JobRow.job_seq) == seq).execution_options(yield_per=PAGE))
    return sum(is_usable(from_json(data), needs) for data in found)


def is_usable(row: Row, needs: Sequence[str]) -> bool:
    """Whether the row has at least one of the needed columns; always when nothing is needed."""
    return not needs or any(not is_empty(row.get(column)) for column in needs)


def copy_selected(
    session: Session, *, source: int, target: int, positions: Sequence[Position], from_inputs: bool = False
) -> None:
    """Give a job the rows at these positions of another, in this order, inside the database: no column can be lost.

    `from_inputs`: the source's stored items are the rows.
    """
    if _is_sqlite(session):
        place, keys = "p.key", "json_each(:positions) p"
        idx, sub = "json_extract(p.value, '$[0]')", "json_extract(p.value, '$[1]')"
    else:
        place, keys = "p.at - 1", "json_array_elements(CAST(:positions AS json)) WITH ORDINALITY AS p(value, at)"
        idx, sub = "(p.value->>0)::int", "(p.value->>1)::int"
    table, same = ("job_inputs", f"r.idx = {idx}") if from_inputs else ("job_rows", f"r.idx = {idx} AND r.sub = {sub}")
    # CROSS keeps SQLite from looking through all positions for each row: 19 s instead of 10 ms for 10,000 rows.
    query = (
        f"INSERT INTO job_rows (job_seq, idx, sub, data) SELECT :target, {place}, 0, r.data FROM {keys}"  # noqa: S608
        f" CROSS JOIN {table} r WHERE r.job_seq = :source AND {same}"
    )
    values = {"source": source, "target": target, "positions": to_json(positions).decode()}
    session.connection().execute(text(query), values)


def copy_all(session: Session, *, source: int, target: int) -> None:
    """Give a new attempt the items, rows, reports and known places of the one before."""
    for table, columns in INHERITED:
        query = (
            f"INSERT INTO {table} (job_seq, {columns}) SELECT :target, {columns} FROM {table} WHERE job_seq = :source"  # noqa: S608
        )
        session.connection().execute(text(query), {"source": source, "target": target})


def values_of(session: Session, seq: int, column: str) -> Iterator[str]:
    """One column of all rows, filled cells only, as text."""
    return (str(row[column]) for row in each(session, seq) if row.get(column))


def known_places(session: Session, seq: int) -> Iterator[str]:
    """The places that a job and its earlier attempts have left out."""
    yield from session.exec(select(JobKnownPlace.place_id).where(JobKnownPlace.job_seq == seq))


def report(session: Session, seq: int, idx: int) -> Any:
    """The full report of one item; None when it left none."""
    data = session.exec(select(JobReport.data).where(JobReport.job_seq == seq, JobReport.idx == idx)).first()
    return None if data is None else from_json(data)


def logs(session: Session, seq: int, after: int, limit: int = LOG_LINES_PER_JOB) -> list[JobLog]:
    """Log lines of a job beyond a log id, oldest first."""
    query = select(JobLog).where(JobLog.job_seq == seq, col(JobLog.id) > after).order_by(col(JobLog.id)).limit(limit)
    return list(session.exec(query).all())


def last_warnings(session: Session, seq: int, limit: int) -> list[JobLog]:
    """The last lines that warn or name an error, oldest first."""
    loud = select(JobLog).where(JobLog.job_seq == seq, col(JobLog.level).in_(("warn", "error")))
    return list(session.exec(loud.order_by(col(JobLog.id).desc()).limit(limit)).all())[::-1]


def count_logs(session: Session, seq: int) -> int:
    return session.exec(select(func.count()).select_from(JobLog).where(JobLog.job_seq == seq)).one()


def held() -> ColumnElement[bool]:
    """Whether the job of the surrounding query still holds anything."""
    tables = (JobRow, *BESIDE_ROWS)
    return or_(*(select(col(table.job_seq)).where(col(table.job_seq) == Job.seq).exists() for table in tables))


def purge(session: Session, seq: int, limit: int = PURGE) -> bool:
    """Delete a part of what a job holds. True: there may be more."""
    keys = select(JobRow.idx, JobRow.sub).where(col(JobRow.job_seq) == seq).limit(limit)
    key = tuple_(col(JobRow.idx), col(JobRow.sub))
    deleted = changed(session, delete(JobRow).where(col(JobRow.job_seq) == seq, key.in_(keys)))
    if deleted == limit:
        return True
    for table in BESIDE_ROWS:
        session.exec(delete(table).where(col(table.job_seq) == seq))
    return False


def _add_logs(session: Session, seq: int, lines: Sequence[tuple[datetime, str, str]]) -> None:
    values = [{"job_seq": seq, "at": at, "level": level, "message": plain_text(said)} for at, level, said in lines]
    insert_new(session, JobLog, values)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
