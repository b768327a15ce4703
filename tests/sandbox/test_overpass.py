"""Overpass over the world's places."""

import asyncio
import json
from typing import Any

import pytest

from engine.sandbox.truth import PlaceTruth, Truth
from tests.sandbox.client import Client

URL = "https://overpass-api.de/api/interpreter"
LYON = "45.70,4.78,45.82,4.92"
FRANCE = "41.0,-5.5,51.5,9.8"
BUSINESS_KEYS = ("shop", "amenity", "office", "craft", "tourism", "healthcare")


async def ask(client: Client, query: str, *, get: bool = False) -> tuple[int, str]:
    """(status, text) of the answer."""
    sent: dict[str, Any] = {"params": {"data": query}} if get else {"data": {"data": query}}
    async with client.session.request(
        "GET" if get else "POST", URL, proxy=client.sandbox.proxy, ssl=client.tls, **sent
    ) as answer:
        return answer.status, await answer.text()


async def elements(client: Client, query: str) -> list[dict[str, Any]]:
    status, text = await ask(client, f"[out:json][timeout:180];{query}")
    assert status == 200, text
    document = json.loads(text)
    assert "remark" not in document
    return document["elements"]


def ref(element: dict[str, Any]) -> str:
    return f"{element['type']}/{element['id']}"


def in_lyon(truth: Truth) -> list[PlaceTruth]:
    south, west, north, east = map(float, LYON.split(","))
    return [one for one in truth.places if one.osm and south <= one.lat <= north and west <= one.lon <= east]


async def test_every_tagged_business_of_a_town_is_found(client: Client, truth: Truth) -> None:
    statements = "".join(f'nwr["{key}"]["name"]({LYON});' for key in BUSINESS_KEYS)

    found = await elements(client, f"({statements});out center tags;")

    assert sorted(map(ref, found)) == sorted(str(one.osm) for one in in_lyon(truth))


async def test_a_place_has_the_tags_of_the_truth(client: Client, truth: Truth) -> None:
    found = {ref(one): one for one in await elements(client, f"nwr({LYON});out tags center;")}

    for place in in_lyon(truth):
        element = found[str(place.osm)]
        tags = element["tags"]
        spot = element if element["type"] == "node" else element["center"]
        assert (spot["lat"], spot["lon"]) == (place.lat, place.lon)
        assert tags["name"] == place.nom
        assert tags.get("website", tags.get("contact:website")) == place.site_web
        assert tags.get("phone", tags.get("contact:phone")) == f"+33 {place.telephone[1:]}"
        assert f"{tags['addr:housenumber']} {tags['addr:street']}" == place.rue
        assert (tags["addr:postcode"], tags["addr:city"]) == (place.code_postal, place.ville)
        assert ("opening_hours" in tags) == bool(place.horaires)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f'nwr["amenity"="restaurant"]["name"]({LYON});out center;', "restaurant"),
        (f'[bbox:{LYON}];nwr["name"]["shop"="bakery"];out center tags;', "boulangerie"),
        (f'nwr["shop"~"^(hairdresser|beauty)$"]["name"]({LYON});out center qt;', "coiffeur"),
        (f"nwr[craft = plumber][name]({LYON}); /* trade */ out center; // end", "plombier"),
        (f'(node["office"="lawyer"][name]({LYON});wr[office=lawyer][name]({LYON}););out center;', "avocat"),
        (f'nwr[amenity=restaurant]({LYON})->.r;nwr.r["name"];out center;', "restaurant"),
    ],
)
async def test_a_trade_is_found_by_its_tag(client: Client, truth: Truth, query: str, words: str) -> None:
    status, text = await ask(client, f"[out:json]{'' if query.startswith('[') else ';'}{query}")

    expected = sorted(str(one.osm) for one in in_lyon(truth) if words in one.words)
    assert status == 200
    assert expected
    assert sorted(map(ref, json.loads(text)["elements"])) == expected


async def test_a_name_is_found_whatever_its_case(client: Client, truth: Truth) -> None:
    wanted = {one.osm for one in in_lyon(truth) if "boulangerie" in one.nom.lower()}

    found = await elements(client, f'nwr["name"~"BOULANGERIE",i]["shop"]({LYON});out center tags;')
    of_all_kinds = await elements(client, f'nwr["name"~"BOULANGERIE",i]({LYON});out center tags;')

    assert {ref(one) for one in found} == wanted
    # A bus stop may be called after a shop: only its tags say that it is none.
    assert any(one["tags"].get("highway") == "bus_stop" for one in of_all_kinds)


async def test_what_has_no_name_or_is_closed_for_ever_is_no_business_of_the_truth(client: Client, truth: Truth) -> None:
    known = {one.osm for one in truth.places if one.osm}

    nameless = await elements(client, f"nwr[!name]({FRANCE});out center tags;")
    closed = await elements(client, f'nwr[~"^disused:"~"."]({FRANCE});out center tags;')

    assert nameless and closed
    assert not {ref(one) for one in (*nameless, *closed)} & known
    assert not any(key in one["tags"] for one in closed for key in BUSINESS_KEYS)


async def test_circle_polygon_and_id_restrict_too(client: Client, truth: Truth) -> None:
    place = in_lyon(truth)[0]
    kind, _, number = str(place.osm).partition("/")
    corners = (
        f"{place.lat - 0.0001} {place.lon - 0.0001} {place.lat + 0.0002} {place.lon} {place.lat} {place.lon + 0.01}"
    )

    for restriction in (f"(around:5,{place.lat},{place.lon})", f'(poly:"{corners}")', f"({number})"):
        found = await elements(client, f"{kind}{restriction};out center;")
        assert place.osm in [ref(one) for one in found]


async def test_outputs_say_as_much_as_is_asked(client: Client) -> None:
    box = f"nwr[amenity=restaurant]({LYON});"

    limited = await elements(client, f"{box}out tags center 3;")
    bare = await elements(client, f"node[amenity=restaurant]({LYON});out ids;")
    counted = await elements(client, f"{box}out count;")
    tagged = await elements(client, f"node[amenity=restaurant]({LYON});out tags;")

    assert len(limited) == 3
    assert all(set(one) == {"type", "id"} for one in bare)
    assert counted[0]["tags"]["nodes"] == str(len(bare))
    assert all(set(one) == {"type", "id", "tags"} for one in tagged)


@pytest.mark.slow(10)
async def test_opening_hours_are_written_as_openstreetmap_writes_them(client: Client) -> None:
    found = await elements(client, f"nwr[opening_hours]({LYON});out tags;")

    first = found[0]["tags"]["opening_hours"]
    assert first[:2] in ("Mo", "Tu")
    assert "–" not in first and "Fermé" not in first


@pytest.mark.parametrize(
    "query",
    [
        "[out:json];nwr[amenity=restaurant(45,4,46,5);out;",
        "[out:json];nodes(45,4,46,5);out;",
        '[out:json];nwr["name"~"("](45,4,46,5);out;',
        "[out:json];nwr(46,4,45,5);out;",
        "[out:json];nwr(45,4,46,5);out everything;",
        "[out:json];area[name=Lyon]->.a;nwr(area.a);out;",
        "[out:json];nwr(45,4,46,5)",
        "",
    ],
)
async def test_what_does_not_parse_is_a_bad_request_with_a_remark(client: Client, query: str) -> None:
    status, text = await ask(client, query)

    assert status == 400
    assert text.startswith("<?xml")
    assert "Error</strong>: line 1:" in text


async def test_a_country_in_a_short_time_ends_with_a_remark(client: Client) -> None:
    status, text = await ask(client, f"[out:json][timeout:25];nwr[shop]({FRANCE});out center;", get=True)

    assert status == 200
    document = json.loads(text)
    assert document["elements"] == []
    assert document["remark"].startswith("runtime error: Query timed out")


async def test_a_query_without_a_box_takes_too_long(client: Client) -> None:
    _, text = await ask(client, "[out:json];nwr[shop=bakery];out center;")

    assert "timed out" in json.loads(text)["remark"]


async def test_who_asks_more_than_two_things_at_once_is_refused(client: Client) -> None:
    query = f"[out:json];nwr[shop=bakery]({LYON});out center;"

    answers = await asyncio.gather(*(ask(client, query) for _ in range(24)))

    statuses = [status for status, _ in answers]
    assert set(statuses) == {200, 429}
    assert "rate_limited" in next(text for status, text in answers if status == 429)


@pytest.mark.parametrize(("word", "status"), [("passerelle", 504), ("surcharge", 429)])
async def test_a_busy_server_refuses_at_first(client: Client, word: str, status: int) -> None:
    query = f'[out:json];nwr[name~"{word}",i]({LYON});out center;'

    assert [(await ask(client, query))[0] for _ in range(3)] == [status, 200, status]


async def test_the_status_names_the_slots(client: Client) -> None:
    url = "https://overpass-api.de/api/status"
    async with client.session.get(url, proxy=client.sandbox.proxy, ssl=client.tls) as answer:
        text = await answer.text()

    assert "Rate limit: 2" in text
    assert "slots available now" in text
