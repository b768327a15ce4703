"""Leaving, whatever happens at the same moment."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from engine.accounts.errors import NotSignedIn
from engine.context import Caller, Services
from engine.errors import AccountGone
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing
from engine.privacy.erasure import erase
from tests.engine.privacy.every_table import caller_id, owners, plant_everywhere, tables_that_name
from tests.house import Shout, account, ended, order, worker

CSV = "nom;site_web\nCabinet Dupont;https://dupont.example\n"


def test_every_column_that_names_an_account_is_bound_to_it() -> None:
    """C-076."""
    bound = {(str(table.__tablename__), column) for table, column in owners()}
    named = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name in ("account_id", "user_id", "owner_id", "created_by")
    }

    assert named <= bound


def test_every_foreign_key_leads_to_an_account() -> None:
    """Else a broken one would be told as an account that is gone."""
    keys = {key.target_fullname for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys}

    assert keys == {"accounts.id"}


@pytest.mark.slow(30)
def test_no_table_keeps_anything_of_a_deleted_account(services: Services) -> None:
    """C-076."""
    leaving, staying = account(services, "leaving@example.com"), account(services, "staying@example.com")
    planted = leaving.run(plant_everywhere)
    before = services.run(None, tables_that_name, caller_id(leaving))

    erase(leaving, "leaving@example.com")

    assert before == set(planted)
    assert services.run(None, tables_that_name, caller_id(leaving)) == set()
    with pytest.raises(NotSignedIn):
        erase(leaving, "leaving@example.com")
    erase(staying, "staying@example.com")


@pytest.mark.slow(30)
def test_an_erasure_that_was_stopped_midway_is_ended_by_asking_again(services: Services) -> None:
    """C-076."""
    leaving = account(services, "leaving@example.com")
    leaving.run(plant_everywhere)
    _forbid_the_end(services)

    with pytest.raises(Exception, match="not now"):
        erase(leaving, "leaving@example.com")
    between = services.run(None, tables_that_name, caller_id(leaving))
    _allow_the_end(services)
    erase(leaving, "leaving@example.com")

    assert {"sessions", "api_tokens"} <= between  # its owner can still come in and ask again
    assert services.run(None, tables_that_name, caller_id(leaving)) == set()


@pytest.mark.slow(30)
async def test_a_running_job_of_a_deleted_account_writes_nothing_more(services: Services) -> None:
    """C-076."""
    started, go = asyncio.Event(), asyncio.Event()

    async def wait(row: Any) -> None:
        started.set()
        await go.wait()

    leaving, other = account(services, "leaving@example.com"), account(services, "other@example.com")
    async with worker(services, Shout(wait)):
        job = order(leaving, Shout(), [{"word": str(n)} for n in range(200)])
        await asyncio.wait_for(started.wait(), 5)

        await asyncio.to_thread(erase, leaving, "leaving@example.com")
        go.set()
        next_one = await ended(services, order(other, Shout(), [{"word": "on"}]), seconds=10)

    assert next_one.results == 1
    assert services.run(None, tables_that_name, caller_id(leaving)) == set()
    with pytest.raises(JobMissing):
        leaving.run(jobs.get, job.id)


@pytest.mark.slow(60)
def test_what_starts_during_an_erasure_starts_wholly_before_it_or_not_at_all(services: Services) -> None:
    """C-076."""
    leaving = account(services, "leaving@example.com")
    ready = threading.Barrier(9)

    def start_jobs() -> list[type[Exception]]:
        ready.wait()
        return [type(error) for _ in range(15) if (error := _started(leaving)) is not None]

    def leave() -> list[type[Exception]]:
        ready.wait()
        erase(leaving, "leaving@example.com")
        return []

    with ThreadPoolExecutor(9) as threads:
        running = [threads.submit(work) for work in (*[start_jobs] * 8, leave)]
        refused = [error for work in running for error in work.result()]

    assert set(refused) == {AccountGone}
    assert services.run(None, tables_that_name, caller_id(leaving)) == set()


@pytest.mark.slow(60)
def test_of_many_equal_erasures_each_ends_well_or_finds_nobody(services: Services) -> None:
    """C-076."""
    leaving = account(services, "leaving@example.com")
    leaving.run(plant_everywhere)

    def leave(_: int) -> bool:
        try:
            erase(leaving, "leaving@example.com")
        except NotSignedIn:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        done = list(threads.map(leave, range(6)))

    assert True in done
    assert services.run(None, tables_that_name, caller_id(leaving)) == set()


def test_an_account_of_before_gives_its_number_to_nobody(services: Services, tmp_path: Path) -> None:
    """C-076."""
    first = account(services, "first@example.com")
    erase(first, "first@example.com")

    assert caller_id(account(services, "second@example.com")) > caller_id(first)


def _started(caller: Caller) -> Exception | None:
    try:
        caller.run(jobs.create, "import", {"content": CSV})
    except AccountGone as error:
        return error
    return None


def _forbid_the_end(services: Services) -> None:
    if services.db.is_sqlite:
        said = [
            "CREATE TRIGGER never BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'not now'); END",
        ]
    else:
        said = [
            "CREATE FUNCTION never() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER never BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION never()",
        ]
    _say(services, *said)


def _allow_the_end(services: Services) -> None:
    if services.db.is_sqlite:
        _say(services, "DROP TRIGGER never")
    else:
        _say(services, "DROP TRIGGER never ON accounts", "DROP FUNCTION never")


def _say(services: Services, *statements: str) -> None:
    with services.db.transaction("write") as session:
        for statement in statements:
            session.connection().execute(text(statement))
