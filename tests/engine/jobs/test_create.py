"""Creation beside other creations: one key, one job; chosen rows are a job's own; places in the queue."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from engine.accounts.repeats import Asked, once
from engine.context import Services
from engine.jobs import gate, store
from engine.jobs import operations as jobs
from engine.jobs.expiry import expire_due
from engine.jobs.models import Job
from engine.jobs.schemas import JobPublic
from engine.jobs.store import Batch
from tests.engine.jobs.loops import claimed
from tests.house import Shout, account, order

ROWS: list[dict[str, Any]] = [{"nom": f"N{i}", "note": i, "Mon code": f"x{i}"} for i in range(6)]


def with_rows(services: Services) -> Job:
    """A job that is done, with rows."""
    job = order(account(services), Shout(), [{"word": "x"}])
    claim = claimed(services, job)
    placed: list[Any] = [(0, sub, row) for sub, row in enumerate(ROWS)]
    with services.db.transaction("write") as session:
        assert store.flush(session, claim, Batch(b"\x01", 1, len(ROWS), 0, 1, list(ROWS[0]), {}, [], rows=placed))
    services.run(None, gate.finish, claim, "done")
    return job


def stored_items(services: Services, job_id: str) -> list[Any]:
    with services.db.transaction("read") as session:
        seq = session.exec(select(Job.seq).where(Job.id == job_id)).one()
        assert seq is not None
        return [item for _, item in store.inputs(session, seq, -1)]


@pytest.mark.slow(20)
def test_equal_requests_at_once_with_one_key_make_one_job(services: Services) -> None:
    """C-020, C-179."""
    caller = account(services)

    def ask(_: int) -> str:
        asked = Asked("k", "the same request")
        return caller.run(once, asked, JobPublic, jobs.create, "filter", {}, items=ROWS).id

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(ask, range(8)))

    assert len(made) == len(caller.run(jobs.list_jobs)) == 1


def test_rows_chosen_by_where_are_the_jobs_own_in_order_with_all_their_columns(services: Services) -> None:
    """C-435, C-342: their source may be deleted."""
    caller, source = account(services), with_rows(services)

    job = caller.run(jobs.create, "filter", {}, source_job_id=source.id, where={"rating_min": 3})
    caller.run(jobs.delete, source.id)
    expire_due(services)

    assert stored_items(services, job.id) == ROWS[3:]
    assert job.columns == list(ROWS[0])
    assert job.grid_points_count == 3


def test_places_in_the_queue_count_the_jobs_of_others_in_the_same_lane(services: Services) -> None:
    """C-164, C-178."""
    ada, bob = account(services, "ada@example.com"), account(services, "bob@example.com")
    running = order(bob, Shout(), ROWS)
    claimed(services, running)
    order(bob, Shout(), ROWS)
    order(bob, Shout(lane="serial"), ROWS)
    mine = [order(ada, Shout(), ROWS), order(ada, Shout(lane="serial"), ROWS), order(ada, Shout(), ROWS)]

    found = ada.run(jobs.queue)

    assert [(place.job_id, place.position) for place in found.mine] == [
        (mine[0].id, 2),
        (mine[1].id, 2),
        (mine[2].id, 3),
    ]
    assert [(lane.lane, lane.running, lane.pending) for lane in found.lanes] == [("parallel", 1, 3), ("serial", 0, 2)]
    assert [place.position for place in bob.run(jobs.queue).mine] == [0, 1, 1]
