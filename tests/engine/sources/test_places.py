"""Places API (New), against a replica of it."""

from typing import Any

import pytest

from engine.geo.grid import cell_at
from engine.sources.errors import PlacesFailed, PlacesKeyRefused, TileBlocked
from engine.sources.places import PlacesSource
from engine.sources.quadtree import tile_of
from tests.engine.sources.places_api import KEY, PlacesApi, place

TILE = tile_of(cell_at(48.85, 2.35))
HERE = {"latitude": TILE.center[0], "longitude": TILE.center[1]}
FULL: dict[str, Any] = {
    "websiteUri": "https://salon.example/",
    "nationalPhoneNumber": "01 23 45 67 89",
    "formattedAddress": "12 Rue des Halles, 75001 Paris, France",
    "addressComponents": [
        {"longText": "12", "types": ["street_number"]},
        {"longText": "Paris", "types": ["locality", "political"]},
        {"longText": "75001", "types": ["postal_code"]},
    ],
    "primaryTypeDisplayName": {"text": "Coiffeur"},
    "rating": 4.6,
    "userRatingCount": 120,
    "googleMapsUri": "https://maps.google.com/?cid=1",
    "regularOpeningHours": {"weekdayDescriptions": ["lundi: Fermé", "mardi: 09:00 – 18:00"]},
}


def salons(count: int, **fields: Any) -> PlacesApi:
    return PlacesApi([place(number, **HERE, **fields) for number in range(count)])


async def test_a_place_fills_the_columns_of_scrap() -> None:
    result = await PlacesSource(salons(1, **FULL), key=KEY).search("coiffeur", TILE)

    assert result.places[0].row == {
        "nom": "Salon 0",
        "site_web": "https://salon.example/",
        "telephone": "01 23 45 67 89",
        "adresse": "12 Rue des Halles, 75001 Paris, France",
        "ville": "Paris",
        "code_postal": "75001",
        "categorie": "Coiffeur",
        "note": 4.6,
        "nb_avis": 120,
        "lien_google_maps": "https://maps.google.com/?cid=1",
        "place_id": "ChIJ0000",
        "horaires": "lundi: Fermé; mardi: 09:00 – 18:00",
    }
    assert (result.places[0].latitude, result.places[0].longitude) == TILE.center


async def test_what_google_does_not_know_stays_empty() -> None:
    result = await PlacesSource(salons(1), key=KEY).search("coiffeur", TILE)

    filled = {column for column, value in result.places[0].row.items() if value is not None}
    assert filled == {"nom", "place_id"}


async def test_a_place_closed_for_ever_is_kept_and_its_hours_say_so() -> None:
    api = salons(1, **FULL | {"businessStatus": "CLOSED_PERMANENTLY"})

    result = await PlacesSource(api, key=KEY).search("coiffeur", TILE)

    assert result.places[0].row["horaires"] == "Fermé définitivement"


@pytest.mark.parametrize(
    ("known", "found", "pages", "saturated"), [(5, 5, 1, False), (45, 45, 3, False), (200, 60, 3, True)]
)
async def test_all_pages_are_read_and_sixty_places_saturate(
    known: int, found: int, pages: int, saturated: bool
) -> None:
    api = salons(known)

    result = await PlacesSource(api, key=KEY).search("coiffeur", TILE)

    assert (len(result.places), len(api.requests), result.saturated) == (found, pages, saturated)


async def test_each_request_is_in_french_and_restricted_to_the_tile() -> None:
    api = salons(1)

    await PlacesSource(api, key=KEY).search("coiffeur", TILE)

    assert api.requests[0]["body"] == {
        "textQuery": "coiffeur",
        "languageCode": "fr",
        "pageSize": 20,
        "locationRestriction": {
            "rectangle": {
                "low": {"latitude": TILE.south, "longitude": TILE.west},
                "high": {"latitude": TILE.north, "longitude": TILE.east},
            }
        },
    }


async def test_only_the_fields_of_the_asked_columns_are_paid() -> None:
    api = salons(1, **FULL)

    result = await PlacesSource(api, key=KEY, columns=("nom", "ville")).search("coiffeur", TILE)

    mask = api.requests[0]["headers"]["X-Goog-FieldMask"]
    assert mask == "nextPageToken,places.id,places.location,places.displayName,places.addressComponents"
    assert (result.places[0].row["ville"], result.places[0].row["telephone"]) == ("Paris", None)


async def test_a_refused_key_is_named_and_never_shown() -> None:
    with pytest.raises(PlacesKeyRefused) as refused:
        await PlacesSource(salons(1), key="AIza-wrong").search("coiffeur", TILE)

    assert "OUTSEND_GOOGLE_PLACES_KEY" in refused.value.next_step
    assert "AIza-wrong" not in refused.value.text + refused.value.next_step


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, PlacesKeyRefused), (403, PlacesKeyRefused), (429, TileBlocked), (503, TileBlocked), (404, PlacesFailed)],
)
async def test_each_refusal_becomes_its_own_error(status: int, error: type[Exception]) -> None:
    api = PlacesApi(statuses=[status])

    with pytest.raises(error):
        await PlacesSource(api, key=KEY).search("coiffeur", TILE)


async def test_an_answer_that_can_not_be_read_is_refused() -> None:
    api = PlacesApi([{"id": "ChIJ", "location": HERE, "rating": "four"}])

    with pytest.raises(PlacesFailed):
        await PlacesSource(api, key=KEY).search("coiffeur", TILE)
