"""One database: its connections, and the two kinds of transaction.

A write on SQLite begins with BEGIN IMMEDIATE, so that no check is older than the change that it allows. A read can't
write: both databases refuse it.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlmodel import Session

from engine.clock import Clock
from engine.errors import AccountGone, BadSetting, DatabaseUnavailable, StorageFull

Mode = Literal["read", "write"]

SQLITE_PRAGMAS = (
    "busy_timeout=15000",  # first: the change to WAL itself may have to wait
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "wal_autocheckpoint=1000",
)
CONNECTIONS = 16  # a process; DBOS opens four of its own
# A server that vanished without a word is given up after seconds, well before a lease ends.
POSTGRES_OPTIONS = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 3, "tcp_user_timeout": 10_000}
# A process that was paused or cut off within a transaction loses its locks, well before a lease ends: whoever takes its
# jobs over waits for them.
POSTGRES_IDLE = "10s"
SHRINK_PAGES = 2_000  # a transaction
SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
SQLITE_AWAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN)
POSTGRES_FULL = "53100"
POSTGRES_ORPHAN = "23503"
POSTGRES_AWAY = ("08", "53", "57P", "25P03")  # connection, resources, shut down or starting; idle for too long

# What waiting may cure: the caller tries again later, and nothing of its own is wrong.
DATABASE_FAULTS = (DatabaseUnavailable, StorageFull)


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
            AccountGone: it was deleted while the transaction was on its way.
            DatabaseUnavailable: the database did not answer.
        """
        with Session(self._modes[mode], expire_on_commit=False) as session:
            session.info["clock"] = self.clock
            try:
                yield session
                session.commit()
            except (exc.DBAPIError, exc.TimeoutError, sqlite3.Error) as error:
                session.rollback()
                raise readable(error) from error

    def shrink(self) -> None:
        """Give the disk back what deleted rows held. PostgreSQL does so by itself."""
        free = self._free_pages() if self.is_sqlite else 0
        while free:
            with self.transaction("write") as session:
                # Each step of the statement frees one page, so it is read to its end, though it has no rows.
                cursor = session.connection().connection.cursor()
                cursor.execute(f"PRAGMA incremental_vacuum({SHRINK_PAGES})")
                cursor.fetchall()
            before, free = free, self._free_pages()
            if free >= before:
                return  # somebody else deletes at this moment, or the file was not made by us

    def _free_pages(self) -> int:
        with self.transaction("read") as session:
            return session.connection().exec_driver_sql("PRAGMA freelist_count").scalar_one()

    def close(self) -> None:
        self.engine.dispose()


def readable(error: Exception) -> Exception:
    """A database error as one of ours where a user can act on it; else itself."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause) or error
    if isinstance(error, exc.TimeoutError):  # every connection of the pool is busy
        return DatabaseUnavailable()
    state = getattr(cause, "sqlstate", None)
    if state == POSTGRES_FULL:
        return StorageFull()
    if state == POSTGRES_ORPHAN:
        return AccountGone()  # every foreign key leads to an account
    # A refused or broken connection has no state.
    cut = state is None and isinstance(error, exc.OperationalError | exc.InterfaceError)
    return DatabaseUnavailable() if cut or (state or "").startswith(POSTGRES_AWAY) else error


def _of_sqlite(cause: sqlite3.Error) -> Exception | None:
    extended = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    if extended == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return AccountGone()
    code = extended & 0xFF  # the rest of an extended code says where
    if code in SQLITE_FULL:
        return StorageFull()
    return DatabaseUnavailable() if code in SQLITE_AWAY else None


def _sqlite(url: str) -> Engine:
    folder = Path(url.removeprefix("sqlite:///")).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"{folder} can't be made ({error.strerror})"
        raise BadSetting(name="OUTSEND_DATA_DIR", problem=problem) from error
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
        mode: Mode = connection.get_execution_options().get("outsend_mode", "write")
        # The driver's own connection: the way through SQLAlchemy costs more than most operations read.
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        if connection.info.get("outsend_mode") != mode:  # each PRAGMA voids the connection's prepared statements
            driver.execute(f"PRAGMA query_only={int(mode == 'read')}")
            connection.info["outsend_mode"] = mode
        driver.execute("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: str) -> Engine:
    # SQLAlchemy's default driver would be psycopg2.
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": CONNECTIONS, "max_overflow": 0}
    engine = create_engine(address, connect_args=POSTGRES_OPTIONS, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # A statement of its own: poolers between us and the server refuse options at the start of a connection.
        connection.execute(f"SET idle_in_transaction_session_timeout = '{POSTGRES_IDLE}'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("outsend_mode") == "read":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine
