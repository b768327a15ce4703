"""One place as the Places API (New) writes it."""

from typing import TypeAlias

from engine.sandbox.draw import words
from engine.sandbox.places import Place

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# Fields of a place that a mask may name: those of the documentation, whether this world fills them or not.
FIELDS = frozenset(
    words(
        "accessibilityOptions addressComponents addressDescriptor adrFormatAddress allowsDogs attributions "
        "businessStatus containingPlaces currentOpeningHours currentSecondaryOpeningHours curbsidePickup "
        "delivery dineIn displayName editorialSummary evChargeOptions formattedAddress fuelOptions "
        "goodForChildren goodForGroups googleMapsLinks googleMapsUri iconBackgroundColor iconMaskBaseUri id "
        "internationalPhoneNumber location name nationalPhoneNumber outdoorSeating parkingOptions "
        "paymentOptions photos plusCode postalAddress priceLevel priceRange primaryType "
        "primaryTypeDisplayName pureServiceAreaBusiness rating regularOpeningHours "
        "regularSecondaryOpeningHours reservable restroom reviews shortFormattedAddress subDestinations "
        "takeout timeZone types userRatingCount utcOffsetMinutes viewport websiteUri"
    )
)
# Below those that are objects, what a mask may name further.
SUBFIELDS: dict[str, frozenset[str]] = {
    "displayName": frozenset({"text", "languageCode"}),
    "primaryTypeDisplayName": frozenset({"text", "languageCode"}),
    "location": frozenset({"latitude", "longitude"}),
    "addressComponents": frozenset({"longText", "shortText", "types", "languageCode"}),
    "postalAddress": frozenset(
        words(
            "addressLines administrativeArea languageCode locality organization postalCode recipients "
            "regionCode revision sortingCode sublocality"
        )
    ),
    "regularOpeningHours": frozenset(
        words("openNow periods weekdayDescriptions secondaryHoursType specialDays nextOpenTime nextCloseTime")
    ),
}
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def place_json(place: Place, language: str) -> dict[str, Json]:
    """Every field that this world knows; an unknown value is left out, as Google does."""
    business, commune = place.business, place.business.commune
    label = business.category.label if language.startswith("fr") else business.category.label_en
    document: dict[str, Json] = {
        "name": f"places/{place.id}",
        "id": place.id,
        "types": [business.category.type, "point_of_interest", "establishment"],
        "primaryType": business.category.type,
        "primaryTypeDisplayName": {"text": label, "languageCode": language},
        "displayName": {"text": business.name, "languageCode": "fr"},
        "formattedAddress": business.address,
        "shortFormattedAddress": f"{business.street}, {commune.name}",
        "postalAddress": {
            "regionCode": "FR",
            "languageCode": "fr",
            "postalCode": commune.postal_code,
            "locality": commune.name,
            "addressLines": [business.street],
        },
        "addressComponents": _components(place),
        "location": {"latitude": business.latitude, "longitude": business.longitude},
        "nationalPhoneNumber": business.phone,
        "internationalPhoneNumber": f"+33 {business.phone[1:]}",
        "businessStatus": place.status,
        "googleMapsUri": place.link,
    }
    if place.website:
        document["websiteUri"] = place.website
    if place.rating is not None:
        document["rating"] = place.rating
        document["userRatingCount"] = place.reviews
    if place.hours:
        document["regularOpeningHours"] = {"weekdayDescriptions": list(_hours(place, language))}
    return document


def _components(place: Place) -> list[Json]:
    business, commune = place.business, place.business.commune
    number, _, street = business.street.partition(" ")
    parts = (
        (number, "street_number"),
        (street, "route"),
        (commune.name, "locality"),
        (commune.department, "administrative_area_level_2"),
        ("France", "country"),
        (commune.postal_code, "postal_code"),
    )
    return [
        {
            "longText": text,
            "shortText": "FR" if kind == "country" else text,
            "types": [kind] if kind in ("street_number", "route", "postal_code") else [kind, "political"],
            "languageCode": "fr",
        }
        for text, kind in parts
    ]


def _hours(place: Place, language: str) -> tuple[str, ...]:
    if language.startswith("fr"):
        return place.hours
    texts = (line.partition(": ")[2].replace("Fermé", "Closed") for line in place.hours)
    return tuple(f"{day}: {text}" for day, text in zip(ENGLISH_DAYS, texts, strict=True))
