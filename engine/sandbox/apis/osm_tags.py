"""The world's places as OpenStreetMap holds them.

Tags: the public wiki of OpenStreetMap, pages "Key:shop", "Key:amenity", "Key:office", "Key:craft", "Key:tourism",
"Key:healthcare", "Key:addr", "Key:opening_hours".
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.sandbox.communes import COMMUNES
from engine.sandbox.places import DAYS, OsmKind, Place

TRADES: dict[str, dict[str, str]] = {  # by Google's type
    "restaurant": {"amenity": "restaurant"},
    "plumber": {"craft": "plumber"},
    "bakery": {"shop": "bakery"},
    "hair_salon": {"shop": "hairdresser"},
    "car_repair": {"shop": "car_repair"},
    "dentist": {"amenity": "dentist", "healthcare": "dentist"},
    "florist": {"shop": "florist"},
    "lawyer": {"office": "lawyer"},
    "website_designer": {"office": "it"},
    "hotel": {"tourism": "hotel"},
    "optician": {"shop": "optician"},
    "carpenter": {"craft": "carpenter"},
}
OTHER_TRADE = {"shop": "yes"}
DAY_NAMES: dict[str, str] = dict(zip(DAYS, ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), strict=True))
BUS_STOPS = 3  # a commune; named after shops, and none of them a business


@dataclass(frozen=True, slots=True)
class Element:
    """One node, way or relation. Coordinates are those of the node, else of the centre."""

    kind: OsmKind
    number: int
    latitude: float
    longitude: float
    tags: dict[str, str]


def osm_elements(places: Sequence[Place]) -> list[Element]:
    """Everything that OpenStreetMap knows of the world, in its order: nodes, ways, relations, each by id."""
    found = [_element(place) for place in places if place.osm is not None]
    found.extend(_bus_stops())
    order: tuple[OsmKind, ...] = ("node", "way", "relation")
    return sorted(found, key=lambda element: (order.index(element.kind), element.number))


def _element(place: Place) -> Element:
    assert place.osm is not None
    business, mark = place.business, place.osm
    return Element(mark.kind, mark.number, business.latitude, business.longitude, _tags(place, named=mark.named))


def _tags(place: Place, *, named: bool) -> dict[str, str]:
    """Half of the mappers write `website` and `phone`, the others `contact:website` and `contact:phone`."""
    business, commune = place.business, place.business.commune
    trade = TRADES.get(business.category.type, OTHER_TRADE)
    if place.status == "CLOSED_PERMANENTLY":
        trade = {f"disused:{key}": value for key, value in trade.items()}
    prefix = "contact:" if place.cid % 2 else ""
    number, _, street = business.street.partition(" ")
    tags = {
        **trade,
        "addr:housenumber": number,
        "addr:street": street,
        "addr:postcode": commune.postal_code,
        "addr:city": commune.name,
        f"{prefix}phone": f"+33 {business.phone[1:]}",
    }
    if named:
        tags["name"] = business.name
    if place.website:
        tags[f"{prefix}website"] = place.website
    if place.hours:
        tags["opening_hours"] = opening_hours(place.hours)
    if "pizzeria" in place.words:
        tags["cuisine"] = "pizza"
    return tags


def opening_hours(lines: Iterable[str]) -> str:
    """'lundi: 09:00 – 12:00, 14:00 – 18:30', ... -> 'Mo-Fr 09:00-12:00,14:00-18:30'; closed days are left out."""
    groups: list[tuple[list[str], str]] = []
    for line in lines:
        day, _, times = line.partition(": ")
        short = "off" if times == "Fermé" else times.replace(" – ", "-").replace(", ", ",")
        if groups and groups[-1][1] == short:
            groups[-1][0].append(DAY_NAMES[day])
        else:
            groups.append(([DAY_NAMES[day]], short))
    return "; ".join(f"{_span(days)} {times}" for days, times in groups if times != "off")


def _span(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"


def _bus_stops() -> Iterable[Element]:
    for commune in COMMUNES:
        for index in range(BUS_STOPS):
            digest = hashlib.sha256(f"{commune.name} stop {index}".encode()).digest()
            name = ("Boulangerie", "Le Grand Garage", "Place du Restaurant")[index % 3]
            north, east = (digest[0] - 128) / 20_000, (digest[1] - 128) / 20_000
            number = 6_000_000_000 + int.from_bytes(digest[4:8], "big") % 900_000_000
            tags = {"highway": "bus_stop", "name": f"{name} {commune.name}"}
            yield Element("node", number, round(commune.latitude + north, 7), round(commune.longitude + east, 7), tags)
