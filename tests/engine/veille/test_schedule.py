"""When veilles run: once each, whoever looks and whenever, and what is noted when they can't."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from engine.accounts.models import Account
from engine.context import Context, read, write
from engine.jobs.models import Job
from engine.privacy.erasure import erase
from engine.veille import operations as veilles
from engine.veille.compare import compare_due
from engine.veille.models import Veille
from tests.engine.veille.watch import Watch, open_watch, place
from tests.house import account

ROWS = [place(1), place(2)]


def test_a_veille_runs_first_after_its_days_and_then_each_so_many(watch: Watch) -> None:
    """C-359, C-377."""
    source = watch.source(ROWS)
    veille = watch.create(source, days=30)
    created = watch.veille(veille)

    early = watch.tick()
    watch.pass_days(30)
    watch.tick()

    assert (early, created.next_run_at - created.created_at) == (0, timedelta(days=30))
    (job,) = watch.open_jobs()
    assert job.config == watch.services.run(None, config_of, source)
    assert watch.veille(veille).next_run_at == created.next_run_at + timedelta(days=30)
    assert watch.runs(veille)[-1].status == "running"
    assert watch.tick() == 0


def test_an_overdue_veille_runs_once_and_not_once_for_each_missed_date(watch: Watch) -> None:
    veille = watch.create(watch.source(ROWS))

    watch.pass_days(100)
    replayed = [watch.tick(), watch.tick()]

    now = watch.services.run(None, now_of)
    assert replayed == [1, 0]
    assert len(watch.open_jobs()) == 1
    assert abs(watch.veille(veille).next_run_at - now - timedelta(days=7)) < timedelta(minutes=5)


def test_a_clock_that_goes_back_runs_nothing_twice(watch: Watch) -> None:
    watch.create(watch.source(ROWS))
    watch.pass_days(7.1)
    watch.tick()

    watch.pass_days(-3)
    replayed = [watch.tick()]
    watch.pass_days(3)
    replayed.append(watch.tick())

    assert replayed == [0, 0]


@pytest.mark.parametrize("status", ["paused", "deleted"])
def test_paused_and_deleted_veilles_do_not_run(watch: Watch, status: str) -> None:
    """C-363, C-379."""
    veille = watch.create(watch.source(ROWS))
    watch.me.run(veilles.change, veille, {"status": status})

    watch.pass_days(50)

    assert watch.tick() == 0


def test_a_veille_that_is_active_again_runs_at_once_when_it_is_overdue(watch: Watch) -> None:
    """C-379."""
    veille = watch.create(watch.source(ROWS))
    watch.me.run(veilles.change, veille, {"status": "paused"})
    watch.pass_days(50)
    watch.me.run(veilles.change, veille, {"status": "active"})

    assert (watch.tick(), watch.tick()) == (1, 0)


@pytest.mark.slow(30)
def test_of_many_that_look_at_once_one_replays(watch: Watch) -> None:
    veille = watch.create(watch.source(ROWS), days=1)
    together = Barrier(6)

    def look() -> int:
        together.wait()
        return watch.tick()

    replayed: list[int] = []
    for _ in range(5):
        watch.pass_days(1)
        with ThreadPoolExecutor(6) as workers:
            replayed.append(sum(run.result() for run in [workers.submit(look) for _ in range(6)]))

    assert replayed == [1] * 5
    assert len(watch.open_jobs()) == 5 == len(watch.runs(veille)) - 1


@pytest.mark.slow(30)
def test_of_many_that_compare_at_once_one_counts(watch: Watch) -> None:
    veille = watch.create(watch.source([place(n) for n in range(300)]))
    watch.pass_days(7)
    watch.tick()
    (job,) = watch.open_jobs()
    watch.end(job.id, [place(n) for n in range(100, 400)])
    together = Barrier(6)

    def compare() -> int:
        together.wait()
        return compare_due(watch.services)

    with ThreadPoolExecutor(6) as workers:
        compared = [run.result() for run in [workers.submit(compare) for _ in range(6)]]

    run = watch.runs(veille)[-1]
    assert sum(compared) == 1
    assert (run.new_count, run.removed_count, run.unchanged_count) == (100, 100, 200)
    assert watch.veille(veille).run_count == 2


@write
def deactivate(context: Context, account_id: int) -> None:
    context.session.get_one(Account, account_id).is_active = False


@write
def unverify(context: Context, account_id: int) -> None:
    context.session.get_one(Account, account_id).email_verified = False


@write
def misplace(context: Context, account_id: int) -> None:
    """A zone that no longer exists."""
    for veille in context.session.exec(select(Veille)).all():
        veille.template = {"job_type": "scrap", "config": {"queries": ["a"], "zones": ["Nulle-Part-sur-Mer"]}}


@write
def overcharge(context: Context, account_id: int) -> None:
    for veille in context.session.exec(select(Veille)).all():
        config = {"queries": [f"q{n}" for n in range(20)], "zones": ["Bretagne"], "scrape_mode": "ultra"}
        veille.template = {"job_type": "scrap", "config": config}


@write
def forget_module(context: Context, account_id: int) -> None:
    for veille in context.session.exec(select(Veille)).all():
        veille.template = {"job_type": "gone", "config": {}}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (deactivate, "désactivé"),
        (unverify, "mail"),
        (misplace, "Zone introuvable"),
        (overcharge, "Quota dépassé"),
        (forget_module, "Module inconnu"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_replay_that_is_refused_is_noted_and_the_next_stays_on_schedule(
    watch: Watch, spoil: Callable[[Context, int], None], reason: str
) -> None:
    """C-377."""
    veille = watch.create(watch.source(ROWS))
    before = watch.veille(veille).next_run_at
    watch.services.run(None, spoil, watch.me.principal.account_id)

    watch.pass_days(7)
    watch.tick()

    run = watch.runs(veille)[-1]
    assert (run.status, run.job_id) == ("failed", None)
    assert reason in (run.error_message or "")
    assert watch.open_jobs() == []
    assert watch.veille(veille).next_run_at == before + timedelta(days=7)
    assert watch.veille(veille).run_count == 1


def test_an_account_that_leaves_takes_its_veilles_along(watch: Watch) -> None:
    """C-076."""
    veille = watch.create(watch.source(ROWS))
    watch.run_once(veille, [place(1, note=1.0)])
    watch.pass_days(7)
    watch.tick()
    (job,) = watch.open_jobs()
    watch.end(job.id, ROWS)

    erase(watch.me, "owner@example.com")

    assert (watch.compare(), watch.tick()) == (0, 0)
    assert account(watch.services).run(veilles.list_veilles).items == []


def test_one_veille_that_breaks_stops_no_other(watch: Watch) -> None:
    broken, sound = watch.create(watch.source(ROWS)), watch.create(watch.source(ROWS))
    watch.services.run(None, break_template, broken)

    watch.pass_days(7)
    watch.tick()

    assert len(watch.runs(broken)) == 1
    assert watch.runs(sound)[-1].status == "running"


@pytest.mark.slow(60)
def test_a_year_of_weeks_with_restarts_anywhere_skips_and_doubles_no_run(tmp_path: Path) -> None:
    """C-376, C-377."""
    chance, day = random.Random(7), 0.0
    with open_watch(tmp_path) as watch:
        veille = watch.create(watch.source([place(n) for n in range(5)]))
        start = watch.veille(veille).created_at
    while day < 364:
        with open_watch(tmp_path) as watch:  # the process of before was killed wherever it was
            for _ in range(chance.randint(1, 16)):
                day = min(day + chance.uniform(0.2, 3.0), 364.5)
                watch.services.clock.offset = timedelta(days=day)
                for act in chance.sample(("tick", "work", "compare", "tick"), k=chance.randint(1, 4)):
                    do(watch, act)
    with open_watch(tmp_path) as watch:
        watch.pass_days(day)
        watch.tick()
        for job in watch.open_jobs():
            watch.end(job.id, ROWS)
        while compare_due(watch.services):
            pass
        runs = watch.runs(veille)[1:]

    assert len(runs) == 52
    assert [run.status for run in runs] == ["done"] * 52
    dates = [(run.created_at - start).total_seconds() / 86_400 for run in runs]
    assert all(7 * n <= date < 7 * (n + 1) for n, date in enumerate(dates, 1))
    chained = [(run.job_id, run.prev_job_id) for run in runs]
    assert all(later[1] == earlier[0] for earlier, later in pairwise(chained))


def do(watch: Watch, act: str) -> None:
    if act == "tick":
        watch.tick()
    elif act == "compare":
        compare_due(watch.services)
    else:
        for job in watch.open_jobs():
            watch.end(job.id, [place(n) for n in range(job.seq or 0, (job.seq or 0) + 5)])


@pytest.mark.slow(30)
def test_a_comparison_that_died_midway_is_done_anew_by_the_next(watch: Watch) -> None:
    veille = watch.create(watch.source([place(n) for n in range(10)]))
    watch.pass_days(7)
    watch.tick()
    (job,) = watch.open_jobs()
    watch.end(job.id, [place(n, note=1.0) for n in range(5, 15)])
    watch.services.run(None, die_midway, veille)

    while_leased = watch.compare()
    watch.pass_days(0.01)
    compared = watch.compare()

    run = watch.runs(veille)[-1]
    assert (while_leased, compared) == (0, 1)
    assert (run.new_count, run.removed_count, run.modified_count) == (5, 5, 5)


@write
def die_midway(context: Context, veille_id: int) -> None:
    """Somebody has begun to compare, and is gone."""
    veille = context.session.get_one(Veille, veille_id)
    veille.draft += 1
    veille.comparing_until = context.now() + timedelta(seconds=60)


@write
def break_template(context: Context, veille_id: int) -> None:
    context.session.get_one(Veille, veille_id).template = {}


@read
def config_of(context: Context, job_id: str) -> dict[str, Any]:
    return context.session.exec(select(Job).where(Job.id == job_id)).one().config


@read
def now_of(context: Context) -> datetime:
    return context.now()
