"""The reviews of the map's places: pages, orders, kinds, counts, and what an epoch does to them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import mean
from typing import Any

import pytest

from engine.sandbox.apis.maps_desk import MapsFault
from engine.sandbox.apis.maps_reviews import SHOWN_MAX, Reviewed, histogram, reviews_of
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import PlaceTruth, ReviewTruth, Truth
from tests.sandbox.maps_client import Visitor, preview_url, reviews_url
from tests.sandbox.maps_client import visitor as visitor

# What the order of a `sort` goes by: text before none, the newest, the highest, the lowest.
ORDERS: dict[int, Callable[[ReviewTruth], float]] = {
    1: lambda one: one.text is None,
    2: lambda one: -one.moment.timestamp(),
    3: lambda one: -one.stars,
    4: lambda one: one.stars,
}


@pytest.fixture(scope="module")
def map_truth(maps_sandbox: RunningSandbox) -> Truth:
    return maps_sandbox.truth()


def place_with(truth: Truth, least: int, most: int, *, trade: str | None = None) -> PlaceTruth:
    """A place with so many reviews; no hotel unless asked for."""
    return next(
        one
        for one in truth.maps_places().values()
        if least <= (one.nb_avis or 0) <= most and (one.categorie == trade if trade else one.categorie != "Hôtel")
    )


async def all_reviews(visitor: Visitor, name: str, *, sort: int = 2, size: int = 20) -> list[list[Any]]:
    """The review documents of each page."""
    pages: list[list[Any]] = []
    token: str | None = ""
    while token is not None:
        answer = await visitor.document(reviews_url(name, sort=sort, size=size, token=token))
        pages.append([entry[0] for entry in answer[2]])
        token = answer[1]
    return pages


def read(document: Any) -> ReviewTruth:
    """A native or aggregated review, with its original text."""
    about, said, reply = document[1:4]
    texts: list[Any] = said[15] if len(said) > 15 else []
    return ReviewTruth(
        id=document[0],
        author=about[4][5][0],
        stars=said[0][0] if said[0] else said[8][1],
        moment=datetime.fromtimestamp(about[2] / 1e6, UTC),
        text=texts[0][0] if texts else None,
        reply=reply[14][0][0] if len(reply) > 14 else None,
        source=about[13][0],
    )


async def test_pages_of_twenty_tell_every_review_once_newest_first(visitor: Visitor, map_truth: Truth) -> None:
    place = place_with(map_truth, 41, 60)

    pages = await all_reviews(visitor, place.place_id)

    shown = [read(one) for page in pages for one in page]
    assert [len(page) for page in pages] == [20, 20, (place.nb_avis or 0) - 40]
    assert shown == list(map_truth.reviews(place.place_id))
    assert shown == sorted(shown, key=lambda one: one.moment, reverse=True)


async def test_a_place_is_known_by_its_feature_id_too(visitor: Visitor, map_truth: Truth) -> None:
    place = place_with(map_truth, 11, 20)
    feature = (await visitor.document(preview_url(place.place_id)))[6][10]

    [page] = await all_reviews(visitor, feature)

    assert [read(one) for one in page] == list(map_truth.reviews(place.place_id))


@pytest.mark.parametrize("sort", ORDERS)
async def test_every_order_tells_the_same_reviews(visitor: Visitor, map_truth: Truth, sort: int) -> None:
    place = place_with(map_truth, 30, 60)

    shown = [read(one) for page in await all_reviews(visitor, place.place_id, sort=sort, size=7) for one in page]

    assert shown == sorted(shown, key=ORDERS[sort])
    assert {one.id for one in shown} == {one.id for one in map_truth.reviews(place.place_id)}


async def test_a_token_belongs_to_its_place_and_order(visitor: Visitor, map_truth: Truth) -> None:
    place, other = place_with(map_truth, 30, 40), place_with(map_truth, 41, 60)
    token = (await visitor.document(reviews_url(place.place_id)))[1]

    wrong = [reviews_url(other.place_id, token=token), reviews_url(place.place_id, sort=1, token=token)]

    assert [(await visitor.visit(url)).status for url in (*wrong, reviews_url(place.place_id, token="CAQSx"))] == [
        400
    ] * 3


async def test_more_than_twenty_a_page_are_twenty(visitor: Visitor, map_truth: Truth) -> None:
    answer = await visitor.document(reviews_url(place_with(map_truth, 30, 60).place_id, size=50))

    assert len(answer[2]) == 20


async def test_a_place_without_reviews_has_an_empty_page(visitor: Visitor, map_truth: Truth) -> None:
    place = next(one for one in map_truth.maps_places().values() if one.note is None and one.categorie != "Hôtel")

    assert (await visitor.document(reviews_url(place.place_id)))[1:3] == [None, []]


async def test_a_foreign_review_comes_with_its_translation(visitor: Visitor, map_truth: Truth) -> None:
    place = place_with(map_truth, 40, 60)

    documents = [one for page in await all_reviews(visitor, place.place_id) for one in page]

    translated = [one[2] for one in documents if len(one[2]) > 15 and len(one[2][15]) == 2]
    assert translated
    for said in translated:
        assert said[14][0] in ("de", "en") and said[14][1] == "fr" and len(said[14]) == 5
        assert said[15][0][0] != said[15][1][0]


async def test_reviews_of_every_kind_are_there(visitor: Visitor, map_truth: Truth) -> None:
    place = place_with(map_truth, 40, 60, trade="Hôtel")

    documents = [one for page in await all_reviews(visitor, place.place_id) for one in page]

    shown = [read(one) for one in documents]
    aggregated = [one for one in shown if one.source == "Tripadvisor"]
    assert len(aggregated) == 3 and len(shown) == (place.nb_avis or 0) + 3
    assert any(one.stars > 5 for one in aggregated)
    assert any(one.text is None for one in shown) and any(one.reply for one in shown)
    assert all(len(one[2]) == 1 for one in documents if read(one).text is None)
    assert all(one[1][6].startswith("il y a ") for one in documents)


@pytest.mark.parametrize("count", [1, 4, 9, 10, 13, 59, 60])
@pytest.mark.parametrize("rating", [1.0, 2.7, 4.3, 4.9, 5.0])
def test_the_stars_make_the_rating(count: int, rating: float) -> None:
    found = reviews_of(Reviewed("ChIJx", rating, count, "Plombier"))

    assert len(found) == count
    assert mean(one.stars for one in found) == pytest.approx(rating, abs=0.5 / count + 1e-9)
    assert all(1 <= one.stars <= 5 for one in found)


async def test_the_histogram_counts_all_reviews_and_makes_the_rating(visitor: Visitor, map_truth: Truth) -> None:
    place = place_with(map_truth, 300, 2_400)

    counts = (await visitor.document(preview_url(place.place_id)))[6][175][3]

    assert sum(counts) == place.nb_avis
    assert sum(stars * count for stars, count in enumerate(counts, 1)) / sum(counts) == pytest.approx(
        place.note, abs=0.05
    )
    assert len(map_truth.reviews(place.place_id)) == SHOWN_MAX


def test_new_reviews_are_the_newest_and_leave_the_tens_before_them_as_they_were() -> None:
    before, after = (reviews_of(Reviewed("ChIJx", 4.3, count, "Plombier")) for count in (23, 31))

    assert after[11:] == before[3:]
    assert [one.id for one in after[8:]] == [one.id for one in before]
    assert min(one.moment for one in after[:8]) > max(one.moment for one in before)


def test_nobody_reviews_in_the_future_nor_twice_at_a_time() -> None:
    found = reviews_of(Reviewed("ChIJx", 4.3, 2_400, "Hôtel"))

    assert len({one.stamp for one in found}) == len(found) == SHOWN_MAX + 3
    assert max(one.moment for one in found) < datetime(2025, 1, 1, tzinfo=UTC)


async def test_an_epoch_adds_reviews_and_changes_stars(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    truth = maps_sandbox.truth()
    gained, lost = truth.changes(1).gained_reviews[0], few(truth, truth.changes(1).lost_stars)

    maps_sandbox.set_epoch(1)
    shown = {
        place: [read(one) for page in await all_reviews(visitor, place) for one in page] for place in (gained, lost)
    }

    assert shown == {place: list(truth.reviews(place, 1)) for place in (gained, lost)}
    assert {one.id for one in shown[gained]} - {one.id for one in truth.reviews(gained)}
    assert mean(one.stars for one in shown[lost]) < mean(one.stars for one in truth.reviews(lost))
    assert [one.id for one in shown[lost]] == [one.id for one in truth.reviews(lost)]


def few(truth: Truth, places: Sequence[str]) -> str:
    """The first of the places whose reviews can all be seen."""
    return next(one for one in places if 4 <= (truth.place(one).nb_avis or 0) <= SHOWN_MAX)


async def test_reviews_fail_when_they_shall(visitor: Visitor, maps_sandbox: RunningSandbox, map_truth: Truth) -> None:
    place = place_with(map_truth, 30, 60)
    first = reviews_url(place.place_id)
    token = (await visitor.document(first))[1]
    maps_sandbox.maps.forget_requests()
    maps_sandbox.maps.set(MapsFault(kind="block", at="reviews", place=place.place_id, from_page=1))

    statuses = [(await visitor.visit(url)).status for url in (first, reviews_url(place.place_id, token=token))]

    assert statuses == [200, 302]
    assert [(one.place, one.page, one.answer) for one in maps_sandbox.maps.requests("reviews")] == [
        (place.place_id, 0, "given"),
        (place.place_id, 1, "block"),
    ]


def test_the_histogram_of_nothing_is_zeros() -> None:
    assert histogram(Reviewed("ChIJx", None, 0, "Plombier")) == [0] * 5
