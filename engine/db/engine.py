"""One database: its connections, and the two kinds of transaction.

A write on SQLite begins with BEGIN IMMEDIATE, so that no check is older than the change that it allows. A read can't
write: both databases refuse it.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from engine.clock import Clock
from engine.errors import DatabaseUnavailable, StorageFull

Mode = Literal["read", "write"]

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=15000",
    "foreign_keys=ON",
    "wal_autocheckpoint=1000",
)
CONNECTIONS = 16  # a process; DBOS opens four of its own
FULL_SIGNS = ("database or disk is full", "disk i/o error", "no space left", "could not extend file")


class Database:
    """Connections to one database, SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://...`)."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self.clock = clock
        self.is_sqlite = url.startswith("sqlite:")
        self.engine = _sqlite(url) if self.is_sqlite else _postgres(url)
        # Options travel with the connection, so that the `begin` listener knows which kind it opens.
        self._modes = {mode: self.engine.execution_options(outsend_mode=mode) for mode in ("read", "write")}

    @contextmanager
    def transaction(self, mode: Mode) -> Generator[Session]:
        """A session in one transaction: committed at the end, rolled back on any exception.

        Raises:
            StorageFull: no room left on the disk; nothing was changed.
            DatabaseUnavailable: the database did not answer.
        """
        with Session(self._modes[mode], expire_on_commit=False) as session:
            session.info["clock"] = self.clock
            try:
                yield session
                session.commit()
            except DBAPIError as error:
                session.rollback()
                raise readable(error) from error

    def close(self) -> None:
        self.engine.dispose()


def readable(error: Exception) -> Exception:
    """A database error as one of ours where a user can act on it; else itself."""
    text = str(error).lower()
    if any(sign in text for sign in FULL_SIGNS):
        return StorageFull()
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or "database is locked" in text or "connection" in text:
        return DatabaseUnavailable()
    return error


def _sqlite(url: str) -> Engine:
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    # An own pool of file connections: SQLite's are cheap, and threads must not queue for one.
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "isolation_level": None}, pool_size=CONNECTIONS
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Before the first table, else the file never shrinks.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read = connection.get_execution_options().get("outsend_mode") == "read"
        connection.exec_driver_sql(f"PRAGMA query_only={int(read)}")
        connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: str) -> Engine:
    # SQLAlchemy's default driver would be psycopg2.
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": CONNECTIONS, "max_overflow": 0}
    engine = create_engine(address, **options)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("outsend_mode") == "read":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine
