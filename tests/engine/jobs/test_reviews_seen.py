"""The newest review that an account got of a place: noted with its rows or not at all, and never moved back."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from engine.context import Caller, Context, Services, read, write
from engine.errors import StorageFull
from engine.jobs import gate, reviews_seen, store
from engine.jobs import operations as jobs
from engine.jobs.resume import resume
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.store import Ack, Batch
from engine.module import LastReview
from engine.modules.reviews import Reviews, ReviewsConfig, module
from engine.privacy.erasure import erase
from engine.worker.driver import Claim
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import claimed
from tests.engine.jobs.test_gate_races import at_once
from tests.house import account, ended, job_now, no_places, nowhere, order, rows_of, worker
from tests.modules.scripted_reviews import NOON, Town, asked_for, numbered, shop, stored, texts, worked


def last(place: str, number: int) -> LastReview:
    return LastReview(place, f"r{number}", NOON + timedelta(days=number))


def batch(*found: LastReview) -> Batch:
    return Batch(b"", len(found), 0, 0, len(found), [], {}, [], last_reviews=list(found))


def noted(services: Services, caller: Caller) -> dict[str, str]:
    """The places of an account, and the review that is noted of each."""

    @read
    def look(context: Context) -> dict[str, str]:
        found = reviews_seen.page(context.session, caller.principal.account_id, None, 1_000)
        return {one.place_id: one.review_id for one in found}

    return services.run(None, look)


@write
def saved(context: Context, claim: Claim, account_id: int, what: Batch) -> Ack | None:
    return reviews_seen.flush(context.session, claim, what, account_id)


def runner_of(services: Services, town: Town) -> JobRunner:
    outside = Outside(nowhere, no_places, lambda: town)
    return JobRunner(services, outside, name="w1", stopping=asyncio.Event(), module_of=lambda _: module)


def a_claim(services: Services, caller: Caller, kind: Reviews = module) -> Claim:
    return claimed(services, order(caller, kind, [shop("p1")], ReviewsConfig()))


def test_the_newest_is_kept_whatever_comes_after_it(services: Services) -> None:
    caller = account(services)
    claim, me = a_claim(services, caller), caller.principal.account_id

    for found in ([last("p1", 2), last("p2", 5)], [last("p1", 1)], [last("p2", 7), last("p2", 6)], [last("p1", 2)]):
        services.run(None, saved, claim, me, batch(*found))

    assert noted(services, caller) == {"p1": "r2", "p2": "r7"}


@pytest.mark.slow(20)
def test_of_jobs_that_note_the_same_places_at_once_the_newest_review_stays(services: Services) -> None:
    caller = account(services)
    me, places = caller.principal.account_id, [f"p{n}" for n in range(20)]
    wide = Reviews()
    wide.lane = "parallel"  # type: ignore[misc]
    claims = [a_claim(services, caller, wide) for _ in range(4)]

    def note(claim: Claim, number: int) -> None:
        rng = random.Random(number)
        for _ in range(10):
            mixed: Sequence[str] = rng.sample(places, len(places))
            services.run(None, saved, claim, me, batch(*(last(place, number) for place in mixed)))

    at_once([lambda claim=claim, number=number: note(claim, number) for number, claim in enumerate(claims)])

    assert noted(services, caller) == dict.fromkeys(places, "r3")


def test_who_lost_the_job_notes_nothing(services: Services) -> None:
    caller = account(services)
    claim = a_claim(services, caller)
    services.run(None, gate.reclaim_all)
    claimed_again = services.run(None, gate.claim, "w2", claim.job_id)

    assert isinstance(claimed_again, Claim)
    assert services.run(None, saved, claim, caller.principal.account_id, batch(last("p1", 1))) is None
    assert noted(services, caller) == {}


def test_a_note_goes_with_the_rows_that_could_not_be_saved(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = account(services)
    claim = a_claim(services, caller)

    def full(*_: object) -> Ack | None:
        raise StorageFull()

    monkeypatch.setattr(store, "flush", full)
    with pytest.raises(StorageFull):
        services.run(None, saved, claim, caller.principal.account_id, batch(last("p1", 1)))

    assert noted(services, caller) == {}


async def test_a_worker_that_dies_leaves_to_repeat_what_was_not_saved_alone(services: Services) -> None:
    caller, reached = account(services), asyncio.Event()

    async def hang_at_p5(place: str) -> None:
        if place == "p5":
            reached.set()
            await asyncio.sleep(60)

    town = Town({f"p{n}": numbered(n, n + 1) for n in range(8)}, before=hang_at_p5)
    job = stored(services, asked_for(caller, [shop(f"p{n}") for n in range(8)]))
    dying = asyncio.create_task(runner_of(services, town).run(claimed(services, job)))
    await reached.wait()
    while job_now(services, job).processed < 7:
        await asyncio.sleep(0.02)
    dying.cancel()
    await asyncio.wait([dying])
    assert noted(services, caller).keys() == {f"p{n}" for n in range(8)} - {"p5"}
    services.run(None, gate.reclaim_all)
    town.before = None
    town.asked.clear()

    async with worker(services, module, reviews=town):
        over = await ended(services, job)

    assert town.places == ["p5"]
    assert texts(services, over) == [f"p{n}: Avis {m}" for n in range(8) for m in (n + 1, n)]
    assert noted(services, caller) == {f"p{n}": f"r{n + 1}" for n in range(8)}
    check_consistent(services, over)


async def test_a_place_that_was_read_before_a_resume_is_not_read_again(services: Services) -> None:
    caller, reached = account(services), asyncio.Event()

    async def hang_at_p1(place: str) -> None:
        if place == "p1":
            reached.set()
            await asyncio.sleep(60)

    town = Town({"p0": numbered(1), "p1": numbered(2)}, before=hang_at_p1)
    # Stored as they are, as a pipeline would: the place that comes twice is met while the job runs.
    job = order(caller, module, [shop("p0"), shop("p1"), shop("p0"), shop("p1")], ReviewsConfig(only_new=True))
    async with worker(services, module, reviews=town):
        await reached.wait()
        while job_now(services, job).processed < 3:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(caller.run, jobs.cancel, job.id)
        await ended(services, job)
    town.before = None
    town.asked.clear()

    over = await worked(services, town, caller.run(resume, job.id))

    assert town.places == ["p1"]
    assert texts(services, over) == ["p0: Avis 1", "p1: Avis 2"]
    assert over.stats["repeated"] == 2


async def test_an_item_that_finds_no_room_at_first_is_no_repetition_of_itself(services: Services) -> None:
    caller, full = account(services), [True]

    async def no_room(place: str) -> None:
        if full.pop() if full else False:
            raise StorageFull()

    town = Town({"p1": numbered(1)}, before=no_room)
    job = await worked(services, town, asked_for(caller, [shop("p1")]))

    assert town.places == ["p1", "p1"]
    assert [row["avis_texte"] for row in rows_of(services, job)] == ["Avis 1"]


async def test_an_account_that_leaves_leaves_no_note_behind(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-076."""
    monkeypatch.setattr(reviews_seen, "PURGED", 3)
    caller, stays = account(services, "leaves@example.com"), account(services, "stays@example.com")
    places = [f"p{n}" for n in range(8)]
    await worked(services, Town({place: numbered(1) for place in places}), asked_for(caller, list(map(shop, places))))
    await worked(services, Town({"p1": numbered(2)}), asked_for(stays, [shop("p1")]))

    await asyncio.to_thread(erase, caller, "leaves@example.com")

    assert noted(services, caller) == {}
    assert noted(services, stays) == {"p1": "r2"}
