"""A town of the sandbox internet whose restaurants open, close, lose stars, gain reviews and change their number,
watched by the product as it runs: real sockets, the real worker, the truth as the judge."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.context import Caller, Services
from engine.geo.zones import resolve
from engine.jobs import operations as jobs
from engine.runtime import open_services, work
from engine.sandbox.process import start
from engine.sandbox.truth import PlaceTruth, Truth
from engine.settings import Settings
from engine.veille import operations as veilles
from engine.veille import schedule
from engine.veille.compare import compare_due
from engine.veille.schemas import RunDetail, SignalList, SignalPublic
from tests.house import account

SECONDS = 60.0
DAYS = 7
QUERY, TOWN = "restaurant", "Lyon"


@pytest.mark.slow(SECONDS)
async def test_a_veille_tells_exactly_what_changed_in_its_town(tmp_path: Path) -> None:
    """C-368, C-369, C-370, C-372."""
    with (
        start(sites=60, directory=tmp_path / "sandbox") as sandbox,
        open_services(Settings(data_dir=tmp_path / "data", **sandbox.overrides)) as services,  # type: ignore[arg-type]
    ):
        me, truth = account(services), sandbox.truth()
        async with working(services):
            veille = await watched(services, me)
            for epoch in (1, 2):
                sandbox.set_epoch(epoch)
                run = await next_run(services, me, veille, count=epoch + 1)
                signals = await me.call(veilles.list_signals, veille, run.id)

                assert_buckets(run, truth, epoch)
                assert_signals(signals, truth, epoch)


@asynccontextmanager
async def working(services: Services) -> AsyncGenerator[None]:
    stopping = asyncio.Event()
    worker = asyncio.create_task(work(services, stopping))
    try:
        yield
    finally:
        stopping.set()
        await worker


async def watched(services: Services, me: Caller) -> int:
    """A veille on a search that is done, its baseline made of the search's own rows."""
    source = await me.call(jobs.create, "scrap", {"queries": [QUERY], "zones": [TOWN]})
    async with asyncio.timeout(SECONDS):
        while (await me.call(jobs.get, source.id)).completed_at is None:
            await asyncio.sleep(0.02)
    body = {"name": TOWN, "source_job_id": source.id, "frequency_days": DAYS}
    veille = (await me.call(veilles.create, body)).id
    baseline = await compared(services, me, veille, count=1)
    assert (baseline.is_baseline, baseline.job_id) == (True, source.id)
    return veille


async def next_run(services: Services, me: Caller, veille: int, *, count: int) -> RunDetail:
    services.clock.offset += timedelta(days=DAYS)
    await asyncio.to_thread(schedule.tick, services)
    return await compared(services, me, veille, count=count)


async def compared(services: Services, me: Caller, veille: int, *, count: int) -> RunDetail:
    """The last run once that many are compared, by the worker's own duty or by this."""
    async with asyncio.timeout(SECONDS):
        while (await me.call(veilles.get, veille)).run_count < count:
            await asyncio.to_thread(compare_due, services)
            await asyncio.sleep(0.02)
    return await me.call(veilles.get_run, veille)


def restaurants(truth: Truth, epoch: int) -> dict[str, PlaceTruth]:
    """What a right search finds in that epoch: the town's restaurants, those outside of its border left out."""
    zone = resolve(TOWN)
    places = truth.places_at(epoch).items()
    return {key: one for key, one in places if QUERY in one.words and zone.contains(one.lat, one.lon)}


def keys(rows: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(row["key"] for row in rows)


def assert_buckets(run: RunDetail, truth: Truth, epoch: int) -> None:
    before, now, changes = restaurants(truth, epoch - 1), restaurants(truth, epoch), truth.changes(epoch)
    opened, closed = now.keys() & set(changes.opened), before.keys() & set(changes.closed)
    changed = now.keys() & {*changes.lost_stars, *changes.gained_reviews, *changes.changed_phone}
    assert opened and closed and changed

    assert keys(run.samples.new) == sorted(opened)
    assert keys(run.samples.removed) == sorted(closed)
    assert keys(run.samples.modified) == sorted(changed)
    kinds = dict(columns(truth, epoch))
    assert {row["key"]: row["changed_fields"] for row in run.samples.modified} == {key: [kinds[key]] for key in changed}
    sizes = (
        run.new_count,
        run.removed_count,
        run.modified_count,
        run.unchanged_count,
        run.total_count,
        run.unseen_count,
    )
    same = len(before.keys() & now.keys()) - len(changed)
    assert sizes == (len(opened), len(closed), len(changed), same, len(now), 0)


def columns(truth: Truth, epoch: int) -> Iterable[tuple[str, str]]:
    changes = truth.changes(epoch)
    for ids, column in (
        (changes.lost_stars, "note"), (changes.gained_reviews, "nb_avis"), (changes.changed_phone, "telephone")
    ):  # fmt: skip
        yield from ((key, column) for key in ids)


def assert_signals(signals: SignalList, truth: Truth, epoch: int) -> None:
    before, now = restaurants(truth, epoch - 1), restaurants(truth, epoch)
    moved = [signal for key in before.keys() & now.keys() if (signal := expected(before[key], now[key]))]
    lost = [signal for signal in moved if signal["delta_note"] < 0]
    assert 0 < len(lost) < len(moved)

    told = [signal.model_dump(exclude={"score"}) for signal in signals.items]
    assert signals.total == len(moved)
    assert sorted(told, key=link) == sorted(moved, key=link)
    urgency = [(-signal.delta_note, surge(signal)) for signal in signals.items if signal.delta_note is not None]
    assert urgency == sorted(urgency, reverse=True)
    scores = [signal.score for signal in signals.items]
    assert scores == sorted(scores, reverse=True)


def expected(was: PlaceTruth, place: PlaceTruth) -> dict[str, Any] | None:
    """The signal of a place, by the documented thresholds."""
    if was.note is None or place.note is None or was.nb_avis is None or place.nb_avis is None:
        return None
    delta_note, delta_avis = round(place.note - was.note, 1), place.nb_avis - was.nb_avis
    if delta_note > -0.2 and delta_avis < 3:
        return None
    shown = ("nom", "adresse", "telephone", "site_web", "lien_google_maps")
    return {
        **{column: getattr(place, column) for column in shown},
        "email": None,
        "note_avant": was.note,
        "note_apres": place.note,
        "delta_note": delta_note,
        "avis_avant": was.nb_avis,
        "avis_apres": place.nb_avis,
        "delta_avis": delta_avis,
    }


def link(signal: dict[str, Any]) -> str:
    return signal["lien_google_maps"]


def surge(signal: SignalPublic) -> int:
    """Reviews above the noise floor."""
    return max((signal.delta_avis or 0) - 5, 0)
