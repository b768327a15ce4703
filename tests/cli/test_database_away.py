"""Processes that stay wait for a PostgreSQL that is not there when they start, and say so."""

import json
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.serving import ADMIN, starting
from tests.cli.terminal import OUTSEND, Terminal, until
from tests.postgres import RestartablePostgres

pytestmark = pytest.mark.slow(90)

NOBODY = "postgresql://outsend@127.0.0.1:1/outsend"  # that port refuses
LEADS = {"content": "nom;note\nAlpha;4,5\nBeta;3,9\n", "filename": "leads.csv"}
ON_POSTGRES = {**ADMIN, "OUTSEND_SECRET_KEY": "a key of the tests alone, long enough to be one"}
WAITING = "Waiting for the database"


@contextmanager
def running(terminal: Terminal, *words: str) -> Generator["subprocess.Popen[str]"]:
    """A command on its way, with its standard input and its log at hand; ended with the test."""
    words = (str(OUTSEND), *words)
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env=terminal.environment, stdin=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def without_database(tmp_path: Path) -> Terminal:
    """A terminal whose settings name a database that is never there."""
    return Terminal(tmp_path, {**ON_POSTGRES, "OUTSEND_DATABASE_URL": NOBODY})


def told(process: "subprocess.Popen[str]") -> dict[str, str]:
    """The record in which it says that it waits."""
    assert process.stderr is not None
    record: dict[str, str] = next(json.loads(line) for line in process.stderr if WAITING in line)
    return record


def test_a_worker_and_a_server_that_start_before_their_database_work_once_it_is_there(
    tmp_path: Path, restartable_postgres: RestartablePostgres
) -> None:
    terminal = Terminal(tmp_path, {**ON_POSTGRES, "OUTSEND_DATABASE_URL": restartable_postgres.url})
    restartable_postgres.crash()

    with running(terminal, "worker") as worker, starting(terminal, "--no-worker") as server:
        record = told(worker)
        until(lambda: WAITING in server.err)
        restartable_postgres.start()
        server.up()
        server.ready()
        with server.admin() as api:
            job_id = api.post("/api/jobs/import", json=LEADS).json()["id"]
            until(lambda: api.get(f"/api/jobs/{job_id}").json()["status"] == "done")

        assert record["level"] == "warning" and "exception" not in record
        assert worker.poll() is None
        assert server.stop() == 0


@pytest.mark.parametrize("words", [("worker",), ("serve", "--port", "0")], ids=["worker", "serve"])
def test_a_process_that_waits_for_its_database_ends_in_good_order_when_asked_to(
    without_database: Terminal, words: Sequence[str]
) -> None:
    with running(without_database, *words) as process:
        told(process)
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0


def test_a_worker_that_waits_for_its_database_ends_with_the_server_that_started_it(without_database: Terminal) -> None:
    with running(without_database, "worker", "--until-stdin-ends") as process:
        told(process)
        assert process.stdin is not None
        process.stdin.close()

        assert process.wait(20) == 0
