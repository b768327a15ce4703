"""The search page of Google Maps and its JSON, consent, blocks, faults, the log."""

import asyncio
import re
from datetime import date
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pydantic import ValidationError

from engine.geo.grid import cell_at
from engine.sandbox.apis.maps_desk import DESK_HOST, MapsFault
from engine.sandbox.apis.maps_zones import MEDIUM, SPARSE
from engine.sandbox.places import DAYS
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import PlaceTruth, Truth
from tests.sandbox.client import open_client
from tests.sandbox.maps_client import (
    MIDDLE,
    Visitor,
    document_of,
    ids,
    places_in,
    preview_url,
    results_url,
    search_url,
)
from tests.sandbox.maps_client import visitor as visitor

CAHORS, MARVEJOLS = ((zone.circle.latitude, zone.circle.longitude) for zone in (MEDIUM, SPARSE))
FRANCE = (46.6, 2.4)


@pytest.fixture(scope="module")
def map_truth(maps_sandbox: RunningSandbox) -> Truth:
    return maps_sandbox.truth()


async def test_a_crowded_list_ends_at_120_in_pages_of_twenty(visitor: Visitor) -> None:
    pages = await visitor.all_results("restaurants")
    after = await visitor.results("restaurants", offset=120)

    assert [len(page) for page in pages] == [20] * 6
    assert len(ids([place for page in pages for place in page])) == 120
    assert places_in(after) == []
    assert after[0][1] is not None


async def test_the_same_search_gives_the_same_list(visitor: Visitor) -> None:
    first, second = [await visitor.all_results("avocat", zoom=15) for _ in range(2)]

    assert first == second


async def test_a_search_without_results_has_no_list(visitor: Visitor) -> None:
    answer = await visitor.results("ramoneur de licornes")

    assert answer[0][0] == "ramoneur de licornes"
    assert answer[0][1] is None


async def test_a_single_result_stands_alone(visitor: Visitor, map_truth: Truth) -> None:
    answer = await visitor.results("opticien", at=MARVEJOLS)

    [entry] = answer[0][1]
    assert {entry[14][78]} == map_truth.maps("Marvejols", "opticien")


async def test_the_map_looks_beyond_a_thin_tile(visitor: Visitor, map_truth: Truth) -> None:
    cell = cell_at(*CAHORS, 17)

    found = ids([place for page in await visitor.all_results("restaurant", at=CAHORS, zoom=17) for place in page])

    assert len(found - map_truth.maps(cell.bounds, "restaurant")) >= 15
    assert found < map_truth.maps_places().keys()


async def test_the_places_of_the_other_maps_are_there_too(visitor: Visitor, map_truth: Truth) -> None:
    place = next(one for one in map_truth.places if one.statut == "OPERATIONAL")

    found = await visitor.all_results(place.nom, at=(place.lat, place.lon), zoom=17)

    assert place.place_id in ids([one for page in found for one in page])


async def test_a_town_in_the_query_is_where_the_search_is_made(visitor: Visitor, map_truth: Truth) -> None:
    found = await visitor.all_results("restaurants à Cahors", at=FRANCE, zoom=6)

    places = map_truth.maps_places()
    assert {places[one[78]].ville for page in found for one in page} == {"Cahors"}


async def test_a_place_document_tells_what_the_truth_tells(visitor: Visitor, map_truth: Truth) -> None:
    places = map_truth.maps_places()
    shown = [*await visitor.all_results("restaurant", at=(45.7522, 4.8560)), *await visitor.all_results("avocat")]

    for document in (one for page in shown for one in page):
        assert facts_of(document) == facts_of_truth(places[document[78]])


def facts_of(document: Any) -> tuple[Any, ...]:
    rating = document[4] or [None] * 9
    return (
        document[11],
        document[13][0],
        document[39],
        (document[183][1][1], document[183][1][3], document[183][1][4]),
        document[178][0][0],
        (rating[7], rating[8]),
        (document[9][2], document[9][3]),
        site_of(document),
    )


def site_of(document: Any) -> str | None:
    """The site, out of the map's own redirect."""
    if document[7] is None:
        return None
    url: str = document[7][0]
    return parse_qs(urlsplit(url).query)["q"][0] if url.startswith("/url?") else url


def facts_of_truth(place: PlaceTruth) -> tuple[Any, ...]:
    return (
        place.nom,
        place.categorie,
        place.adresse,
        (place.rue, place.ville, place.code_postal),
        place.telephone,
        (place.note, place.nb_avis),
        (place.lat, place.lon),
        place.site_web,
    )


async def test_hours_are_the_week_from_today_on(visitor: Visitor, map_truth: Truth) -> None:
    place = next(one for one in map_truth.places if one.horaires and one.statut == "OPERATIONAL")

    week = (await visitor.document(preview_url(place.place_id)))[6][34][1]

    assert sorted(f"{day[0]}: {', '.join(day[1]).replace('–', ' – ')}" for day in week) == sorted(place.horaires)
    assert [date.fromisoformat(day[4]).weekday() for day in week] == [DAYS.index(day[0]) for day in week]


@pytest.mark.parametrize(
    ("status", "words"),
    [("CLOSED_PERMANENTLY", "Définitivement fermé"), ("CLOSED_TEMPORARILY", "Temporairement fermé")],
)
async def test_a_closed_place_says_so(visitor: Visitor, map_truth: Truth, status: str, words: str) -> None:
    place = next(one for one in map_truth.maps_places().values() if one.statut == status)

    hours = (await visitor.document(preview_url(place.place_id)))[6][34]

    assert (hours[1], hours[4][4]) == (None, words)


async def test_texts_are_in_the_language_that_is_asked_for(visitor: Visitor, map_truth: Truth) -> None:
    place = next(one for one in map_truth.places if one.categorie == "Plombier" and one.horaires)

    french, english = [(await visitor.document(preview_url(place.place_id, hl=hl)))[6][13] for hl in ("fr", "de")]

    assert (french, english) == (["Plombier"], ["Plumber"])


@pytest.mark.parametrize(
    "url",
    [
        "https://maps.google.com/?cid={cid}",
        "/maps?cid={cid}",
        "/maps/search/?api=1&query=x&query_place_id={place_id}",
    ],
)
async def test_every_link_of_a_place_leads_to_its_page(visitor: Visitor, map_truth: Truth, url: str) -> None:
    place = map_truth.places[0]
    cid = place.lien_google_maps.rpartition("=")[2]

    led = await visitor.visit(url.format(cid=cid, place_id=place.place_id))
    page = await visitor.visit(led.headers["Location"])

    assert (page.status, led.status) == (200, 302)
    assert place.place_id in page.body.decode()


async def test_a_page_by_place_id_holds_its_document(visitor: Visitor, map_truth: Truth) -> None:
    place = map_truth.places[0]

    page = (await visitor.visit(f"/maps/place/?q=place_id:{place.place_id}")).body.decode()

    assert "window.APP_INITIALIZATION_STATE=[null, null, null, [null, null, null, null, null, null, " in page
    assert place.place_id in page


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/maps/place/Nulle+Part/data=!4m2!3m1!1s0x1:0x2", 404),
        ("/maps/search/", 404),
        ("/maps/search/garage/@91.0,4.8,13z", 404),
        ("/maps/preview/place?pb=!1m14!1s0x1:0x2", 400),
        ("/search?tbm=map&q=garage", 400),
        ("/search?tbm=map&q=garage&pb=!1d0!2d4.8!3d45.7", 400),
        ("/search?q=garage&pb=!1d9000!2d4.8!3d45.7", 400),
        ("/maps/rpc/listugcposts?pb=!1m6!1s0x1:0x2", 400),
        ("/ailleurs", 404),
    ],
)
async def test_a_wrong_address_is_an_error(visitor: Visitor, url: str, status: int) -> None:
    assert (await visitor.visit(url)).status == status


async def test_without_tls_one_is_led_to_tls(visitor: Visitor) -> None:
    led = await visitor.visit("http://www.google.com/maps/search/garage")

    assert led.headers["Location"] == "https://www.google.com/maps/search/garage"


@pytest.mark.parametrize("choice", ["true", "false"])
async def test_who_has_not_chosen_is_asked_once(visitor: Visitor, choice: str) -> None:
    url = search_url("garage")

    asked = await visitor.visit(url, cookie="")
    form = (await visitor.visit(asked.headers["Location"], cookie="")).body.decode()
    onward = re.search(r'name="continue" value="([^"]+)"', form)
    assert onward
    fields = {"continue": onward[1], "set_eom": choice}
    led = await visitor.visit("https://consent.google.com/save", cookie="", form=fields)
    cookie = led.headers["Set-Cookie"].partition(";")[0]

    assert asked.headers["Location"].startswith("https://consent.google.com/m?continue=")
    assert "Tout accepter" in form and "Tout refuser" in form
    assert "Domain=.google.com" in led.headers["Set-Cookie"]
    assert led.headers["Location"].endswith(url)
    assert (await visitor.visit(led.headers["Location"], cookie=cookie)).status == 200


async def test_a_pending_choice_is_none_and_a_foreign_page_is_not_led_to(visitor: Visitor) -> None:
    pending = await visitor.visit(search_url("garage"), cookie="SOCS=CAAaBgiA")
    led = await visitor.visit(
        "https://consent.google.com/save", form={"continue": "https://example.org/", "set_eom": "true"}
    )

    assert pending.status == 302
    assert led.headers["Location"] == "https://www.google.com/maps"


async def test_consent_can_be_left_out(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(consent=False)

    assert (await visitor.visit(search_url("garage"), cookie="")).status == 200


async def test_who_searches_too_much_is_blocked_and_others_are_not(
    visitor: Visitor, maps_sandbox: RunningSandbox
) -> None:
    maps_sandbox.maps.set(searches=2)

    statuses = [(await visitor.visit(search_url("garage"))).status for _ in range(3)]
    blocked = await visitor.visit(search_url("garage"))
    sorry = await visitor.visit(blocked.headers["Location"])
    other = await visitor.visit(search_url("garage"), proxy=maps_sandbox.proxies[1])

    assert statuses == [200, 200, 302]
    assert blocked.headers["Location"].startswith("https://www.google.com/sorry/index?continue=")
    assert sorry.status == 429
    assert "trafic inhabituel" in sorry.body.decode()
    assert other.status == 200


async def test_a_block_ends_with_its_window(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(searches=1, window_seconds=0.0)

    assert [(await visitor.visit(search_url("garage"))).status for _ in range(3)] == [200] * 3


async def test_a_fault_meets_what_it_names_so_often_as_it_says(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    here = (MIDDLE[0] - 0.01, MIDDLE[1] - 0.01, MIDDLE[0] + 0.01, MIDDLE[1] + 0.01)
    fault = MapsFault(kind="block", query="Dentiste", zoom=14, bounds=here, egress="egress-1", times=1)
    maps_sandbox.maps.set(fault)

    async def status(query: str = "dentiste", zoom: int = 14, at: tuple[float, float] = MIDDLE, proxy: int = 0) -> int:
        url = search_url(query, at=at, zoom=zoom)
        return (await visitor.visit(url, proxy=maps_sandbox.proxies[proxy])).status

    others = [await status(query="avocat"), await status(zoom=13), await status(at=CAHORS), await status(proxy=2)]

    assert others == [200] * 4
    assert [await status(), await status()] == [302, 200]


async def test_broken_json_breaks_off(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    whole = await visitor.visit(results_url("avocat"))
    maps_sandbox.maps.set(MapsFault(kind="broken_json", at="results", from_page=1))

    first, second = await visitor.visit(results_url("avocat")), await visitor.visit(results_url("avocat", offset=20))

    assert len(first.body) == pytest.approx(len(whole.body), rel=0.01)
    with pytest.raises(ValueError, match="line 1"):
        document_of(second)


async def test_a_stuck_list_gives_nothing_and_says_nothing(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(MapsFault(kind="stuck", at="results", from_page=1))

    assert len(places_in(await visitor.results("avocat"))) == 20
    assert await visitor.results("avocat", offset=20) == [None]


async def test_slow_answers_come_late_and_hanging_ones_never(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    slow = MapsFault(kind="slow", at="results", query="avocat", seconds=0.3)
    maps_sandbox.maps.set(slow, MapsFault(kind="hang", at="document"))
    loop = asyncio.get_running_loop()

    begun = loop.time()
    await visitor.results("avocat")

    assert loop.time() - begun >= 0.3
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await visitor.visit(preview_url(maps_sandbox.truth().places[0].place_id))


async def test_the_log_tells_who_asked_what(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    maps_sandbox.maps.set(MapsFault(kind="block", egress="egress-2"))

    await visitor.visit(search_url("garage"), cookie="")
    await visitor.visit(search_url("garage"))
    await visitor.visit(search_url("garage"), proxy=maps_sandbox.proxies[1])
    await visitor.results("garage", offset=20)

    cell = cell_at(*MIDDLE)
    tile = f"{cell.zoom}/{cell.x}/{cell.y}"
    seen = [(one.at, one.egress, one.page, one.answer) for one in maps_sandbox.maps.requests()]
    assert {(one.query, one.tile) for one in maps_sandbox.maps.requests()} == {("garage", tile)}
    assert seen == [
        ("search", "egress-1", 0, "consent"),
        ("search", "egress-1", 0, "given"),
        ("search", "egress-2", 0, "block"),
        ("results", "egress-1", 1, "given"),
    ]
    assert maps_sandbox.maps.searches() == {("egress-1", tile): 1, ("egress-2", tile): 1}


async def test_rules_that_make_no_sense_are_refused(maps_sandbox: RunningSandbox) -> None:
    with pytest.raises(ValidationError, match="stuck can't happen at search"):
        MapsFault(kind="stuck")
    with pytest.raises(HTTPError, match="422"):
        maps_sandbox.maps._ask("PUT", "/rules", b'{"serches": 3}')  # pyright: ignore[reportPrivateUsage]
    async with (
        open_client(maps_sandbox) as client,
        client.session.get(f"http://{DESK_HOST}/ailleurs", proxy=maps_sandbox.proxy) as answer,
    ):
        assert answer.status == 404


async def test_an_epoch_changes_the_map_at_once(visitor: Visitor, maps_sandbox: RunningSandbox) -> None:
    truth = maps_sandbox.truth()
    changed = truth.changes(1).lost_stars[0]

    maps_sandbox.set_epoch(1)
    document = (await visitor.document(preview_url(changed)))[6]

    assert document[4][7] == truth.places_at(1)[changed].note
    assert document[4][7] < (truth.place(changed).note or 0)


async def test_markup_in_a_query_stays_text(visitor: Visitor) -> None:
    page = await visitor.visit(f"/maps/search/{quote('</script><b>fin', safe='')}/@45.7,4.8,13z?hl=fr")

    assert page.status == 200
    assert b"<b>fin" not in page.body
