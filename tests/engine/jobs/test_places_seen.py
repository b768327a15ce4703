"""`only_new`: an account gets each place once, whatever races, dies, or is saved twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlmodel import select

from engine.context import Caller, Context, Services, read, write
from engine.jobs import gate, places_seen
from engine.jobs import operations as jobs
from engine.jobs.expiry import expire_due
from engine.jobs.models import AccountPlace, Job, JobKnownPlace, JobRow, Status
from engine.jobs.places_seen import Memory
from engine.jobs.resume import resume
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.store import Ack, Batch
from engine.limits import RETENTION
from engine.module import Found, Item, Run
from engine.modules.scrap import Scrap, ScrapConfig
from engine.modules.scrap import module as scrap
from engine.privacy.erasure import erase
from engine.rows.types import Row
from engine.suppressions import operations as suppressions
from engine.worker.driver import Claim
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import claimed, progressed
from tests.engine.jobs.test_gate_races import at_once
from tests.house import account, ended, job_now, no_places, nowhere, order, rows_of, worker

Act = Callable[[Item], Awaitable[None]]


class Finder(Scrap):
    """A search that knows beforehand what each of its tiles holds: `places` of the item."""

    def __init__(self, act: Act | None = None, *, width: int = 4) -> None:
        self._act, self._width = act, width

    def width(self, config: ScrapConfig) -> int:
        return self._width

    async def find(self, item: Item, config: ScrapConfig, run: Run) -> Found:
        if self._act is not None:
            await self._act(item)
        found = [place for place in item["places"] if run.seen.add(place)]
        rows: list[Row] = [{"place_id": place, "requete": item["query"], "zone": "Tours"} for place in found]
        return Found(rows, stats={"by_query": {item["query"]: len(rows)}, "by_zone": {"Tours": len(rows)}})


def tile(*places: str, query: str = "coiffeur") -> Item:
    return {"query": query, "places": list(places)}


def search(caller: Caller, *tiles: Item, only_new: bool = True) -> Job:
    config = ScrapConfig.model_validate({"queries": ["coiffeur"], "zones": ["Tours"], "only_new": only_new})
    return order(caller, Finder(), tiles, config)


async def found(services: Services, job: Job, act: Act | None = None) -> Job:
    """The search, once a worker has ended it."""
    async with worker(services, Finder(act)):
        return await ended(services, job)


def places_in(services: Services, job: Job) -> list[str]:
    return [str(row["place_id"]) for row in rows_of(services, job)]


def notice_of(caller: Caller, job: Job) -> str | None:
    return caller.run(jobs.get, job.id).notice


def noted(services: Services, caller: Caller) -> dict[str, int]:
    """The places of an account, and the job that each counts for."""

    @read
    def look(context: Context) -> dict[str, int]:
        mine = select(AccountPlace).where(AccountPlace.account_id == caller.principal.account_id)
        return {place.place_id: place.first_job for place in context.session.exec(mine)}

    return services.run(None, look)


async def test_places_of_an_earlier_search_are_left_out_and_counted(services: Services) -> None:
    caller = account(services)
    first = await found(services, search(caller, tile("p1", "p2"), only_new=False))

    second = await found(services, search(caller, tile("p2", "p3"), tile("p1", query="barbier")))

    assert places_in(services, second) == ["p3"]
    assert notice_of(caller, second) == "2 établissements déjà obtenus ont été laissés de côté."
    shown = caller.run(jobs.get, second.id)
    assert (shown.status, shown.results_count, shown.processed_points) == ("done", 1, 2)
    assert shown.breakdown == {"by_query": {"coiffeur": 1, "barbier": 0}, "by_zone": {"Tours": 1}}
    assert noted(services, caller) == {"p1": first.seq, "p2": first.seq, "p3": second.seq}
    check_consistent(services, second)


async def test_a_search_without_the_option_keeps_what_is_known_and_says_nothing(services: Services) -> None:
    caller = account(services)
    first = await found(services, search(caller, tile("p1"), only_new=True))

    second = await found(services, search(caller, tile("p1", "p2"), only_new=False))

    assert places_in(services, second) == ["p1", "p2"]
    assert (second.results, notice_of(caller, second)) == (2, None)
    assert noted(services, caller) == {"p1": first.seq, "p2": second.seq}


async def test_a_search_of_which_everything_is_known_is_done_without_a_row(services: Services) -> None:
    caller = account(services)
    await found(services, search(caller, tile("p1")))

    second = await found(services, search(caller, tile("p1")))

    assert (second.status, second.results) == (Status.done, 0)
    assert notice_of(caller, second) == "1 établissement déjà obtenu a été laissé de côté."


async def test_what_another_account_got_is_new(services: Services) -> None:
    await found(services, search(account(services, "somebody@example.com"), tile("p1")))

    job = await found(services, search(account(services), tile("p1")))

    assert places_in(services, job) == ["p1"]


async def test_a_place_whose_row_is_blanked_is_known_too(services: Services) -> None:
    caller = account(services)
    caller.run(suppressions.add, ["contact@exemple.fr"])
    await found(services, search(caller, tile("p1", query="contact@exemple.fr"), only_new=False))

    job = await found(services, search(caller, tile("p1", query="contact@exemple.fr")))

    assert (job.results, job.stats["known_places"]) == (0, 1)


async def test_neither_the_purge_nor_the_deletion_of_a_job_forgets_its_places(services: Services) -> None:
    caller = account(services)
    deleted = await found(services, search(caller, tile("p1")))
    await found(services, search(caller, tile("p2")))
    caller.run(jobs.delete, deleted.id)
    services.clock.offset += RETENTION * 2
    expire_due(services)

    job = await found(services, search(caller, tile("p1", "p2", "p3")))

    assert places_in(services, job) == ["p3"]


async def test_an_account_that_leaves_leaves_no_place_behind(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-076."""
    monkeypatch.setattr(places_seen, "PURGED", 3)
    caller, stays = account(services, "leaves@example.com"), account(services, "stays@example.com")
    await found(services, search(caller, tile(*(f"p{n}" for n in range(10)))))
    other = await found(services, search(stays, tile("p1")))

    await asyncio.to_thread(erase, caller, "leaves@example.com")

    assert noted(services, caller) == {}
    assert noted(services, stays) == {"p1": other.seq}


def gated(tiles: int) -> Act:
    """Lets so many tiles through; the next one waits for ever."""
    begun = 0

    async def act(item: Item) -> None:
        nonlocal begun
        begun += 1
        if begun > tiles:
            await asyncio.Event().wait()

    return act


async def died_after(services: Services, job: Job, tiles: int) -> None:
    """Work a search until so many tiles are saved, and let its worker die: nothing more is written."""
    module = Finder(gated(tiles), width=1)
    runner = JobRunner(
        services, Outside(nowhere, no_places), name="w1", stopping=asyncio.Event(), module_of=lambda slug: module
    )
    working = asyncio.create_task(runner.run(claimed(services, job)))
    await progressed(services, job, tiles)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    services.run(None, gate.reclaim_all)


async def test_a_restart_takes_its_own_places_for_its_own_and_counts_none_twice(services: Services) -> None:
    caller = account(services)
    await found(services, search(caller, tile("known"), only_new=False))
    job = search(caller, tile("p1", "known"), tile("p2"), tile("p1", "known", "p3"))
    await died_after(services, job, 2)

    over = await found(services, job)

    assert places_in(services, over) == ["p1", "p2", "p3"]
    assert (over.results, over.stats["known_places"], over.stats["by_zone"]) == (3, 1, {"Tours": 3})
    check_consistent(services, over)


async def test_a_resumed_search_goes_on_with_its_own_places(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.jobs.intake.modules", lambda: {"scrap": Finder()})
    caller = account(services)
    await found(services, search(caller, tile("known"), only_new=False))
    job = search(caller, tile("p1", "known"), tile("p1", "known", "p2"))
    await died_after(services, job, 1)
    caller.run(jobs.cancel, job.id)

    again = caller.run(resume, job.id)
    over = await found(services, by_id(services, again.id))

    assert places_in(services, over) == ["p1", "p2"]
    assert over.stats["known_places"] == 1
    assert notice_of(caller, over) == "1 établissement déjà obtenu a été laissé de côté."
    check_consistent(services, over)


def by_id(services: Services, job_id: str) -> Job:
    with services.db.transaction("read") as session:
        return session.exec(select(Job).where(Job.id == job_id)).one()


@pytest.mark.slow(15)
async def test_more_rows_of_a_tile_than_are_held_are_sifted_too(services: Services) -> None:
    caller = account(services)
    await found(services, search(caller, tile(*(f"p{n}" for n in range(0, 2_500, 2)))))

    job = await found(services, search(caller, tile(*(f"p{n}" for n in range(2_500)), query="\ud800")))

    assert places_in(services, job) == [f"p{n}" for n in range(1, 2_500, 2)]
    assert (job.results, job.stats["known_places"]) == (1_250, 1_250)
    check_consistent(services, job)


@write
def save(context: Context, claim: Claim, places: Sequence[str], *, only_new: bool = True) -> Ack | None:
    """Save a batch with these places, as the runner does."""
    rows: list[Row] = [{"place_id": place, "requete": "coiffeur", "zone": "Tours"} for place in places]
    stats: dict[str, Any] = {"by_query": {"coiffeur": len(rows)}, "by_zone": {"Tours": len(rows)}}
    placed = [(0, sub, row) for sub, row in enumerate(rows)]
    batch = Batch(b"\x01", 1, len(rows), 0, 1, ["place_id"], stats, [], rows=placed)
    job = context.session.get_one(Job, claim.seq)
    memory = Memory(job.account_id, "place_id", only_new, scrap.left_out)
    ack = places_seen.flush(context.session, claim, batch, memory)
    assert batch.results == len(batch.rows) == len(places)
    return ack


@pytest.mark.slow(30)
def test_of_searches_at_the_same_moment_each_place_goes_to_exactly_one(services: Services) -> None:
    caller = account(services)
    for turn in range(3):
        places = [f"{turn}-{n}" for n in range(2_500)]
        both = [search(caller, tile()) for _ in range(3)]
        claims = [claim_of(services, job) for job in both]
        orders = (places, places[::-1], places[1_200:] + places[:1_200])

        acks = at_once(
            [
                lambda claim=claim, mine=mine: services.run(None, save, claim, mine)
                for claim, mine in zip(claims, orders, strict=True)
            ]
        )

        kept = [place for job in both for place in places_in(services, job)]
        assert sorted(kept) == sorted(places)
        assert sum(ack.left_out for ack in acks if ack is not None) == 2 * len(places)
        for job in both:
            check_consistent(services, job)


def claim_of(services: Services, job: Job) -> Claim:
    """The job as if one of several workers had it, whatever its lane says of how many may."""

    @write
    def take(context: Context) -> Claim:
        now = context.now()
        job_now = context.session.get_one(Job, job.seq)
        job_now.status, job_now.fence, job_now.started_at = Status.running, 1, now
        job_now.lease_until = now + gate.LEASE
        context.session.add(job_now)
        return Claim(job.seq or 0, job.id, 1, "serial", now, services.clock.monotonic())

    return services.run(None, take)


def test_a_batch_whose_commit_seemed_lost_is_saved_once_and_left_out_once(services: Services) -> None:
    caller = account(services)
    services.run(None, save, claim_of(services, search(caller, tile())), ["p1"], only_new=False)
    job = search(caller, tile())
    claim = claim_of(services, job)

    acks = [services.run(None, save, claim, ["p1", "p2"]) for _ in range(2)]

    assert [ack and (ack.left_out, ack.stats["known_places"]) for ack in acks] == [(1, 1), (1, 1)]
    assert (places_in(services, job), job_now(services, job).results) == (["p2"], 1)
    assert job_now(services, job).stats == {
        "by_query": {"coiffeur": 1}, "by_zone": {"Tours": 1}, "known_places": 1,
    }  # fmt: skip


def test_a_worker_that_was_replaced_notes_no_place(services: Services) -> None:
    caller = account(services)
    job = search(caller, tile())
    stale = claim_of(services, job)
    services.run(None, gate.release, stale)
    claimed(services, job, me="w2")

    assert services.run(None, save, stale, ["p1"]) is None
    assert noted(services, caller) == {}


def test_an_id_of_any_length_and_kind_is_remembered(services: Services) -> None:
    caller = account(services)
    odd = ["x" * 10_000, "x" * 10_001, "nul\0", "é'\"%", "\ud800"]
    services.run(None, save, claim_of(services, search(caller, tile())), odd)

    ack = services.run(None, save, claim_of(services, search(caller, tile())), [*odd, "new"])

    assert ack is not None and ack.left_out == len(odd)


def test_what_a_job_left_out_goes_with_its_rows(services: Services) -> None:
    caller = account(services)
    services.run(None, save, claim_of(services, search(caller, tile())), ["p1"])
    job = search(caller, tile())
    claim = claim_of(services, job)
    services.run(None, save, claim, ["p1"])
    services.run(None, gate.finish, claim, "done")
    caller.run(jobs.delete, job.id)

    expire_due(services)

    assert services.run(None, held_by, job.seq or 0) == 0


@read
def held_by(context: Context, seq: int) -> int:
    rows = context.session.exec(select(JobRow).where(JobRow.job_seq == seq)).all()
    left_out = context.session.exec(select(JobKnownPlace).where(JobKnownPlace.job_seq == seq)).all()
    return len(rows) + len(left_out)
