"""Text Search of the Places API (New)."""

import json
from typing import Any

import pytest

from engine.sandbox.truth import Truth
from tests.sandbox.client import Client

URL = "https://places.googleapis.com/v1/places:searchText"
MASK = "places.id,places.displayName,places.location,nextPageToken"
# The zoom-13 tile of Lyon east of the Saône.
DENSE_TILE = (45.7370, 4.8340, 45.7675, 4.8780)
FRANCE = (41.0, -5.5, 51.5, 9.8)


def rectangle(south: float, west: float, north: float, east: float) -> dict[str, Any]:
    low, high = {"latitude": south, "longitude": west}, {"latitude": north, "longitude": east}
    return {"rectangle": {"low": low, "high": high}}


async def search(
    client: Client, body: dict[str, Any], *, mask: str | None = MASK, key: str | None = "given"
) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json"}
    if mask:
        headers["X-Goog-FieldMask"] = mask
    if key:
        headers["X-Goog-Api-Key"] = client.sandbox.overrides["google_places_key"] if key == "given" else key
    async with client.session.post(
        URL, json=body, headers=headers, proxy=client.sandbox.proxy, ssl=client.tls
    ) as answer:
        return answer.status, json.loads(await answer.read())


async def pages(client: Client, body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The results of every page."""
    found: list[list[dict[str, Any]]] = []
    token = ""
    while not found or token:
        _, answer = await search(client, {**body, "pageToken": token} if token else body)
        found.append(answer.get("places", []))
        token = answer.get("nextPageToken", "")
    return found


async def test_a_search_gives_the_places_of_the_truth(client: Client, truth: Truth) -> None:
    body = {"textQuery": "plombier", "languageCode": "fr", "locationRestriction": rectangle(*FRANCE)}

    found = {place["id"] for page in await pages(client, body) for place in page}

    expected = {one.place_id for one in truth.places if "plombier" in one.words}
    assert found
    assert found <= expected
    assert len(found) == min(60, len(expected))


async def test_a_dense_tile_lists_sixty_places_in_three_pages(client: Client, truth: Truth) -> None:
    body = {"textQuery": "restaurants", "pageSize": 20, "locationRestriction": rectangle(*DENSE_TILE)}

    found = await pages(client, body)

    south, west, north, east = DENSE_TILE
    there = [p for p in truth.places if "restaurant" in p.words and south <= p.lat <= north and west <= p.lon <= east]
    assert len(there) > 60
    assert [len(page) for page in found] == [20, 20, 20]


async def test_results_lie_inside_the_rectangle_and_keep_their_order(client: Client) -> None:
    body = {"textQuery": "restaurant", "locationRestriction": rectangle(*DENSE_TILE)}

    first, second = (await search(client, body))[1], (await search(client, body))[1]

    south, west, north, east = DENSE_TILE
    spots = [place["location"] for place in first["places"]]
    assert all(south <= one["latitude"] <= north and west <= one["longitude"] <= east for one in spots)
    assert first == second


async def test_every_column_of_a_place_is_given(client: Client, truth: Truth) -> None:
    _, answer = await search(client, {"textQuery": "boulangerie", "languageCode": "fr"}, mask="*")

    for place in answer["places"]:
        right = truth.place(place["id"])
        assert place["displayName"]["text"] == right.nom
        assert place.get("websiteUri") == right.site_web
        assert place["nationalPhoneNumber"] == right.telephone
        assert place["formattedAddress"] == right.adresse
        assert place["postalAddress"]["postalCode"] == right.code_postal
        assert place["primaryTypeDisplayName"]["text"] == right.categorie
        assert (place.get("rating"), place.get("userRatingCount")) == (right.note, right.nb_avis)
        assert place["googleMapsUri"] == right.lien_google_maps
        assert tuple(place.get("regularOpeningHours", {}).get("weekdayDescriptions", ())) == right.horaires


async def test_only_the_fields_of_the_mask_are_given(client: Client) -> None:
    _, answer = await search(client, {"textQuery": "garage"}, mask="places.id,places.displayName.text")

    assert set(answer) == {"places"}
    assert all(set(place) == {"id", "displayName"} for place in answer["places"])
    assert all(set(place["displayName"]) == {"text"} for place in answer["places"])


async def test_a_place_of_two_trades_is_found_by_both(client: Client, truth: Truth) -> None:
    place = next(one for one in truth.places if "patissier" in one.words)
    near = rectangle(place.lat - 0.001, place.lon - 0.001, place.lat + 0.001, place.lon + 0.001)

    for query in ("boulangerie", "pâtisserie"):
        _, answer = await search(client, {"textQuery": query, "locationRestriction": near})
        assert place.place_id in {one["id"] for one in answer["places"]}


async def test_a_town_in_the_query_restricts_it(client: Client, truth: Truth) -> None:
    _, answer = await search(client, {"textQuery": "restaurants à Tours"})

    assert {truth.place(place["id"]).ville for place in answer["places"]} == {"Tours"}


async def test_a_search_without_results_is_an_empty_object(client: Client) -> None:
    assert await search(client, {"textQuery": "ramoneur de licornes"}) == (200, {})


@pytest.mark.parametrize(
    ("body", "mask", "key", "code", "status"),
    [
        ({"textQuery": "garage"}, None, "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage"}, "places.prix", "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage"}, "places.displayName.txt", "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage"}, "places.id, places.name", "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage"}, MASK, "wrong", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage"}, MASK, None, 403, "PERMISSION_DENIED"),
        ({"textQuery": ""}, MASK, "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage", "pageSize": -1}, MASK, "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage", "pageToken": "MjA6eA=="}, MASK, "given", 400, "INVALID_ARGUMENT"),
        ({"textQuery": "garage", "locationRestriction": {"circle": {}}}, MASK, "given", 400, "INVALID_ARGUMENT"),
    ],
)
async def test_a_wrong_request_is_an_error_in_googles_shape(
    client: Client, body: dict[str, Any], mask: str | None, key: str | None, code: int, status: str
) -> None:
    answered, answer = await search(client, body, mask=mask, key=key)

    assert answered == code
    assert answer["error"]["code"] == code
    assert answer["error"]["status"] == status
    assert answer["error"]["message"]


async def test_more_than_twenty_a_page_are_twenty(client: Client) -> None:
    _, answer = await search(client, {"textQuery": "restaurant", "pageSize": 50})

    assert len(answer["places"]) == 20


async def test_a_page_token_belongs_to_its_search(client: Client) -> None:
    _, first = await search(client, {"textQuery": "restaurant"})

    code, _ = await search(client, {"textQuery": "hôtel", "pageToken": first["nextPageToken"]})

    assert code == 400
