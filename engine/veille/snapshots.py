"""The only reader and writer of kept states and signals: a page at a time, so that any list fits into memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, delete, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_

from engine.db.changes import changed
from engine.db.insert import insert_new
from engine.db.types import json_text
from engine.jobs.store import Position
from engine.rows.types import Row
from engine.veille.models import VeilleSignal, VeilleSnapshot

PAGE = 2_000
PURGE = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One place of a state."""

    key: str
    position: Position
    areas: str
    row: Row


def add(session: Session, veille_id: int, draft: int, places: Sequence[Kept]) -> None:
    """Put places into a draft. Of two with one key the first stays."""
    insert_new(
        session,
        VeilleSnapshot,
        [
            {
                "veille_id": veille_id,
                "draft": draft,
                "key": place.key,
                "idx": place.position[0],
                "sub": place.position[1],
                "areas": place.areas,
                "data": json_text(place.row),
            }
            for place in places
        ],
    )


def page(session: Session, veille_id: int, draft: int, after: str | None, limit: int = PAGE) -> list[Kept]:
    """A page of a state, by key, behind `after`."""
    query = _of(veille_id, draft)
    return _read(session, query if after is None else query.where(col(VeilleSnapshot.key) > after), limit)


def at(session: Session, veille_id: int, draft: int, keys: Sequence[str]) -> dict[str, Row]:
    """The places of a state that have these keys."""
    query = _of(veille_id, draft).where(col(VeilleSnapshot.key).in_(keys))
    return {place.key: place.row for place in _read(session, query, len(keys))}


def missing(
    session: Session, veille_id: int, *, of: int, from_draft: int, after: str | None, limit: int = PAGE
) -> list[Kept]:
    """A page of the places of the state `of` that `from_draft` doesn't have, by key, behind `after`."""
    query = _of(veille_id, of).where(~_same_key_in(veille_id, from_draft))
    return _read(session, query if after is None else query.where(col(VeilleSnapshot.key) > after), limit)


def new_positions(
    session: Session, veille_id: int, *, draft: int, base: int, after: Position, limit: int = PAGE
) -> list[Position]:
    """A page of the positions of what is in `draft` and not in `base`, in the order of the job's rows."""
    place = tuple_(col(VeilleSnapshot.idx), col(VeilleSnapshot.sub))
    query = _of(veille_id, draft).where(~_same_key_in(veille_id, base), place > tuple_(*after))
    query = query.with_only_columns(col(VeilleSnapshot.idx), col(VeilleSnapshot.sub))
    ordered = query.order_by(col(VeilleSnapshot.idx), col(VeilleSnapshot.sub)).limit(limit)
    return [(idx, sub) for idx, sub in session.connection().execute(ordered)]


def add_signals(session: Session, veille_id: int, draft: int, signals: Mapping[str, Row]) -> None:
    """Keep signals (key -> row) with a draft."""
    insert_new(
        session,
        VeilleSignal,
        [
            {"veille_id": veille_id, "draft": draft, "key": key, "score": row["score"], "data": json_text(row)}
            for key, row in signals.items()
        ],
    )


def signals(
    session: Session, veille_id: int, draft: int, *, behind: tuple[float, str] | None = None, limit: int = PAGE
) -> list[tuple[tuple[float, str], Row]]:
    """A page of signals, the highest score first, each with its place; `behind` is the place of the last one before."""
    score, key = col(VeilleSignal.score), col(VeilleSignal.key)
    query = select(score, key, col(VeilleSignal.data)).where(
        col(VeilleSignal.veille_id) == veille_id, col(VeilleSignal.draft) == draft
    )
    if behind is not None:
        query = query.where(or_(score < behind[0], and_(score == behind[0], key > behind[1])))
    found = session.connection().execute(query.order_by(score.desc(), key).limit(limit))
    return [((points, name), from_json(data)) for points, name, data in found]


def signals_from(session: Session, veille_id: int, draft: int, *, offset: int, limit: int) -> list[Row]:
    """Signals `offset` to `offset + limit`, the highest score first."""
    query = select(col(VeilleSignal.data)).where(
        col(VeilleSignal.veille_id) == veille_id, col(VeilleSignal.draft) == draft
    )
    ordered = query.order_by(col(VeilleSignal.score).desc(), col(VeilleSignal.key)).offset(offset).limit(limit)
    return [from_json(data) for data in session.connection().execute(ordered).scalars()]


def purge(session: Session, veille_id: int, *, keep: Sequence[int] = (), limit: int = PURGE) -> bool:
    """Delete a part of the states of a veille, but for these drafts. True: there may be more."""
    keys = select(col(VeilleSnapshot.draft), col(VeilleSnapshot.key)).where(
        col(VeilleSnapshot.veille_id) == veille_id, col(VeilleSnapshot.draft).not_in(keep)
    )
    both = tuple_(col(VeilleSnapshot.draft), col(VeilleSnapshot.key))
    doomed = delete(VeilleSnapshot).where(col(VeilleSnapshot.veille_id) == veille_id, both.in_(keys.limit(limit)))
    return changed(session, doomed) == limit


def purge_signals(session: Session, veille_id: int, limit: int = PURGE, *, draft: int | None = None) -> bool:
    """Delete a part of the signals of a veille, or of one draft. True: there may be more."""
    keys = select(col(VeilleSignal.draft), col(VeilleSignal.key)).where(col(VeilleSignal.veille_id) == veille_id)
    if draft is not None:
        keys = keys.where(col(VeilleSignal.draft) == draft)
    both = tuple_(col(VeilleSignal.draft), col(VeilleSignal.key))
    doomed = delete(VeilleSignal).where(col(VeilleSignal.veille_id) == veille_id, both.in_(keys.limit(limit)))
    return changed(session, doomed) == limit


def _of(veille_id: int, draft: int) -> Select[str, int, int, str, str]:
    one = VeilleSnapshot
    columns = select(col(one.key), col(one.idx), col(one.sub), col(one.areas), col(one.data))
    return columns.where(col(one.veille_id) == veille_id, col(one.draft) == draft)


def _same_key_in(veille_id: int, draft: int) -> ColumnElement[bool]:
    other = aliased(VeilleSnapshot)
    same = select(col(other.key)).where(
        col(other.veille_id) == veille_id, col(other.draft) == draft, col(other.key) == VeilleSnapshot.key
    )
    return same.exists()


def _read(session: Session, query: Select[str, int, int, str, str], limit: int) -> list[Kept]:
    # On the connection: the session would make its own rows of the database's.
    found = session.connection().execute(query.order_by(col(VeilleSnapshot.key)).limit(limit))
    return [Kept(key, (idx, sub), areas, from_json(data)) for key, idx, sub, areas, data in found]
