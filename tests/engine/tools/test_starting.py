"""Starting jobs: what is told of them, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import select

from engine.accounts.errors import EmailUnverified
from engine.context import Caller, Services
from engine.ef import EF_PER_ITEM
from engine.jobs import operations as jobs
from engine.jobs.errors import ItemsNotTaken, MaxEfExceeded, NoItems, UnknownModule
from engine.jobs.models import Job
from engine.module import NoWebsite, QuotaExceeded
from engine.modules.emails import DeepNeedsNormal
from engine.tools.create_enrich_job import UnknownOption, item_modules
from engine.tools.create_enrich_job import tool as create_enrich_job
from tests.engine.tools.toolshed import call, job_with, working

SEARCH: dict[str, Any] = {"queries": ["dentiste"], "zones": ["37000"]}
SITES: list[Any] = [{"nom": "A", "site_web": "https://a.example", "note": 5}, {"nom": "B", "site_web": None, "note": 9}]


async def test_a_search_answers_with_the_job_and_its_estimate(me: Caller) -> None:
    """C-425, C-427."""
    started = await call(me, "create_scrap_job", **SEARCH)

    job = me.run(jobs.get, started.job.id)
    assert (job.job_type, job.status, job.queries, job.zones) == ("scrap", "pending", ["dentiste"], ["37000"])
    assert started.estimate == me.run(jobs.estimate, SEARCH)
    assert started.estimate.ef_cost == job.ef_cost
    assert started.already_started is None
    assert started.next.args == {"job_id": job.id, "wait_s": 45}
    assert "list_jobs finds it again" in started.summary


async def test_a_search_takes_the_options_of_the_rest_body(me: Caller) -> None:
    """C-427."""
    options = {"include_reviews": True, "extra_columns": ["gps", "unheard"], "scrape_mode": "ultra"}

    started = await call(me, "create_scrap_job", **SEARCH, **options)

    job = me.run(jobs.get, started.job.id)
    assert job.include_reviews
    assert {"lat", "lon", "avis"} <= set(job.columns)
    assert job.ef_cost == pytest.approx(started.estimate.total_requests * 6 * 1.5 / 44_012)


async def test_a_search_can_leave_out_what_the_account_got_already(me: Caller) -> None:
    """C-427."""
    started = [await call(me, "create_scrap_job", **SEARCH, only_new=wish) for wish in (True, False)]

    with me.services.db.transaction("read") as session:
        config = dict(session.exec(select(Job.id, Job.config)).all())
    assert [config[one.job.id]["only_new"] for one in started] == [True, False]


async def test_a_price_above_max_ef_is_refused_before_anything_starts(me: Caller) -> None:
    """MCP security point 16."""
    with pytest.raises(MaxEfExceeded) as refused:
        await call(me, "create_scrap_job", **SEARCH, max_ef=0)

    assert "Raise max_ef" in refused.value.next_step
    assert me.run(jobs.list_jobs) == []


async def test_a_search_beyond_the_quota_of_one_job_is_refused(me: Caller) -> None:
    """C-429; MCP security point 16."""
    with pytest.raises(QuotaExceeded):
        await call(me, "create_scrap_job", queries=list("abcdefghijklmnopqrst"), zones=["Bretagne"])


async def test_an_unverified_address_can_not_search_and_can_work_on_rows(me: Caller) -> None:
    """C-429."""
    unverified = replace(me, principal=replace(me.principal, verified=False))

    with pytest.raises(EmailUnverified):
        await call(unverified, "create_scrap_job", **SEARCH)
    assert (await call(unverified, "create_enrich_job", module="dead_check", items=SITES)).job.status == "pending"


async def test_rows_of_a_job_are_the_input(services: Services, me: Caller) -> None:
    """C-425, C-427."""
    source = job_with(me, SITES)

    async with working(services):
        started = await call(
            me, "create_enrich_job", module="sort", source_job_id=source.id, options={"sort_by": "note"}, wait_s=20
        )

    assert (started.job.status, started.job.results_count) == ("done", 2)
    assert me.run(jobs.get, started.job.id).source_job_id == source.id
    rows = await call(me, started.next.tool, **started.next.args)
    assert [row["nom"] for row in rows.rows] == ["B", "A"]


async def test_given_items_are_the_input_and_where_chooses_among_them(me: Caller) -> None:
    started = await call(
        me, "create_enrich_job", module="dead-check", items=[*SITES, *SITES], where={"require_site": True}
    )

    assert (started.job.job_type, started.job.grid_points_count) == ("dead_check", 2)
    assert started.estimate.total_requests == 2


async def test_the_modules_are_those_that_work_on_rows() -> None:
    """C-427."""
    enum = create_enrich_job.input_schema["properties"]["module"]["enum"]

    assert enum == list(item_modules())
    assert {"dead_check", "emails", "verify_emails"} <= set(enum)
    assert not {"scrap", "import"} & set(enum)


async def test_a_placement_test_takes_its_options_and_nothing_else(me: Caller) -> None:
    """C-133, C-427."""
    asked: dict[str, Any] = {"module": "delivery_check", "options": {"domain": "Acme.fr", "subject_filter": "Test"}}

    started = await call(me, "create_enrich_job", **asked)

    assert (started.job.job_type, started.job.grid_points_count, started.estimate.ef_cost) == ("delivery_check", 15, 0)
    for rows in ({"items": SITES}, {"source_job_id": started.job.id}):
        with pytest.raises(ItemsNotTaken):
            await call(me, "create_enrich_job", **asked, **rows)


@pytest.mark.parametrize("module", ["scrap", "import", "telepathy"])
async def test_another_module_names_the_known_ones(me: Caller, module: str) -> None:
    with pytest.raises(UnknownModule) as refused:
        await call(me, "create_enrich_job", module=module, items=SITES)

    assert "verify_emails" in refused.value.next_step
    assert "scrap" not in refused.value.next_step


async def test_a_mode_is_the_modules_option(me: Caller) -> None:
    started = await call(me, "create_enrich_job", module="emails", items=SITES, mode="normal")

    assert me.run(jobs.get, started.job.id).email_mode == "normal"


async def test_the_deep_mode_goes_on_from_a_normal_extraction_and_tells_its_own_price(me: Caller) -> None:
    """C-440."""
    with pytest.raises(DeepNeedsNormal) as refused:
        await call(me, "create_enrich_job", module="emails", items=SITES, mode="deep")
    normal = job_with(me, [{**SITES[0], "email": None}], slug="emails")

    deep = await call(
        me, "create_enrich_job", module="emails", source_job_id=normal.id, mode="deep", options={"details": True}
    )

    assert "mode=normal first" in refused.value.next_step
    assert deep.estimate.ef_cost == pytest.approx(3 * EF_PER_ITEM)
    assert me.run(jobs.get, deep.job.id).columns[-3:] == ["emails_all", "email_source", "email_confidence"]


@pytest.mark.parametrize("wrong", [{"options": {"sort_buy": "note"}}, {"mode": "normal"}, {"capture_screenshot": True}])
async def test_an_option_that_the_module_does_not_have_is_refused_by_name(me: Caller, wrong: dict[str, Any]) -> None:
    with pytest.raises(UnknownOption) as refused:
        await call(me, "create_enrich_job", module="sort", items=SITES, **wrong)

    assert refused.value.next_step == "Options of sort: sort_by, order, desc, top_n."


async def test_neither_rows_nor_items_is_refused(me: Caller) -> None:
    with pytest.raises(NoItems):
        await call(me, "create_enrich_job", module="dead_check")


async def test_rows_without_what_the_module_needs_are_refused_in_its_words(me: Caller) -> None:
    with pytest.raises(NoWebsite):
        await call(me, "create_enrich_job", module="emails", items=[{"nom": "A"}])


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("create_scrap_job", {"queries": [], "zones": ["37000"]}),
        ("create_scrap_job", {**SEARCH, "wait_s": 46}),
        ("create_scrap_job", {**SEARCH, "max_ef": 2}),
        ("create_scrap_job", {**SEARCH, "idempotency_key": "k" * 65}),
        ("create_enrich_job", {"module": "sort", "items": [{}] * 201}),
        ("get_job", {"job_id": "j_1", "sample": 21}),
        ("list_jobs", {"limit": 101}),
    ],
)
async def test_arguments_beyond_their_bounds_are_refused(me: Caller, name: str, args: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        await call(me, name, **args)
