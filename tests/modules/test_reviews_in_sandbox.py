"""Reviews as Google Maps tells them to a real Chromium: the sandbox's page, against its truth."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from engine.clock import Clock
from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.models import Job, Status
from engine.modules import reviews as subject
from engine.modules.reviews import module
from engine.network.world import Gateway, open_gateway
from engine.rows.types import Row
from engine.sandbox.apis.llm_providers import sandbox_key
from engine.sandbox.apis.maps_desk import MapsFault
from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.truth import PlaceTruth, ReviewTruth, Truth
from engine.settings import Settings
from engine.sources.google_maps import GoogleMaps
from engine.sources.google_ways import Manners
from tests.api.graphs import chain, jobs_by_node, node
from tests.api.graphs import created as pipeline_created
from tests.api.graphs import over as pipeline_over
from tests.api_house import api_house
from tests.engine.network.browsing import chromium_or_skip
from tests.house import account, ended, house, job_now, rows_of, worker
from tests.modules.scripted_reviews import asked_for, stored

SECONDS = 60.0
HOTEL = "Hôtel"

pytestmark = [pytest.mark.slow(SECONDS), pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Outdoors:
    """A sandbox of this file's own, and the product's Chromium in it, which waits for nobody."""

    sandbox: RunningSandbox
    truth: Truth
    maps: GoogleMaps


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outdoors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outdoors]:
    folder = tmp_path_factory.mktemp("outdoors")
    with start(sites=60, directory=folder / "sandbox") as sandbox:
        async with open_gateway(settings_in(sandbox, folder), Clock()) as gateway:
            await chromium_or_skip(gateway)
            yield Outdoors(sandbox, sandbox.truth(), brisk(gateway))


def settings_in(sandbox: RunningSandbox, folder: Path) -> Settings:
    """Those of a product with three ways out."""
    outside: dict[str, Any] = {**sandbox.overrides, "egress_proxies": ",".join(sandbox.proxies)}
    return Settings.model_validate({**outside, "https_proxy": sandbox.proxy, "data_dir": folder})


def brisk(gateway: Gateway) -> GoogleMaps:
    return GoogleMaps(gateway.live, Clock(), manners=Manners(pause=0.0, rest=0.05, patience=1.0))


@pytest.fixture
def services(tmp_path: Path, outdoors: Outdoors, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(subject, "PAUSES_SECONDS", (0.1, 0.2))
    with house(tmp_path) as services:
        yield services
    outdoors.sandbox.maps.set()
    outdoors.sandbox.set_epoch(0)


async def worked(services: Services, outdoors: Outdoors, caller: Caller, items: Sequence[Row], **asked: Any) -> Job:
    async with worker(services, module, reviews=outdoors.maps):
        return await ended(services, stored(services, asked_for(caller, items, **asked)), seconds=SECONDS)


def item(place: PlaceTruth) -> Row:
    return {"nom": place.nom, "place_id": place.place_id, "note": place.note}


def told(review: ReviewTruth) -> Row:
    """The columns of a review, but for its link."""
    stars = review.stars if review.source == "Google" else review.stars / 2
    return {
        "avis_auteur": review.author,
        "avis_note": stars,
        "avis_date": f"{review.moment:%Y-%m-%d}",
        "avis_texte": review.text,
        "avis_reponse": review.reply,
    }


def expected(truth: Truth, places: list[PlaceTruth], *, most: int = 1_000) -> list[Row]:
    return [{**item(place), **told(review)} for place in places for review in truth.reviews(place.place_id)[:most]]


def without_links(rows: list[Row]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name != "avis_lien"} for row in rows]


def of_each_kind(truth: Truth) -> list[PlaceTruth]:
    """A place with more reviews than Maps shows, one with several pages, a hotel, one with few, one without any."""
    places = [place for place in truth.places_at(0).values() if place.statut == "OPERATIONAL"]
    kinds: tuple[Callable[[PlaceTruth], bool], ...] = (
        lambda place: (place.nb_avis or 0) > 60,
        lambda place: 20 < (place.nb_avis or 0) <= 60,
        lambda place: place.categorie == HOTEL,
        lambda place: 0 < (place.nb_avis or 0) < 10 and place.categorie != HOTEL,
        lambda place: not place.nb_avis,
    )
    return [next(place for place in places if kind(place)) for kind in kinds]


async def test_every_review_that_maps_shows_is_a_row(services: Services, outdoors: Outdoors) -> None:
    caller, places = account(services), of_each_kind(outdoors.truth)

    job = await worked(services, outdoors, caller, list(map(item, places)), max_reviews=500)

    rows = rows_of(services, job)
    assert (job.status, job.errors) == (Status.done, 0)
    assert without_links(rows) == expected(outdoors.truth, places)
    links = [str(row["avis_lien"]) for row in rows]
    assert sum("/maps/reviews/" in link for link in links) == len(rows) - 3
    assert sum("tripadvisor" in link for link in links) == 3
    assert caller.run(jobs.get, job.id).notice == "1 établissement est sans avis."


async def test_the_newest_twenty_are_asked_for_by_the_link_alone(services: Services, outdoors: Outdoors) -> None:
    caller, place = account(services), of_each_kind(outdoors.truth)[0]
    outdoors.sandbox.maps.forget_requests()

    job = await worked(services, outdoors, caller, [{"nom": place.nom, "lien_google_maps": place.lien_google_maps}])

    texts = [(row["avis_auteur"], row["avis_texte"]) for row in rows_of(services, job)]
    right = outdoors.truth.reviews(place.place_id)[:20]
    assert texts == [(review.author, review.text) for review in right]
    assert len(outdoors.sandbox.maps.requests("reviews")) == 1


async def test_a_later_job_brings_what_was_written_since_and_nothing_twice(
    services: Services, outdoors: Outdoors
) -> None:
    caller, truth = account(services), outdoors.truth
    places = list(islice((place for place in truth.places_at(0).values() if grows(truth, place)), 3))
    first = await worked(services, outdoors, caller, list(map(item, places)), max_reviews=100)
    outdoors.sandbox.set_epoch(1)

    second = await worked(services, outdoors, caller, [], source=first.id, max_reviews=100)

    fresh = [{**item(place), **told(review)} for place in places for review in written_since(truth, place)]
    assert (second.status, second.errors, second.planned) == (Status.done, 0, 3)
    assert without_links(rows_of(services, second)) == fresh
    assert len(fresh) >= 3


def grows(truth: Truth, place: PlaceTruth) -> bool:
    later = truth.places_at(1).get(place.place_id)
    counts = place.nb_avis or 0, (later and later.nb_avis) or 0
    return place.categorie != HOTEL and 0 < counts[0] < counts[1] < 60


def written_since(truth: Truth, place: PlaceTruth) -> list[ReviewTruth]:
    """The reviews of epoch 1 that came after all of epoch 0."""
    before = truth.reviews(place.place_id)
    return [one for one in truth.reviews(place.place_id, 1) if before and one.moment > before[0].moment]


async def test_a_refusal_keeps_what_came_before_it_and_harms_no_other_place(
    services: Services, outdoors: Outdoors
) -> None:
    caller, (popular, _, hotel, few, _) = account(services), of_each_kind(outdoors.truth)
    items: list[Row] = [item(popular), item(hotel), item(few), {"nom": "Nulle part", "place_id": "ChIJ" + "0" * 23}]
    outdoors.sandbox.maps.forget_requests()
    outdoors.sandbox.maps.set(
        MapsFault(kind="block", at="reviews", place=popular.place_id, from_page=1),
        MapsFault(kind="block", at="place", place=hotel.place_id),
    )

    job = await worked(services, outdoors, caller, items, max_reviews=100)

    truth = outdoors.truth
    assert (job.status, job.processed, job.errors) == (Status.done, 4, 3)
    assert without_links(rows_of(services, job)) == expected(truth, [popular], most=20) + expected(truth, [few])
    assert [one.answer for one in outdoors.sandbox.maps.requests("place")].count("block") == 3
    report = caller.run(results.report, job.id, 0).report
    assert isinstance(report, dict)
    assert dict(report["error"])["code"] == "reviews_cut"  # type: ignore[arg-type, call-overload]


async def test_a_page_that_hangs_does_not_keep_a_cancelled_job(services: Services, outdoors: Outdoors) -> None:
    caller, (popular, busy, *_) = account(services), of_each_kind(outdoors.truth)
    outdoors.sandbox.maps.set(MapsFault(kind="hang", at="reviews", place=busy.place_id))
    outdoors.sandbox.maps.forget_requests()

    async with worker(services, module, reviews=outdoors.maps):
        job = stored(services, asked_for(caller, [item(popular), item(busy)]))
        while not (
            job_now(services, job).processed
            and any(one.answer == "hang" for one in await asyncio.to_thread(outdoors.sandbox.maps.requests))
        ):
            await asyncio.sleep(0.05)
        begun = time.monotonic()
        await asyncio.to_thread(caller.run, jobs.cancel, job.id)
        job = await ended(services, job)
        passed = time.monotonic() - begun

    assert (job.status, job.results) == (Status.cancelled, 20)
    assert passed < 2.0, "a second, and the slowness of the machine"


async def test_a_pipeline_from_a_search_to_a_summary(outdoors: Outdoors, tmp_path: Path) -> None:
    """C-409, X-54."""
    graph = chain(
        node("found", "scrap", queries=["opticien"], zones=["Tours"]), node("said", "reviews", max_reviews=30)
    )
    given = settings_in(outdoors.sandbox, tmp_path)
    overrides = {name: getattr(given, name) for name in given.model_fields_set if name != "data_dir"}

    def walk() -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
        with api_house(tmp_path, works=True, **overrides) as running, running.client() as api:
            key = sandbox_key("openai", "good", tail="reviews-")
            connected = {"provider": "openai", "api_key": key, "model": "gpt-4.1-mini"}
            assert api.put("/api/settings/ai", json=connected).status_code == 200
            pipeline = pipeline_over(api, pipeline_created(api, graph)["id"], seconds=SECONDS)
            said = jobs_by_node(pipeline)["said"]["id"]
            rows = api.get(f"/api/jobs/{said}/items").json()["items"]
            return pipeline, rows, api.post(f"/api/jobs/{said}/review-summary").json()

    pipeline, rows, summary = await asyncio.to_thread(walk)

    places = {row["place_id"] for row in rows}
    right = {place: outdoors.truth.reviews(place)[:30] for place in places}
    assert pipeline["status"] == "done" and places
    assert len(rows) == sum(map(len, right.values()))
    assert summary["reviews"] == sum(review.text is not None for found in right.values() for review in found)
    assert summary["summary"] and summary["places"] == len(places) and summary["cost_usd"] > 0
