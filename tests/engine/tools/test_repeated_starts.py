"""A call that is repeated, because its answer was lost, does not pay twice. On both databases."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from engine.accounts.models import Repeatable
from engine.accounts.repeats import KeyReused
from engine.context import Caller, Context, Services, write
from engine.jobs import operations as jobs
from engine.pipelines import coordinator
from engine.pipelines import operations as pipelines
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.tools.toolshed import agent, call
from tests.house import account, house

SEARCH: dict[str, Any] = {"queries": ["dentiste"], "zones": ["37000"]}
SITES: list[Any] = [{"nom": "A", "site_web": "https://a.example"}]
GRAPH: dict[str, Any] = {"nodes": [{"id": "a", "type": "import", "config": {"content": "nom\nx"}}], "edges": []}
STARTS: list[tuple[str, dict[str, Any]]] = [
    ("create_scrap_job", SEARCH),
    ("create_enrich_job", {"module": "dead_check", "items": SITES}),
    ("create_pipeline", {"definition": GRAPH}),
]

every_start = pytest.mark.parametrize(("name", "args"), STARTS, ids=[name for name, _ in STARTS])


def later(services: Services, by: timedelta) -> None:
    """Let what was answered so far be older by that."""

    @write
    def age(context: Context) -> None:
        for row in context.session.exec(select(Repeatable)):
            row.at -= by
            context.session.add(row)

    services.run(None, age)


@pytest.fixture
def services(tmp_path: Path, database_url: str | None) -> Iterator[Services]:
    with house(tmp_path, url=database_url, hooks=(coordinator.advance,)) as services:
        yield services


def started(caller: Caller) -> int:
    """How much has been started in all."""
    return len(caller.run(jobs.list_jobs))


def id_of(result: Any) -> str:
    return result.pipeline.id if hasattr(result, "pipeline") else result.job.id


@every_start
async def test_an_equal_call_within_two_minutes_gives_the_work_that_is_open(
    name: str, args: dict[str, Any], me: Caller, services: Services
) -> None:
    first = await call(me, name, **args)
    later(services, timedelta(seconds=110))
    second = await call(me, name, **args, wait_s=0)

    assert (id_of(second), second.already_started) == (id_of(first), True)
    assert second.summary.startswith("Nothing new was started")
    assert started(me) == 1


@every_start
async def test_after_two_minutes_an_equal_call_starts_anew(
    name: str, args: dict[str, Any], me: Caller, services: Services
) -> None:
    first = await call(me, name, **args)
    later(services, timedelta(seconds=130))
    second = await call(me, name, **args)

    assert id_of(second) != id_of(first)
    assert second.already_started is None


@every_start
async def test_equal_calls_at_once_start_one_thing(
    name: str, args: dict[str, Any], me: Caller, services: Services
) -> None:
    results = await asyncio.gather(*(call(me, name, **args) for _ in range(8)))

    assert len({id_of(result) for result in results}) == 1
    assert sorted(result.already_started is True for result in results) == [False] + [True] * 7
    assert started(me) == 1


@every_start
async def test_equal_calls_with_a_key_at_once_start_one_thing(name: str, args: dict[str, Any], me: Caller) -> None:
    results = await asyncio.gather(*(call(me, name, **args, idempotency_key="once") for _ in range(8)))

    assert len({id_of(result) for result in results}) == 1
    assert started(me) == 1


async def test_when_the_work_is_over_an_equal_call_starts_anew(me: Caller) -> None:
    first = await call(me, "create_scrap_job", **SEARCH)
    me.run(jobs.cancel, first.job.id)

    assert (await call(me, "create_scrap_job", **SEARCH)).job.id != first.job.id


async def test_when_the_work_is_deleted_an_equal_call_starts_anew(me: Caller) -> None:
    first = await call(me, "create_scrap_job", **SEARCH)
    me.run(jobs.cancel, first.job.id)
    me.run(jobs.delete, first.job.id)

    assert (await call(me, "create_scrap_job", **SEARCH)).job.id != first.job.id


async def test_a_key_gives_the_same_work_for_a_day_whether_over_or_not(me: Caller, services: Services) -> None:
    first = await call(me, "create_scrap_job", **SEARCH, idempotency_key="k1")
    me.run(jobs.cancel, first.job.id)
    later(services, timedelta(hours=23))
    again = await call(me, "create_scrap_job", **SEARCH, idempotency_key="k1", wait_s=1)
    later(services, timedelta(hours=2))
    anew = await call(me, "create_scrap_job", **SEARCH, idempotency_key="k1")

    assert (again.job.id, again.already_started, again.estimate) == (first.job.id, True, first.estimate)
    assert anew.job.id != first.job.id


async def test_another_key_starts_another_job(me: Caller) -> None:
    keyed = [await call(me, "create_scrap_job", **SEARCH, idempotency_key=key) for key in ("k1", "k2")]

    assert len({one.job.id for one in keyed}) == 2


async def test_a_key_that_has_served_another_call_is_refused(me: Caller) -> None:
    await call(me, "create_scrap_job", **SEARCH, idempotency_key="k1")

    with pytest.raises(KeyReused):
        await call(me, "create_scrap_job", queries=["notaire"], zones=["37000"], idempotency_key="k1")


async def test_another_call_or_another_account_starts_its_own(me: Caller, services: Services) -> None:
    other = agent(services, "other@example.com")
    ids = [
        (await call(me, "create_scrap_job", **SEARCH)).job.id,
        (await call(me, "create_scrap_job", **SEARCH, include_reviews=True)).job.id,
        (await call(other, "create_scrap_job", **SEARCH)).job.id,
    ]

    assert len(set(ids)) == 3


async def test_a_call_that_was_refused_may_be_repeated_once_it_is_right(me: Caller) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="Zone introuvable"):
            await call(me, "create_scrap_job", queries=["dentiste"], zones=["Nowhereville"])

    assert started(me) == 0


async def test_running_a_pipeline_again_at_once_starts_it_once(me: Caller, services: Services) -> None:
    """C-428."""
    former = account(services).run(pipelines.create, GRAPH)

    results = await asyncio.gather(*(call(me, "run_pipeline", pipeline_id=former.id) for _ in range(8)))

    assert len({id_of(result) for result in results}) == 1
    assert id_of(results[0]) != former.id
