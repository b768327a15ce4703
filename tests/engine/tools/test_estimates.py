"""Prices before anything starts."""

from typing import Any

import pytest

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs.errors import UnknownModule
from engine.pipelines import operations as pipelines
from engine.pipelines.estimate import estimate as estimate_pipeline
from engine.tools.create_enrich_job import UnknownOption
from engine.tools.estimate_job import OneToEstimate
from tests.engine.tools.test_pipelines import BEST, graph
from tests.engine.tools.toolshed import call, job_with, working

SEARCH: dict[str, Any] = {"queries": ["dentiste"], "zones": ["Tours"]}
SITES: list[Any] = [{"nom": "A", "site_web": "https://a.example"}, {"nom": "B", "site_web": None}]


async def test_a_search_has_the_price_of_the_rest_estimate_and_starts_nothing(me: Caller) -> None:
    priced = await call(me, "estimate_job", **SEARCH, scrape_mode="ultra", include_reviews=True)

    wanted = me.run(jobs.estimate, {**SEARCH, "scrape_mode": "ultra", "include_reviews": True})
    assert priced.estimate.model_dump() == wanted.model_dump()
    assert priced.summary.endswith("nothing was started.")
    assert me.run(jobs.list_jobs) == []


async def test_next_starts_what_was_asked_about_at_that_price(me: Caller) -> None:
    priced = await call(me, "estimate_job", **SEARCH, extra_columns=["gps"], only_new=True)

    started = await call(me, priced.next.tool, **priced.next.args)

    assert priced.next.args == {**SEARCH, "extra_columns": ["gps"], "only_new": True}
    assert started.job.ef_cost == pytest.approx(priced.estimate.ef_cost)


async def test_work_on_rows_is_priced_with_its_options_and_rules(me: Caller) -> None:
    source = job_with(me, [*SITES, {"nom": "C", "site_web": "https://c.example"}])

    whole = await call(me, "estimate_job", module="dead-check", source_job_id=source.id)
    chosen = await call(
        me,
        "estimate_job",
        module="dead-check",
        source_job_id=source.id,
        where={"conditions": [{"column": "nom", "op": "=", "value": "A"}]},
    )
    items = await call(me, "estimate_job", module="sort", items=SITES, options={"sort_by": "nom"})

    assert (whole.estimate.total_requests, chosen.estimate.total_requests) == (2, 1)
    assert (items.estimate.ef_cost, items.next.tool) == (0.0, "create_enrich_job")
    started = await call(me, chosen.next.tool, **chosen.next.args)
    assert started.job.grid_points_count == 1


async def test_a_stored_pipeline_is_priced_step_by_step(services: Services, me: Caller) -> None:
    async with working(services):
        created = await call(me, "create_pipeline", definition=graph(BEST), wait_s=30)

    priced = await call(me, "estimate_job", pipeline_id=created.pipeline.id)

    wanted = me.run(estimate_pipeline, pipeline_id=created.pipeline.id)
    assert priced.estimate.model_dump() == wanted.model_dump(mode="json")
    assert (priced.next.tool, priced.next.args) == ("run_pipeline", {"pipeline_id": created.pipeline.id})


async def test_below_a_search_costs_are_told_per_thousand_rows(me: Caller) -> None:
    definition = {
        "nodes": [{"id": "s", "type": "scrap", "config": SEARCH}, {"id": "e", "type": "emails", "config": {}}],
        "edges": [{"from": "s", "to": "e"}],
    }

    priced = await call(me, "estimate_job", pipeline_id=me.run(pipelines.create, definition).id)

    assert "EF per 1,000 rows found" in priced.summary


@pytest.mark.parametrize(
    "args",
    [
        {"queries": ["dentiste"], "zones": ["Nowhereville"]},
        {"queries": ["dentiste"]},
        {"queries": list("abcdefghijklmnopqrst"), "zones": ["Bretagne"]},
        {"module": "dead_check", "items": [{"nom": "no site"}]},
    ],
    ids=["zone", "no-zone", "quota", "no-site"],
)
async def test_what_could_not_start_is_told_and_not_proposed(me: Caller, args: dict[str, Any]) -> None:
    priced = await call(me, "estimate_job", **args)

    assert (priced.estimate.valid, priced.next) == (False, None)
    assert priced.estimate.errors
    assert "estimate.errors says why" in priced.summary


async def test_long_rows_are_not_repeated_in_the_next_call(me: Caller) -> None:
    priced = await call(me, "estimate_job", module="sort", items=[{"nom": "x" * 90}] * 100, options={"sort_by": "nom"})

    assert priced.next is None
    assert priced.summary.endswith("create_enrich_job with these arguments starts it.")


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"source_job_id": "j_0123456789"},
        {"queries": ["a"], "module": "emails", "items": SITES},
        {"pipeline_id": "p", "zones": ["Tours"]},
    ],
)
async def test_nothing_or_several_things_are_refused(me: Caller, args: dict[str, Any]) -> None:
    with pytest.raises(OneToEstimate) as refused:
        await call(me, "estimate_job", **args)

    assert '{"queries": ["dentiste"], "zones": ["Tours"]}' in refused.value.next_step


async def test_unknown_modules_and_options_are_refused_by_name(me: Caller) -> None:
    with pytest.raises(UnknownModule):
        await call(me, "estimate_job", module="telepathy", items=SITES)
    with pytest.raises(UnknownOption):
        await call(me, "estimate_job", module="sort", items=SITES, options={"sort_buy": "nom"})
