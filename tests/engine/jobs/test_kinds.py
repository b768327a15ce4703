"""How each kind of module is worked: sources that grow, groups, tables, and rows of a job before."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from engine.context import Caller, Context, Services, write
from engine.errors import StorageFull
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.intake import Order, place
from engine.jobs.models import Job, Status
from engine.module import AnyModule, Item, NoConfig, Unreachable
from engine.rows.types import Row
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.modules import Backwards, Pairs, Tree, never, nodes_of
from tests.house import Shout, account, ended, job_now, order, rows_of, worker


def on_rows_of(caller: Caller, source: Job, module: AnyModule, planned: int) -> Job:
    """A job whose items are the rows of another."""

    @write
    def make(context: Context) -> Job:
        asked = Order(module, NoConfig(), context.account_id, input_job_seq=source.seq, planned=planned)
        return place(context, asked)

    return caller.run(make)


def tree_job(services: Services, roots: Sequence[Item]) -> Job:
    return order(account(services), Tree(), list(roots))


@pytest.mark.parametrize("width", [1, 8, 64])
async def test_growing_work_is_all_worked_each_item_once(services: Services, width: int) -> None:
    visits: Counter[str] = Counter()
    roots = [{"name": f"n{i}", "depth": 4} for i in range(20)]

    async def visit(item: Item) -> None:
        visits[item["name"]] += 1
        await asyncio.sleep(0.02 if width == 64 else 0.001)

    async with worker(services, Tree(visit, width=width)):
        job = await ended(services, tree_job(services, roots))

    assert set(visits) == nodes_of(roots)
    assert max(visits.values()) == 1
    assert (job.status, job.planned, job.results, job.errors) == (Status.done, 620, 620, 0)
    assert job.stats["nodes"] == 620 and job.stats["by_depth"]["4"] == 20
    check_consistent(services, job)


@pytest.mark.slow(20)
async def test_children_saved_while_the_first_items_are_still_read_are_worked_once(services: Services) -> None:
    roots = [{"name": f"n{i}", "depth": 1} for i in range(2_500)]  # more than a page
    visits: Counter[str] = Counter()

    async def visit(item: Item) -> None:
        visits[item["name"]] += 1
        await asyncio.sleep(0)

    async with worker(services, Tree(visit, width=16)):
        job = await ended(services, tree_job(services, roots), seconds=15)

    assert max(visits.values()) == 1
    assert (job.planned, job.processed, job.results) == (7_500, 7_500, 7_500)


async def test_a_source_of_which_every_item_failed_fails_with_its_error(services: Services) -> None:
    async with worker(services, Tree(never)):
        job = await ended(services, tree_job(services, [{"name": "a", "depth": 0}, {"name": "b", "depth": 0}]))

    assert (job.status, job.error_code, job.error_message) == (Status.failed, "tree_refused", "Arbre refusé")
    assert (job.results, job.errors, job.output_filename) == (0, 2, None)


async def test_a_source_that_only_broke_fails_too_and_tells_nothing_internal(services: Services) -> None:
    async def broken(item: Item) -> None:
        raise RuntimeError("a secret place in memory")

    async with worker(services, Tree(broken)):
        job = await ended(services, tree_job(services, [{"name": "a", "depth": 0}]))

    assert (job.status, job.error_code, job.error_message) == (Status.failed, "internal_error", "erreur interne")


@pytest.mark.slow(15)
async def test_an_item_that_finds_no_room_on_the_disk_is_worked_once_there_is_some(services: Services) -> None:
    job, full = order(account(services), Shout(), [{"word": "w0"}, {"word": "w1"}]), 2
    told: list[StorageFull] = []
    services.on_full = told.append

    async def no_room(row: Row) -> None:
        nonlocal full
        if full:
            full -= 1
            raise StorageFull

    async with worker(services, Shout(no_room)):
        await ended(services, job, seconds=12)

    assert [row["word"] for row in rows_of(services, job)] == ["w0", "w1"]
    assert (job_now(services, job).errors, len(told)) == (0, 2)


class Told(Shout):
    """Says in a column of its own why a row has nothing."""

    produces = ("shouted", "fault")
    error_column = "fault"


async def test_the_error_of_an_earlier_job_goes_with_the_next_one_that_has_none(services: Services) -> None:
    async def fail(row: Row) -> None:
        if row["word"] == "bad":
            raise Unreachable(url="https://a.fr", reason="timeout")

    rows = [{"word": word, "shouted": "OLD", "fault": "old"} for word in ("good", "bad")]
    async with worker(services, Told(fail)):
        job = await ended(services, order(account(services), Told(), rows))

    good, bad = rows_of(services, job)
    assert (good["shouted"], good["fault"]) == ("GOOD", None)
    assert (bad["shouted"], bad["fault"]) == ("OLD", "Inaccessible : https://a.fr (timeout)")


async def test_a_group_is_one_unit_and_its_rows_keep_their_places(services: Services) -> None:
    seen: list[list[object]] = []

    async def watch(rows: Sequence[Row]) -> None:
        seen.append([row["n"] for row in rows])

    async with worker(services, Pairs(watch)):
        rows = [{"n": n, "team": n % 3} for n in range(10)]
        job = await ended(services, order(account(services), Pairs(), rows))

    assert sorted(seen) == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]]
    assert rows_of(services, job) == [{"n": n, "team": n % 3, "size": 4 if n % 3 == 0 else 3} for n in range(10)]
    check_consistent(services, job)


async def test_each_row_of_a_group_has_a_report_of_its_own(services: Services) -> None:
    caller, rows = account(services), [{"n": n, "team": n % 2} for n in range(5)]
    async with worker(services, Pairs()):
        job = await ended(services, order(caller, Pairs(), rows))

    told = [caller.run(results.report, job.id, row) for row in range(5)]
    assert [(report.values["n"], report.report["place"]) for report in told] == [(n, n // 2) for n in range(5)]


async def test_a_group_that_fails_is_one_error_a_row(services: Services) -> None:
    async def fail(rows: Sequence[Row]) -> None:
        if rows[0]["team"] == "bad":
            raise RuntimeError("no")

    async with worker(services, Pairs(fail)):
        rows: list[Row] = [{"team": "bad"}, {"team": "good"}, {"team": "bad"}]
        job = await ended(services, order(account(services), Pairs(), rows))

    assert (job.status, job.results, job.errors) == (Status.done, 3, 2)
    assert [row["size"] for row in rows_of(services, job)] == [None, 1, None]


async def test_a_group_key_that_fails_ends_the_job_at_once(services: Services) -> None:
    async with worker(services, Pairs()):
        job = await ended(services, order(account(services), Pairs(), [{"no team": 1}]))

    assert (job.status, job.error_code) == (Status.failed, "internal_error")
    assert "team" not in (job.error_message or "")


@pytest.mark.parametrize("of_a_job", [False, True])
async def test_a_table_module_gives_the_chosen_rows_in_its_order(services: Services, of_a_job: bool) -> None:
    caller = account(services)
    rows: list[Row] = [{"word": "é", "n": n, 'a "b".c': None} for n in range(7)]
    async with worker(services, Shout(), Backwards()):
        if of_a_job:
            source = await ended(services, order(caller, Shout(), rows))
            job = await ended(services, on_rows_of(caller, source, Backwards(), 7))
        else:
            job = await ended(services, order(caller, Backwards(), rows))

    shouted = {"shouted": "É"} if of_a_job else {}
    assert rows_of(services, job) == [{**rows[n], **shouted} for n in (5, 3, 1)]
    assert (job.status, job.processed, job.results) == (Status.done, 7, 3)
    assert job.notice == ["7 lignes vues"]


async def test_items_of_a_job_before_are_its_usable_rows_numbered_among_themselves(services: Services) -> None:
    class Fussy(Shout):
        slug = "fussy"
        needs = ("word",)

    caller = account(services)
    async with worker(services, Shout(), Fussy()):
        rows: list[Row] = [{"word": "\u00a0" if n % 2 else f"w{n}", "n": n} for n in range(6)]
        source = await ended(services, order(caller, Shout(), rows))
        job = await ended(services, on_rows_of(caller, source, Fussy(), 3))

    assert [row["n"] for row in rows_of(services, job)] == [0, 2, 4]
    check_consistent(services, job)


async def test_an_item_cancelled_from_within_is_an_error_and_not_the_end(services: Services) -> None:
    async def cancelled_elsewhere(row: Row) -> None:
        if row["word"] == "b":
            raise asyncio.CancelledError

    async with worker(services, Shout(cancelled_elsewhere, width=1)):
        job = await ended(services, order(account(services), Shout(), [{"word": w} for w in "abc"]))

    assert (job.status, job.results, job.errors) == (Status.done, 3, 1)


async def test_an_item_that_hangs_is_given_up_after_its_time(services: Services) -> None:
    class Impatient(Shout):
        slug = "impatient"

        def item_timeout_seconds(self, config: NoConfig) -> float:
            return 0.2

    async def hang(row: Row) -> None:
        if row["word"] == "b":
            await asyncio.Event().wait()

    async with worker(services, Impatient(hang)):
        job = await ended(services, order(account(services), Impatient(), [{"word": w} for w in "abc"]))

    assert [row["shouted"] for row in rows_of(services, job)] == ["A", None, "C"]
    assert [line.message for line in account(services).run(results.logs, job.id)] == ["élément 2 : délai dépassé (0 s)"]


@pytest.mark.slow(10)
async def test_an_item_that_ignores_its_cancellation_does_not_hold_the_job(services: Services) -> None:
    release = asyncio.Event()

    async def stubborn(row: Row) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    caller = account(services)
    async with worker(services, Shout(stubborn)):
        job = order(caller, Shout(), [{"word": "a"}])
        while job_now(services, job).status != Status.running:
            await asyncio.sleep(0.02)
        caller.run(jobs.cancel, job.id)
        over = await ended(services, job, seconds=7)
        release.set()

    assert (over.status, over.results) == (Status.cancelled, 0)


async def test_a_failed_row_says_why_in_its_report(services: Services) -> None:
    """PRODUCT §5: the report of one row."""

    async def act(row: Row) -> None:
        if row["word"] == "away":
            raise Unreachable(url="https://exemple.fr", reason="timeout")
        if row["word"] == "odd":
            raise KeyError("something of ours")

    caller = account(services)
    async with worker(services, Shout(act)):
        job = await ended(services, order(caller, Shout(), [{"word": "away"}, {"word": "odd"}, {"word": "fine"}]))

    away, odd, fine = (caller.run(results.report, job.id, row).report for row in range(3))
    assert away["error"]["code"] == "unreachable" and "timeout" in away["error"]["message"]
    assert odd == {"error": {"code": "internal_error", "message": "erreur interne"}}
    assert fine == {"heard": True}
