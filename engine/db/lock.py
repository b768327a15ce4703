"""One transaction at a time, over all processes: locks that a transaction holds until it ends."""

from enum import IntEnum

from sqlalchemy import text
from sqlmodel import Session


class Lock(IntEnum):
    """What is done by one at a time. The numbers are keys of PostgreSQL's advisory locks."""

    migration = 7070
    gate = 7071
    rate = 7072
    start = 7073
    spend = 7074


_WHOLE = text("SELECT pg_advisory_xact_lock(:key)")
_PART = text("SELECT pg_advisory_xact_lock(:key, :part)")


def hold(session: Session, lock: Lock, part: int | None = None) -> None:
    """Wait until nobody else holds `lock`, or that part of it (a signed 32-bit number).

    On SQLite a transaction that writes is alone already.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    if part is None:
        session.connection().execute(_WHOLE, {"key": int(lock)})
    else:
        session.connection().execute(_PART, {"key": int(lock), "part": part})
