"""The places that an account got, so that a search can leave them out (option `only_new` of scrap; FIELD, section 4).

Every search notes the places of its rows in the transaction that saves these; who does so first has got the place, and
no purge of a job forgets it. A search with `only_new` keeps the rows alone whose places it was the first to note: of
two at the same moment the database lets one be it. What an attempt has left out is noted too, so that neither a restart
nor a resume counts it again or takes it for new.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import from_json
from sqlmodel import Session, col, delete, select

from engine.accounts.queries import stays
from engine.db.changes import changed
from engine.db.clock import db_now
from engine.db.insert import PAGE, insert_each, listed
from engine.db.types import json_text, plain_text
from engine.jobs import store
from engine.jobs.models import AccountPlace, Job, JobKnownPlace
from engine.jobs.progress import add_numbers
from engine.jobs.store import Ack, Batch
from engine.module import AnyModule, ModuleConfig, SourceModule
from engine.rows.spool import Spool
from engine.rows.table import grouped
from engine.rows.types import Row, Value, is_empty
from engine.worker.driver import Claim

COUNTER = "known_places"  # in a job's stats: how many it left out
PURGED = 5_000  # places a transaction
KEY_CHARS_MAX = 200  # an index entry has an end, an id of a map source has none


@dataclass(frozen=True, slots=True)
class Memory:
    """How one job deals with the places of its account.

    `column` holds a place's id. `taken_back` is what a row that is left out takes back of the job's stats.
    """

    account_id: int
    column: str
    only_new: bool
    taken_back: Callable[[Row], Mapping[str, Any]]

    def key(self, row: Row) -> str | None:
        """The id of the row's place, as it is stored; None where it has none."""
        return stored_key(row.get(self.column))


def memory_of(job: Job, module: AnyModule, config: ModuleConfig) -> Memory | None:
    """What the rows of this job mean for the memory of its account; None for modules that find no places."""
    if not isinstance(module, SourceModule) or not module.remembered or module.unique_by is None:
        return None
    return Memory(job.account_id, module.unique_by, module.only_new(config), module.left_out)


def flush(session: Session, claim: Claim, batch: Batch, memory: Memory) -> Ack | None:
    """Save a batch as `store.flush` does, note its places, and with `only_new` leave out those of earlier jobs.

    What is left out counts nowhere but in the stat `known_places`; the answer says what that changes.
    """
    keys = sorted({key for row in _rows(batch) if (key := memory.key(row))})
    if not keys:
        return store.flush(session, claim, batch)
    # The account before the job, in the order in which both are erased, and the places by their ids: of two
    # transactions that need the same, one waits, and neither has to give up.
    if not stays(session, memory.account_id) or not store.hold(session, claim):
        return None
    known = _noted(session, claim.seq, keys, memory)
    if not known:
        return store.flush(session, claim, batch)
    insert_each(session, JobKnownPlace, "place_id", sorted(known), job_seq=claim.seq)
    stats = _taken_back(_rows(batch), known, memory)
    kept = _without(batch, known, memory, stats)
    ack = store.flush(session, claim, kept)
    return ack and replace(ack, left_out=batch.results - kept.results, stats=stats)


def known_notice(count: int) -> list[str]:
    """What a notice says of the places that were left out; nothing when there were none."""
    if not count:
        return []
    if count == 1:
        return ["1 établissement déjà obtenu a été laissé de côté."]
    return [f"{grouped(count)} établissements déjà obtenus ont été laissés de côté."]


def page(session: Session, account_id: int, after: str | None, limit: int) -> list[AccountPlace]:
    """A page of the places that an account got, by id, beyond `after`."""
    mine = select(AccountPlace).where(AccountPlace.account_id == account_id)
    if after is not None:
        mine = mine.where(col(AccountPlace.place_id) > after)
    return list(session.exec(mine.order_by(col(AccountPlace.place_id)).limit(limit)))


def forget_some(session: Session, account_id: int) -> bool:
    """Delete a part of the places of an account that leaves. True: there may be more."""
    mine = col(AccountPlace.account_id) == account_id
    some = select(AccountPlace.place_id).where(mine).limit(PURGED)
    return changed(session, delete(AccountPlace).where(mine, col(AccountPlace.place_id).in_(some))) == PURGED


def stored_key(place_id: Value) -> str | None:
    """What a place is called, as it is stored; None where it has no name."""
    if is_empty(place_id):
        return None
    key = plain_text(str(place_id))
    return key if len(key) <= KEY_CHARS_MAX else hashlib.blake2b(key.encode(), digest_size=32).hexdigest()


def _noted(session: Session, seq: int, keys: Sequence[str], memory: Memory) -> set[str]:
    """Note these places as got by a job. With `only_new`, those that another job of the account had noted before."""
    mine = {"account_id": memory.account_id, "first_job": seq, "at": db_now(session)}
    insert_each(session, AccountPlace, "place_id", keys, **mine)
    if not memory.only_new:
        return set()
    elsewhere = select(AccountPlace.place_id).where(
        AccountPlace.account_id == memory.account_id, AccountPlace.first_job != seq
    )
    parts = (listed(session, keys[start : start + PAGE]) for start in range(0, len(keys), PAGE))
    return {key for part in parts for key in session.exec(elsewhere.where(col(AccountPlace.place_id).in_(part)))}


def _rows(batch: Batch) -> Iterator[Row]:
    yield from (row for _, _, row in batch.rows)
    for _, rows in batch.many:
        yield from rows


def _taken_back(rows: Iterable[Row], known: set[str], memory: Memory) -> dict[str, Any]:
    """What the stats of the job become less and more by, when these places are left out."""
    stats: dict[str, Any] = {}
    for row in rows:
        if memory.key(row) in known:
            add_numbers(stats, memory.taken_back(row))
            add_numbers(stats, {COUNTER: 1})
    return stats


def _without(batch: Batch, known: set[str], memory: Memory, stats: Mapping[str, Any]) -> Batch:
    """The batch without these places, its counters corrected. The given one stays as it is: it may be saved again."""
    rows = [(idx, sub, row) for idx, sub, row in batch.rows if memory.key(row) not in known]
    many = [(idx, _spooled(row for row in found if memory.key(row) not in known)) for idx, found in batch.many]
    kept = replace(batch, rows=rows, many=many, results=batch.results - stats[COUNTER], stats=deepcopy(batch.stats))
    add_numbers(kept.stats, stats)
    return kept


def _spooled(rows: Iterable[Row]) -> Sequence[Row]:
    spool = Spool[Row]()
    for row in rows:
        spool.append(from_json(json_text(row)))  # a file takes no half characters
    return spool
