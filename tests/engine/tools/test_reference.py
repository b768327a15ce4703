"""What the account may use: modules, and how much of it was used."""

from datetime import UTC, datetime

import pytest

from engine.ai.operations import caps
from engine.context import Caller, Services
from engine.jobs import gate
from engine.jobs import operations as jobs
from engine.jobs.errors import UnknownModule
from engine.jobs.usage import bounds
from engine.registry.announced import ANNOUNCED
from engine.registry.load import startable
from engine.tools import shape
from tests.engine.tools.toolshed import call
from tests.house import Shout, order


async def test_every_module_tells_what_it_needs_adds_and_costs(me: Caller) -> None:
    listed = await call(me, "list_modules", status="active")

    found = {one.slug: one for one in listed.modules}
    assert list(found) == list(startable())
    assert (found["verify_emails"].needs_columns, found["verify_emails"].unit) == (["email"], "addresses")
    assert found["emails"].produces_columns == ["email", "email_personal"]
    assert found["emails"].ef_per_item == pytest.approx(1 / 11_100, abs=1e-9)
    assert found["scrap"].ef_per_item == pytest.approx(1 / 44_012, abs=1e-9)
    assert found["emails"].config_schema is None
    assert "create_enrich_job runs another module" in listed.summary


async def test_a_step_of_pipelines_alone_is_told_apart_and_starts_no_job(me: Caller) -> None:
    listed = await call(me, "list_modules", status="node")

    assert [one.slug for one in listed.modules] == ["phone_info"]
    assert "status node: a step of pipelines alone" in listed.summary
    with pytest.raises(UnknownModule):
        await call(me, "create_enrich_job", module="phone_info", items=[{"telephone": "0612345678"}])


async def test_detailed_adds_the_options(me: Caller) -> None:
    listed = await call(me, "list_modules", category="pipeline", response_format="detailed")

    found = {one.slug: one.config_schema for one in listed.modules if one.status == "active"}
    assert found["sort"]["sort_by"]["type"] == "string"
    assert {"rules", "require_email"} <= set(found["filter"])


async def test_all_modules_fit_with_and_without_options(me: Caller) -> None:
    concise = await call(me, "list_modules")
    detailed = await call(me, "list_modules", response_format="detailed")

    assert {one.slug for one in concise.modules} == {one.slug for one in detailed.modules}
    assert {one.slug for one in concise.modules} >= {one.slug for one in ANNOUNCED if one.phase == "coming_soon"}


async def test_where_options_are_too_long_they_are_told_shorter_then_left_out(
    me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await call(me, "list_modules", status="active", response_format="detailed")
    room = shape.size_of(whole)

    for less, said in ((100, "without descriptions."), (room * 2 // 3, "config_schema did not fit")):
        monkeypatch.setattr("engine.tools.list_modules.BUDGET", room - less)
        shorter = await call(me, "list_modules", status="active", response_format="detailed")
        assert said in shorter.summary
    assert all(one.config_schema is None for one in shorter.modules)


@pytest.mark.parametrize(
    ("args", "slug"),
    [({"status": "unavailable"}, "finance"), ({"status": "on_demand", "category": "verification"}, "phone_carrier")],
)
async def test_what_is_announced_is_chosen_by_status_and_category(me: Caller, args: dict[str, str], slug: str) -> None:
    listed = await call(me, "list_modules", **args)

    assert [one.slug for one in listed.modules] == [slug]
    assert listed.summary == f"1 module: 1 {listed.modules[0].status}."


async def test_a_choice_of_nothing_says_so(me: Caller) -> None:
    listed = await call(me, "list_modules", status="unavailable", category="verification")

    assert (listed.modules, listed.summary) == ([], "No module fits these arguments.")


async def test_usage_adds_up_what_was_started(services: Services, me: Caller, stranger: Caller) -> None:
    for at in range(3):
        me.run(jobs.create, "dead_check", {}, items=[{"site_web": f"https://s{at}.invalid"}])
    stranger.run(jobs.create, "dead_check", {}, items=[{"site_web": "https://s.invalid"}])
    services.run(None, gate.claim, "w1")

    day, month = [await call(me, "get_usage", period=period) for period in ("day", "month")]

    assert (day.jobs_started, day.running, day.running_limit) == (3, 1, 5)
    assert day.ef_used == pytest.approx(3 / 11_100, abs=1e-6)
    assert (month.jobs_started, month.ef_used) == (3, day.ef_used)
    assert "in 3 jobs this day (UTC). 1 of at most 5 jobs run now" in day.summary
    assert day.resets_at.endswith("T00:00:00Z") and month.resets_at.endswith("-01T00:00:00Z")
    limits = me.run(caps)
    assert [one.ai.cap_usd for one in (day, month)] == [float(limits.per_day_usd), float(limits.per_month_usd)]
    assert shape.structured(day)["ai"].items() >= {"spent_usd": 0.0, "paused": False}.items()


async def test_a_new_account_has_used_nothing(me: Caller) -> None:
    used = await call(me, "get_usage")

    assert (used.ef_used, used.jobs_started, used.running) == (0, 0, 0)


async def test_what_was_cancelled_and_deleted_counts_and_does_not_run(me: Caller) -> None:
    job = order(me, Shout(), [{"word": "a"}])
    me.run(jobs.delete, job.id, cancel=True)

    used = await call(me, "get_usage")

    assert (used.jobs_started, used.running) == (1, 0)


@pytest.mark.parametrize(
    ("now", "period", "since", "until"),
    [
        ("2026-02-28T23:59:59", "day", "2026-02-28", "2026-03-01"),
        ("2024-02-29T00:00:00", "month", "2024-02-01", "2024-03-01"),
        ("2026-12-31T12:00:00", "month", "2026-12-01", "2027-01-01"),
        ("2026-12-31T12:00:00", "day", "2026-12-31", "2027-01-01"),
        ("2026-10-31T00:00:01", "month", "2026-10-01", "2026-11-01"),
    ],
)
def test_days_and_months_begin_at_midnight_utc(now: str, period: str, since: str, until: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = bounds(at, period)  # type: ignore[arg-type]

    assert [one.date().isoformat() for one in found] == [since, until]
    assert all(one.hour == 0 and one.tzinfo is UTC for one in found)
