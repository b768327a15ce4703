"""OpenStreetMap elements as places, and what a search finds among them; the same for an extract and for Overpass.

A business is a named node, way or relation with one of `BUSINESS_KEYS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.geo.names import fold
from engine.rows.types import Row
from engine.sources.osm_words import WORDS, singular, tags_by_word
from engine.sources.types import Place

BUSINESS_KEYS = ("shop", "amenity", "office", "craft", "tourism", "healthcare")
EVERYTHING = "*"
SITE_KEYS = ("website", "contact:website")
PHONE_KEYS = ("phone", "contact:phone", "contact:mobile")

Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Element:
    """A named node, way or relation with a business key. `point`: where it is, or the middle of its outline."""

    kind: str
    id: int
    tags: dict[str, str]
    point: Point


@dataclass(frozen=True, slots=True)
class Business:
    place: Place
    tags: frozenset[str]  # `shop=bakery`
    words: str  # its name as folded words, with a space around each


class Search:
    """What a query means: every business for `*`; those of the kind that it names; else those with its words."""

    def __init__(self, query: str) -> None:
        self.everything = query.strip() == EVERYTHING
        self.tags: frozenset[str] = _TAGS_BY_WORD.get(singular(query), frozenset())  # `shop=bakery`; empty: by name
        self._words = fold(query).split()

    def finds(self, business: Business) -> bool:
        if self.everything:
            return True
        if self.tags:
            return not self.tags.isdisjoint(business.tags)
        return bool(self._words) and all(f" {word} " in business.words for word in self._words)


def business_of(element: Element) -> Business:
    """The element as a place with its row, and what searches look at."""
    values = {key: element.tags[key].split(";") for key in BUSINESS_KEYS if key in element.tags}
    tags = [f"{key}={value.strip()}" for key, several in values.items() for value in several]
    return Business(_place(element, tags[0]), frozenset(tags), f" {fold(element.tags['name'])} ")


def _place(element: Element, tag: str) -> Place:
    place_id = f"osm:{element.kind}/{element.id}"
    tags = element.tags
    row: Row = {
        "nom": tags["name"],
        "site_web": _first(tags, SITE_KEYS),
        "telephone": _first(tags, PHONE_KEYS),
        "adresse": _address(tags),
        "ville": tags.get("addr:city"),
        "code_postal": tags.get("addr:postcode"),
        "categorie": WORDS[tag][0] if tag in WORDS else tag.partition("=")[2].replace("_", " "),
        "note": None,
        "nb_avis": None,
        "lien_google_maps": None,
        "place_id": place_id,
        "horaires": tags.get("opening_hours"),
    }
    return Place(place_id, *element.point, row)


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _address(tags: Mapping[str, str]) -> str | None:
    """`12 rue des Halles, 37000 Tours`, as far as it is known."""
    street = " ".join(tags[key] for key in ("addr:housenumber", "addr:street") if key in tags)
    town = " ".join(tags[key] for key in ("addr:postcode", "addr:city") if key in tags)
    return ", ".join(part for part in (street, town) if part) or None


_TAGS_BY_WORD = tags_by_word()
