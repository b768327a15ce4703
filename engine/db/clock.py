"""The database's clock, which decides leases and deadlines, so that a worker's wrong one steals nothing."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import Session

from engine.clock import Clock


def db_now(session: Session) -> datetime:
    """The time where the data lies, UTC. On SQLite that is this machine; on PostgreSQL it is the server."""
    clock: Clock = session.info["clock"]
    if session.get_bind().dialect.name == "sqlite":
        return clock.now()
    server: datetime = session.connection().execute(text("SELECT clock_timestamp() AT TIME ZONE 'utc'")).scalar_one()
    return server.replace(tzinfo=UTC) + clock.offset
