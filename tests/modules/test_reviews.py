"""The module reviews: one row a review, what is left out, what a refusal leaves, and asking again."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.errors import BadConfig
from engine.jobs.expiry import expire_due
from engine.jobs.models import Status
from engine.jobs.resume import resume
from engine.limits import RETENTION
from engine.modules import reviews as subject
from engine.modules.reviews import NoPlace, ReviewsConfig, module
from engine.pipelines.errors import IncompatibleEdge
from engine.pipelines.normalize import normalize
from engine.pipelines.validate import validate
from tests.engine.pipelines.bench import chain, node
from tests.house import account, ended, house, job_now, rows_of, worker
from tests.modules.scripted_reviews import NOON, Town, asked_for, numbered, review, shop, stored, texts, worked

COLUMNS = ["avis_auteur", "avis_note", "avis_date", "avis_texte", "avis_reponse", "avis_lien"]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path) as services:
        yield services


@pytest.fixture
def caller(services: Services) -> Caller:
    return account(services)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PAUSES_SECONDS", (0.0, 0.0))


async def test_each_review_is_a_row_of_its_place(services: Services, caller: Caller) -> None:
    told = review(1, text="Great place\nthank you", answer="Merci !", rating=4.25, link="Tripadvisor")
    job = await worked(services, Town({"p1": [told]}), asked_for(caller, [shop("p1")]))

    assert job.columns == ["nom", "place_id", "note", *COLUMNS]
    assert rows_of(services, job) == [
        {
            "nom": "Salon p1",
            "place_id": "p1",
            "note": 4.5,
            "avis_auteur": "Client 1",
            "avis_note": 4.25,
            "avis_date": "2026-05-28",
            "avis_texte": "Great place\nthank you",
            "avis_reponse": "Merci !",
            "avis_lien": "Tripadvisor",
        }
    ]
    assert (job.status, job.planned, job.results, job.errors) == (Status.done, 1, 1, 0)


async def test_rows_stand_place_by_place_the_newest_review_first(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 3, 2), "p2": numbered(5, 4)})
    items = [shop("p2"), shop("p1")]

    first = await worked(services, town, asked_for(caller, items))
    again = await worked(services, town, asked_for(caller, items))

    assert texts(services, first) == ["p2: Avis 5", "p2: Avis 4", "p1: Avis 3", "p1: Avis 2", "p1: Avis 1"]
    assert rows_of(services, again) == rows_of(services, first)


async def test_relevant_ones_keep_the_order_of_maps(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 3, 2)})

    job = await worked(services, town, asked_for(caller, [shop("p1")], sort="relevant", max_reviews=2))

    assert texts(services, job) == ["p1: Avis 1", "p1: Avis 3"]
    assert [(one.newest, one.limit) for one in town.asked] == [(False, 2)]


async def test_reviews_without_a_date_come_last(services: Services, caller: Caller) -> None:
    town = Town({"p1": [review(9, published=None), *numbered(1)]})

    job = await worked(services, town, asked_for(caller, [shop("p1")]))

    assert [row["avis_date"] for row in rows_of(services, job)] == ["2026-05-28", None]


async def test_received_columns_of_the_same_names_are_replaced(services: Services, caller: Caller) -> None:
    town = Town({"p1": [review(1, text=None)]})

    job = await worked(services, town, asked_for(caller, [shop("p1", avis_texte="ancien", ville="Tours")]))

    (row,) = rows_of(services, job)
    assert (row["avis_texte"], row["ville"]) == (None, "Tours")
    assert job.columns == ["nom", "place_id", "note", "ville", *COLUMNS]


async def test_the_report_of_a_place_tells_its_reviews_apart(services: Services, caller: Caller) -> None:
    town = Town({"p1": [review(2), review(1, source="Tripadvisor")]})
    job = await worked(services, town, asked_for(caller, [shop("p1")]))

    report = caller.run(results.report, job.id, 0).report

    assert report == {
        "place": "p1",
        "sources": {"Google": 1, "Tripadvisor": 1},
        "reviews": [
            {"id": "r2", "source": "Google", "published": "2026-05-29T12:00:00+00:00"},
            {"id": "r1", "source": "Tripadvisor", "published": "2026-05-28T12:00:00+00:00"},
        ],
    }


@pytest.mark.parametrize("name", ["Google Maps URL", "lien maps", "Place ID"])
async def test_names_of_the_needed_columns_are_forgiven(services: Services, caller: Caller, name: str) -> None:
    place = "https://maps.google.com/?cid=7"

    job = await worked(services, Town({place: numbered(1)}), asked_for(caller, [{"nom": "A", name: place}]))

    assert job.results == 1


def test_items_without_a_place_are_refused_with_the_names_that_would_do(caller: Caller) -> None:
    """C-348."""
    with pytest.raises(NoPlace) as refused:
        asked_for(caller, [{"nom": "Salon Dupont"}])

    assert refused.value.kind == "unprocessable"
    assert "lien_google_maps" in refused.value.text and "place id" in refused.value.text


@pytest.mark.parametrize("options", [{"max_reviews": 0}, {"max_reviews": 501}, {"sort": "oldest"}])
def test_options_have_their_bounds(caller: Caller, options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReviewsConfig.model_validate(options)
    with pytest.raises(BadConfig):
        asked_for(caller, [shop("p1")], **options)


def test_twenty_of_the_newest_are_the_default() -> None:
    config = ReviewsConfig()

    assert (config.max_reviews, config.sort, config.only_new) == (20, "recent", False)
    assert module.rows_at_most(config, 30, None) == 600


async def test_places_without_reviews_and_those_of_openstreetmap_are_left_out(
    services: Services, caller: Caller
) -> None:
    """C-347."""
    town = Town({"p1": [], "p2": [], "p3": numbered(1), "https://maps.google.com/?cid=1": numbered(2)})
    items = [
        *map(shop, ("p1", "osm:node/5", "p2", "p3")),
        shop("osm:way/6", lien_google_maps="https://maps.google.com/?cid=1"),
    ]

    job = await worked(services, town, asked_for(caller, items))

    assert texts(services, job) == ["p3: Avis 1", "osm:way/6: Avis 2"]
    assert (job.status, job.processed, job.errors) == (Status.done, 5, 0)
    assert caller.run(jobs.get, job.id).notice == (
        "2 établissements sont sans avis. "
        "1 établissement d'OpenStreetMap a été laissé de côté : cette source n'a pas d'avis."
    )


async def test_a_place_in_several_items_is_read_and_paid_once(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1), "p2": numbered(2)})

    asked = asked_for(caller, [shop("p1"), shop("p2"), shop("p1", ville="Tours")])
    job = await worked(services, town, asked)

    assert sorted(town.places) == ["p1", "p2"]
    assert texts(services, job) == ["p1: Avis 1", "p2: Avis 2"]
    assert asked.grid_points_count == 2
    assert asked.ef_cost == pytest.approx(module.cost(2, ReviewsConfig()))


async def test_a_refused_place_is_tried_again_and_then_an_error_of_its_own(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1), "p2": numbered(2), "p3": numbered(3)}, refused={"p1": (2, 0), "p2": (3, 0)})

    job = await worked(services, town, asked_for(caller, list(map(shop, ("p1", "p2", "p3", "gone")))))

    assert texts(services, job) == ["p1: Avis 1", "p3: Avis 3"]
    assert (job.status, job.processed, job.errors) == (Status.done, 4, 2)
    assert sorted(town.places) == ["gone", *["p1"] * 3, *["p2"] * 3, "p3"]


async def test_reviews_before_a_refusal_stay(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 2, 3, 4)}, refused={"p1": (3, 2)})

    job = await worked(services, town, asked_for(caller, [shop("p1")]))

    assert texts(services, job) == ["p1: Avis 4", "p1: Avis 3"]
    assert (job.status, job.results, job.errors) == (Status.done, 2, 1)
    report = caller.run(results.report, job.id, 0).report
    assert isinstance(report, dict)
    assert report["error"]["code"] == "reviews_cut"  # type: ignore[index, call-overload]


async def test_a_job_whose_every_place_fails_says_why(services: Services, caller: Caller) -> None:
    job = await worked(services, Town({}), asked_for(caller, [shop("p1"), shop("p2")]))

    assert (job.status, job.error_code, job.errors) == (Status.failed, "place_unknown", 2)
    assert (job.error_message or "").startswith("Établissement introuvable sur Google Maps : p")


async def test_a_job_after_an_earlier_one_brings_what_is_new_of_each_place_once(
    services: Services, caller: Caller
) -> None:
    town = Town({"p1": numbered(1, 2), "p2": numbered(3)})
    first = await worked(services, town, asked_for(caller, [shop("p1"), shop("p2")]))
    town.told["p1"] += numbered(6, 5)
    town.asked.clear()

    asked = asked_for(caller, source=first.id)
    second = await worked(services, town, asked)

    assert asked.grid_points_count == 2
    assert texts(services, second) == ["p1: Avis 6", "p1: Avis 5"]
    assert rows_of(services, second)[0].keys() == rows_of(services, first)[0].keys()
    assert {one.place: one.known for one in town.asked} == {"p1": ("r2",), "p2": ("r3",)}
    assert caller.run(jobs.get, second.id).notice == "1 établissement est sans nouvel avis."


async def test_such_a_job_brings_all_where_that_is_asked_for(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 2)})
    first = await worked(services, town, asked_for(caller, [shop("p1")]))

    second = await worked(services, town, asked_for(caller, source=first.id, only_new=False))

    assert texts(services, second) == texts(services, first) == ["p1: Avis 2", "p1: Avis 1"]


async def test_a_new_place_is_asked_as_ever_and_a_known_one_for_the_newest(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 2), "p2": numbered(1, 2)})
    await worked(services, town, asked_for(caller, [shop("p1")]))
    town.told["p1"] = numbered(1, 2, 3)
    town.asked.clear()

    options: dict[str, Any] = {"only_new": True, "sort": "relevant"}
    job = await worked(services, town, asked_for(caller, [shop("p1"), shop("p2")], **options))

    assert texts(services, job) == ["p1: Avis 3", "p2: Avis 1", "p2: Avis 2"]
    assert {one.place: one.newest for one in town.asked} == {"p1": True, "p2": False}


async def test_a_deleted_review_brings_no_older_one_back(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1, 2, 3)})
    await worked(services, town, asked_for(caller, [shop("p1")]))
    town.told["p1"] = numbered(1, 2)

    job = await worked(services, town, asked_for(caller, [shop("p1")], only_new=True))

    assert (job.status, job.results) == (Status.done, 0)


async def test_what_lies_behind_a_refusal_still_counts_as_new(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1)})
    await worked(services, town, asked_for(caller, [shop("p1")]))
    town.told["p1"], town.refused["p1"] = numbered(1, 2, 3, 4), (3, 1)

    cut = await worked(services, town, asked_for(caller, [shop("p1")], only_new=True))
    whole = await worked(services, town, asked_for(caller, [shop("p1")], only_new=True))

    assert texts(services, cut) == ["p1: Avis 4"]
    assert texts(services, whole) == ["p1: Avis 4", "p1: Avis 3", "p1: Avis 2"]


async def test_the_newest_review_outlives_its_rows_and_is_the_account_s_own(services: Services, caller: Caller) -> None:
    town = Town({"p1": numbered(1)})
    await worked(services, town, asked_for(caller, [shop("p1")]))
    services.clock.offset += RETENTION * 2
    expire_due(services)
    town.told["p1"] = numbered(1, 2)

    mine = await worked(services, town, asked_for(caller, [shop("p1")], only_new=True))
    other = account(services, "other@example.com")
    theirs = await worked(services, town, asked_for(other, [shop("p1")], only_new=True))

    assert texts(services, mine) == ["p1: Avis 2"]
    assert texts(services, theirs) == ["p1: Avis 2", "p1: Avis 1"]


async def test_an_earlier_job_without_a_row_names_no_place(services: Services, caller: Caller) -> None:
    empty = await worked(services, Town({"p1": []}), asked_for(caller, [shop("p1")]))

    with pytest.raises(NoPlace):
        asked_for(caller, source=empty.id)


async def test_rules_over_an_earlier_job_choose_among_its_places(services: Services, caller: Caller) -> None:
    town = Town({"p1": [review(1, rating=1.0)], "p2": [review(2, rating=5.0)]})
    first = await worked(services, town, asked_for(caller, [shop("p1"), shop("p2")]))
    town.asked.clear()
    below = {"conditions": [{"column": "avis_note", "op": "<", "value": 3}]}

    asked = caller.run(jobs.create, "reviews", {"only_new": False}, source_job_id=first.id, where=below)
    job = await worked(services, town, asked)

    assert town.places == ["p1"]
    assert texts(services, job) == ["p1: Avis 1"]


async def test_a_job_that_is_cancelled_stops_at_once_and_goes_on_after_the_last_place(
    services: Services, caller: Caller
) -> None:
    stuck = asyncio.Event()

    async def hang(place: str) -> None:
        if place == "p3":
            stuck.set()
            await asyncio.sleep(60)

    town = Town({f"p{n}": numbered(n, n + 10) for n in range(6)}, before=hang)
    items = [shop(f"p{n}") for n in range(6)]
    asked = asked_for(caller, items)
    async with worker(services, module, reviews=town):
        job = stored(services, asked)
        await stuck.wait()
        while job_now(services, job).processed < 5:
            await asyncio.sleep(0.02)
        begun = time.monotonic()
        await asyncio.to_thread(caller.run, jobs.cancel, job.id)
        job = await ended(services, job)
        passed = time.monotonic() - begun
    assert (job.status, job.results) == (Status.cancelled, 10)
    assert passed < 1.5, "a second, and the slowness of the machine"
    town.asked.clear()

    whole = await worked(services, replace(town, before=None), caller.run(resume, job.id))

    assert town.places == ["p3"]
    assert texts(services, whole) == [f"p{n}: Avis {m}" for n in range(6) for m in (n + 10, n)]
    assert rows_of(services, whole)[0]["avis_date"] == f"{NOON.replace(month=6, day=6):%Y-%m-%d}"


def test_nothing_takes_reviews() -> None:
    """C-248, X-54."""
    scrap = node("found", "scrap", queries=["coiffeur"], zones=["Tours"])
    leaf = chain(scrap, node("said", "reviews"))
    onward = chain(scrap, node("said", "reviews"), node("mail", "emails"))

    validate(normalize(leaf))
    with pytest.raises(IncompatibleEdge, match="Connexion reviews → emails incompatible"):
        validate(normalize(onward))
