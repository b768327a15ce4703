"""The source google_maps over the sandbox's replica of the page, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from engine.sandbox.apis.maps_desk import MapsFault
from engine.sandbox.process import RunningSandbox
from engine.sources.errors import PlaceUnknown, TileBlocked
from engine.sources.google_maps import GoogleMaps
from engine.sources.google_ways import Manners
from engine.sources.quadtree import tile_of
from engine.sources.types import SearchResult
from tests.engine.sources.google_maps_house import DENSE, MEDIUM, SPARSE, Maps, cell_in, maps_in

pytestmark = [pytest.mark.slow(40), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def maps(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Maps]:
    async with maps_in(running_sandbox, tmp_path_factory.mktemp("maps"), proxies=2) as maps:
        yield maps
        running_sandbox.maps.set()


def ids(result: SearchResult) -> list[str]:
    return [place.place_id for place in result.places]


async def test_a_crowded_tile_is_scrolled_to_its_120_places_and_saturated(maps: Maps) -> None:
    """C-382."""
    result = await maps.search("restaurant", cell_in(DENSE))

    assert len(set(ids(result))) == 120
    assert result.saturated


async def test_a_tile_with_fewer_places_is_read_to_the_end_of_its_list(maps: Maps) -> None:
    cell = cell_in(MEDIUM)

    result = await maps.search("restaurant", cell)

    assert maps.sandbox.truth().maps(cell.bounds, "restaurant") <= set(ids(result))
    assert 20 < len(result.places) < 120
    assert not result.saturated


async def test_places_have_the_columns_that_the_map_knows(maps: Maps) -> None:
    result = await maps.search("restaurant", cell_in(MEDIUM))

    truth = maps.sandbox.truth().maps_places()
    for place in result.places:
        known = truth[place.place_id]
        for column in ("nom", "telephone", "adresse", "ville", "code_postal", "categorie", "note", "nb_avis"):
            assert place.row[column] == getattr(known, column), column


async def test_a_single_hit_opens_its_panel_and_is_found(maps: Maps) -> None:
    result = await maps.search("hôtel", cell_in(SPARSE))

    assert len(result.places) == 1
    assert set(ids(result)) <= maps.sandbox.truth().maps_places().keys()


async def test_a_query_without_a_result_finds_nothing(maps: Maps) -> None:
    assert await maps.search("zzyzx", cell_in(MEDIUM)) == SearchResult(())


async def test_two_searches_of_a_tile_tell_the_same_places_in_the_same_order(maps: Maps) -> None:
    first, second = [await maps.search("avocat", cell_in(DENSE)) for _ in range(2)]

    assert ids(first) == ids(second)


async def test_consent_is_asked_for_once_by_each_way_out(maps: Maps) -> None:
    source = maps.with_manners()
    for way in range(2):
        await maps.gateway.live.renew(way)
    maps.sandbox.maps.forget_requests()

    for _ in range(4):
        await source.search("hôtel", tile_of(cell_in(SPARSE)))

    answers = [(one.egress, one.answer) for one in maps.sandbox.maps.requests("search")]
    assert answers.count(("egress-1", "consent")) == answers.count(("egress-2", "consent")) == 1
    assert answers.count(("egress-1", "given")) == answers.count(("egress-2", "given")) == 2


async def test_a_blocked_way_out_rests_and_the_next_try_goes_by_another(maps: Maps) -> None:
    source = maps.with_manners(Manners(pause=0.0, rest=600.0))
    maps.sandbox.maps.forget_requests()
    with maps.sandbox.maps.misbehaving(MapsFault(kind="block", egress="egress-1")):
        with pytest.raises(TileBlocked, match="captcha"):
            await source.search("hôtel", tile_of(cell_in(SPARSE)))
        found = [await source.search("hôtel", tile_of(cell_in(SPARSE))) for _ in range(3)]

    assert all(len(result.places) == 1 for result in found)
    told = [one.egress for one in maps.sandbox.maps.requests("search") if one.answer != "consent"]
    assert told == ["egress-1", "egress-2", "egress-2", "egress-2"]


async def test_where_every_way_out_is_blocked_nobody_is_asked_any_more(maps: Maps) -> None:
    source = maps.with_manners(Manners(pause=0.0, rest=600.0, patience=0.0))
    with maps.sandbox.maps.misbehaving(MapsFault(kind="block")):
        reasons = [await _refusal(source) for _ in range(2)]
        maps.sandbox.maps.forget_requests()
        reasons.append(await _refusal(source))

    assert reasons == ["captcha", "captcha", "every_way"]
    assert not maps.sandbox.maps.requests()


async def test_a_captcha_in_the_middle_of_a_list_refuses_the_tile(maps: Maps) -> None:
    fault = MapsFault(kind="block", at="results", from_page=2)
    with maps.sandbox.maps.misbehaving(fault), pytest.raises(TileBlocked, match="captcha"):
        await maps.search("restaurant", cell_in(DENSE))


async def test_an_answer_that_can_not_be_read_refuses_the_tile(maps: Maps) -> None:
    fault = MapsFault(kind="broken_json", at="results", from_page=1)
    with maps.sandbox.maps.misbehaving(fault), pytest.raises(TileBlocked, match="unreadable"):
        await maps.search("restaurant", cell_in(DENSE))


async def test_a_list_that_stops_growing_without_a_word_gives_what_it_shows(maps: Maps) -> None:
    with maps.sandbox.maps.misbehaving(MapsFault(kind="stuck", at="results", from_page=2)):
        result = await maps.search("restaurant", cell_in(DENSE))

    assert len(result.places) == 40
    assert not result.saturated


async def test_slow_answers_are_waited_for(maps: Maps) -> None:
    with maps.sandbox.maps.misbehaving(MapsFault(kind="slow", at="results", times=1, seconds=1.5)):
        result = await maps.search("restaurant", cell_in(MEDIUM))

    assert len(result.places) > 20


async def test_a_page_that_crashes_is_opened_again(maps: Maps) -> None:
    with maps.sandbox.maps.misbehaving(MapsFault(kind="crash", times=1)):
        result = await maps.search("restaurant", cell_in(MEDIUM))

    assert len(result.places) > 20


async def test_a_page_that_always_crashes_costs_its_own_tile_alone(maps: Maps) -> None:
    cell, other = cell_in(SPARSE), cell_in(MEDIUM)
    with maps.sandbox.maps.misbehaving(MapsFault(kind="crash", bounds=cell.bounds)):
        crashed, found = await asyncio.gather(
            maps.search("hôtel", cell), maps.search("restaurant", other), return_exceptions=True
        )

    assert isinstance(crashed, TileBlocked)
    assert isinstance(found, SearchResult)
    assert len(found.places) > 20


async def test_each_way_out_serves_its_share_of_what_is_asked_at_once(maps: Maps) -> None:
    source = maps.with_manners()
    maps.sandbox.maps.forget_requests()

    await asyncio.gather(*(source.search("hôtel", tile_of(cell_in(SPARSE))) for _ in range(4)))

    by_way = [one.egress for one in maps.sandbox.maps.requests("search") if one.answer == "given"]
    assert by_way.count("egress-1") == by_way.count("egress-2") == 2


async def test_the_newest_reviews_of_a_place_are_those_of_the_map(maps: Maps) -> None:
    place = await _reviewed_place(maps, at_least=25)
    truth = maps.sandbox.truth().reviews(place)

    page = await maps.source.reviews(place, newest=True, limit=25)

    assert [review.id for review in page.reviews] == [one.id for one in truth[:25]]


async def test_reviews_end_before_the_first_known_one(maps: Maps) -> None:
    place = await _reviewed_place(maps, at_least=25)
    truth = maps.sandbox.truth().reviews(place)

    page = await maps.source.reviews(place, newest=True, limit=100, known={truth[3].id, truth[7].id})

    assert [review.id for review in page.reviews] == [one.id for one in truth[:3]]


@pytest.mark.parametrize(
    "place", ["ChIJnowhere0123456789abcdef", "osm:node/7", "https://maps.example.com/?cid=7", "café"]
)
async def test_a_place_that_the_map_does_not_know_is_refused(maps: Maps, place: str) -> None:
    with pytest.raises(PlaceUnknown):
        await maps.source.reviews(place, newest=True, limit=5)


async def _refusal(source: GoogleMaps) -> str:
    with pytest.raises(TileBlocked) as refused:
        await source.search("hôtel", tile_of(cell_in(SPARSE)))
    return str(refused.value.values["reason"])


async def _reviewed_place(maps: Maps, *, at_least: int) -> str:
    """The first place of the medium zone with so many reviews."""
    result = await maps.search("restaurant", cell_in(MEDIUM))
    truth = maps.sandbox.truth()
    return next(place for place in ids(result) if len(truth.reviews(place)) >= at_least)
