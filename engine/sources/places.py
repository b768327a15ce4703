"""Places API (New), text search: at most 60 places for one search, 20 a page.

Source: developers.google.com/maps/documentation/places/web-service/text-search.
"""

from collections.abc import Collection
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from engine.limits import PLACES_RESULTS_MAX
from engine.network.types import Api, ApiAnswer
from engine.rows.types import Row
from engine.sources.errors import PlacesFailed, PlacesKeyRefused, TileBlocked
from engine.sources.types import Place, SearchResult, Tile

URL = "https://places.googleapis.com/v1/places:searchText"
PAGE_SIZE = 20
KEY_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

# Fields that each column is made of. Google's price depends on the fields that are asked.
ALWAYS = ("nextPageToken", "places.id", "places.location")
FIELDS = {
    "nom": ("places.displayName",),
    "site_web": ("places.websiteUri",),
    "telephone": ("places.nationalPhoneNumber",),
    "adresse": ("places.formattedAddress",),
    "ville": ("places.addressComponents",),
    "code_postal": ("places.addressComponents",),
    "categorie": ("places.primaryTypeDisplayName",),
    "note": ("places.rating",),
    "nb_avis": ("places.userRatingCount",),
    "lien_google_maps": ("places.googleMapsUri",),
    "horaires": ("places.regularOpeningHours.weekdayDescriptions", "places.businessStatus"),
}
TOWN_TYPES = ("locality", "postal_town", "administrative_area_level_3", "administrative_area_level_2")
CLOSED = {"CLOSED_PERMANENTLY": "Fermé définitivement", "CLOSED_TEMPORARILY": "Fermé temporairement"}


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Text(Part):
    text: str | None = None


class Location(Part):
    latitude: float
    longitude: float


class AddressComponent(Part):
    long_text: str = ""
    types: tuple[str, ...] = ()


class Hours(Part):
    weekday_descriptions: tuple[str, ...] = ()


class Document(Part):
    """A place as Google tells it; a field that was not asked or is not known is absent."""

    id: str
    location: Location
    display_name: Text = Text()
    website_uri: str | None = None
    national_phone_number: str | None = None
    formatted_address: str | None = None
    address_components: tuple[AddressComponent, ...] = ()
    primary_type_display_name: Text = Text()
    rating: float | None = None
    user_rating_count: int | None = None
    google_maps_uri: str | None = None
    regular_opening_hours: Hours = Hours()
    business_status: str = ""


class Answer(Part):
    places: tuple[Document, ...] = ()
    next_page_token: str = ""


class PlacesSource:
    """Searches with one API key. `columns` are those of scrap that will be used; others are neither asked nor paid."""

    name = "places"

    def __init__(self, api: Api, *, key: str, columns: Collection[str] = tuple(FIELDS), language: str = "fr") -> None:
        self._api = api
        fields = dict.fromkeys(field for column in columns for field in FIELDS.get(column, ()))
        self._headers = {"X-Goog-Api-Key": key, "X-Goog-FieldMask": ",".join([*ALWAYS, *fields])}
        self._language = language

    async def search(self, query: str, tile: Tile) -> SearchResult:
        """Places that match `query` in `tile`, Google's order. Saturated at 60.

        Raises:
            TileBlocked: too many requests, or the service is down.
            PlacesKeyRefused: the key is unknown, restricted, or without this API.
            PlacesFailed: any other refusal, or an answer that can't be read.
            Unreachable: no answer.
        """
        found: dict[str, Place] = {}
        asked, token = 0, ""
        while asked < PLACES_RESULTS_MAX:
            answer = await self._page(query, tile, token)
            found |= {document.id: _place(document) for document in answer.places}
            asked, token = asked + PAGE_SIZE, answer.next_page_token
            if not token:
                break
        return SearchResult(tuple(found.values()), saturated=len(found) >= PLACES_RESULTS_MAX)

    async def _page(self, query: str, tile: Tile, token: str) -> Answer:
        body = {
            "textQuery": query,
            "languageCode": self._language,
            "pageSize": PAGE_SIZE,
            "locationRestriction": {
                "rectangle": {
                    "low": {"latitude": tile.south, "longitude": tile.west},
                    "high": {"latitude": tile.north, "longitude": tile.east},
                }
            },
        }
        answer = await self._api.request(
            "POST", URL, headers=self._headers, json=body | ({"pageToken": token} if token else {})
        )
        return _read(answer)


def _read(answer: ApiAnswer) -> Answer:
    if answer.status in KEY_REFUSALS or (answer.status == HTTPStatus.BAD_REQUEST and b"API_KEY_INVALID" in answer.body):
        raise PlacesKeyRefused
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TileBlocked(source=PlacesSource.name, reason=f"http_{answer.status}")
    if answer.status != HTTPStatus.OK:
        raise PlacesFailed(status=answer.status)
    try:
        return Answer.model_validate(answer.json)
    except ValidationError:
        raise PlacesFailed(status="illisible") from None


def _place(document: Document) -> Place:
    row: Row = {
        "nom": document.display_name.text,
        "site_web": document.website_uri,
        "telephone": document.national_phone_number,
        "adresse": document.formatted_address,
        "ville": _component(document, TOWN_TYPES),
        "code_postal": _component(document, ("postal_code",)),
        "categorie": document.primary_type_display_name.text,
        "note": document.rating,
        "nb_avis": document.user_rating_count,
        "lien_google_maps": document.google_maps_uri,
        "place_id": document.id,
        "horaires": CLOSED.get(document.business_status) or _hours(document),
    }
    return Place(document.id, document.location.latitude, document.location.longitude, row)


def _component(document: Document, types: Collection[str]) -> str | None:
    """The first part of the address that is of one of `types`, in their order."""
    texts = {kind: part.long_text for part in reversed(document.address_components) for kind in part.types}
    return next((texts[kind] for kind in types if texts.get(kind)), None)


def _hours(document: Document) -> str | None:
    return "; ".join(document.regular_opening_hours.weekday_descriptions) or None
