"""Zones of a scrap: what somebody typed -> a named shape on the map.

Understood are French communes, arrondissements, postal codes, departements (name or number), regions, France, and
cities of the world. Accents, case, hyphens and `St` are forgiven. A name that several places bear means the one that
is ten times larger than each other one, in France first; else it is refused with the list of what it could be, and
each of the listed spellings is understood: `Saint-Denis (93)`, `Springfield (MO, US)`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import floor

from engine.errors import OutsendError
from engine.geo.gazetteer import Entry, Kind, communes, country_names, departement, named, near, region, regions
from engine.geo.names import fold
from engine.geo.shapes import Circle, turn

CLEARLY_LARGER = 10  # times the population of each namesake
NOT_AT_HOME = 100  # times, for a city abroad that is called so only in translation (Valence: Valencia)
CANDIDATES_SHOWN = 6
BIN_DEGREES = 0.5

QUALIFIED = re.compile(r"(?P<name>[^,(]+?)\s*(?:,\s*(?P<comma>[^()]+)|\((?P<parens>[^()]+)\))")
POSTAL_CODE = re.compile(r"(?:(?P<before>\D+?)[\s,]*)?\(?(?P<code>\d{5})\)?(?:[\s,]+(?P<after>\D+))?")
ARRONDISSEMENT = re.compile(
    r"(?P<city>paris|lyon|marseille) 0?(?P<number>\d{1,2}) ?(?:er|e|eme|ieme|nd|nde)?(?: arr(?:ondissement)?)?"
)
OVERSEAS_REGIONS = ("01", "02", "03", "04", "06")
KIND_WORDS: dict[str, Kind] = {
    "departement": "departement", "region": "region", "commune": "commune", "ville": "commune",
}  # fmt: skip


class ZoneUnknown(OutsendError):
    code = "zone_unknown"
    message = "Zone introuvable : « {zone} »"
    hint = "Give a French commune, arrondissement, postal code, departement or region, or a city of the world.{near}"

    def __init__(self, *, zone: str) -> None:
        names = near(zone)
        super().__init__(zone=zone, near=f" Did you mean {' or '.join(names)}?" if names else "")


class ZoneAmbiguous(OutsendError):
    code = "zone_ambiguous"
    message = "Zone ambiguë : « {zone} » peut être {candidates}"
    hint = "Write the one you mean: {candidates}."


@dataclass(frozen=True)
class Zone:
    """A place to search in: the union of its circles (one for a commune, those of its communes for a departement)."""

    name: str
    kind: Kind
    country: str
    population: int
    circles: tuple[Circle, ...]
    approximate: bool = False  # the centre of a commune in it is not known, only that of its postal code
    note: str = ""  # one French sentence when a choice was made

    @cached_property
    def centre(self) -> tuple[float, float]:
        """(latitude, longitude), the mean of the circles' centres."""
        count, first = len(self.circles), self.circles[0]
        latitude = sum(circle.latitude for circle in self.circles) / count
        east = sum(turn(circle.longitude - first.longitude) for circle in self.circles) / count
        return latitude, turn(first.longitude + east)

    @cached_property
    def radius_km(self) -> float:
        """How far the zone reaches from its centre."""
        return max(circle.distance_km(*self.centre) + circle.radius_km for circle in self.circles)

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point is in the zone; the tiles of the zone are chosen by the same circles."""
        circles = self._bins.get(_bin(latitude, longitude), ())
        return any(circle.contains(latitude, longitude) for circle in circles)

    def touches(self, south: float, west: float, north: float, east: float) -> bool:
        """Whether a rectangle (smaller than half a degree) has a point in common with the zone."""
        corners = {_bin(latitude, longitude) for latitude in (south, north) for longitude in (west, east)}
        return any(circle.touches(south, west, north, east) for key in corners for circle in self._bins.get(key, ()))

    @cached_property
    def _bins(self) -> dict[tuple[int, int], list[Circle]]:
        bins: dict[tuple[int, int], list[Circle]] = defaultdict(list)
        for circle in self.circles:
            north, east = circle.reach
            for row in _steps(circle.latitude - north, circle.latitude + north):
                for column in _steps(circle.longitude - east, circle.longitude + east):
                    bins[_bin((row + 0.5) * BIN_DEGREES, (column + 0.5) * BIN_DEGREES)].append(circle)
        return bins


def _steps(first: float, last: float) -> range:
    return range(floor(first / BIN_DEGREES), floor(last / BIN_DEGREES) + 1)


def _bin(latitude: float, longitude: float) -> tuple[int, int]:
    return floor(latitude / BIN_DEGREES), floor(turn(longitude) / BIN_DEGREES)


@lru_cache(maxsize=1024)
def resolve(text: str) -> Zone:
    """The zone that `text` names. The same text always gives the same zone.

    Raises:
        ZoneUnknown: nothing is called so; the hint says what is spelt almost so.
        ZoneAmbiguous: several places are called so; the message lists them.
    """
    asked = text.strip()
    rules: tuple[Callable[[str], Zone | None], ...] = (_postal_code, _country, _arrondissement, _place)
    for rule in rules:
        zone = rule(asked)
        if zone is not None:
            return zone
    raise ZoneUnknown(zone=asked)


def _postal_code(text: str) -> Zone | None:
    """`75015`, `75015 Paris`, `Saint-Denis 93200`."""
    match = POSTAL_CODE.fullmatch(text)
    if match is None:
        return None
    code, name = match["code"], fold(match["before"] or match["after"] or "")
    entries = named(code).french
    parts = [entry for entry in entries if entry.kind == "arrondissement"]
    entries = [entry for entry in parts or entries if fold(entry.name).startswith(name)]
    if not entries:
        return None
    if name and len(entries) == 1:
        return _zone(entries[0])
    return _union(code, "postal_code", entries, population=sum(entry.population for entry in entries))


def _union(name: str, kind: Kind, entries: Iterable[Entry], *, population: int, note: str = "") -> Zone:
    entries = list(entries)
    circles = tuple(dict.fromkeys(entry.circle for entry in entries if entry.circle))
    approximate = any(entry.approximate for entry in entries)
    return Zone(name, kind, entries[0].country, population, circles, approximate, note)


def _zone(entry: Entry, note: str = "") -> Zone:
    members = communes([entry]) if entry.members else [entry]
    return _union(entry.name, entry.kind, members, population=entry.population, note=note)


def _country(text: str) -> Zone | None:
    """France, with or without its overseas departements."""
    key = fold(text)
    if key not in ("france", "france metropolitaine"):
        return None
    codes = () if key == "france" else OVERSEAS_REGIONS
    inside = [entry for entry in regions() if len(entry.code) == 2 and entry.code not in codes]
    population = sum(entry.population for entry in inside)
    return _union("France", "country", communes(inside), population=population)


def _arrondissement(text: str) -> Zone | None:
    """`Lyon 2e`, `Paris 15`, `Marseille 1er arrondissement`."""
    match = ARRONDISSEMENT.fullmatch(fold(text))
    if match is None:
        return None
    number = int(match["number"])
    entries = named(f"{match['city']} {number}{'er' if number == 1 else 'e'} arrondissement").french
    return _zone(entries[0]) if entries else None


def _place(text: str) -> Zone | None:
    """A name, alone or with what tells it from its namesakes: `Saint-Denis (93)`, `Springfield, MO, US`."""
    match = QUALIFIED.fullmatch(text)
    name = match["name"] if match else text
    qualifiers = [fold(part) for part in (match["comma"] or match["parens"]).split(",")] if match else []
    found = named(_division_number(fold(name)))
    tiers = [[entry for entry in tier if _fits(entry, qualifiers)] for tier in found.tiers]
    candidates = _leading(tiers)
    if not candidates:
        return None
    chosen = candidates[0]
    alone = len(candidates) == 1
    abroad = bool(qualifiers) and chosen.kind == "city"
    if not (alone or abroad or chosen.population >= CLEARLY_LARGER * max(1, candidates[1].population)):
        labels = ", ".join(entry.label for entry in candidates[:CANDIDATES_SHOWN])
        raise ZoneAmbiguous(zone=text, candidates=labels)
    return _zone(chosen, "" if alone else f"« {text} » : {chosen.label}, la plus grande, a été retenue")


def _division_number(key: str) -> str:
    return key.zfill(2) if key.isdigit() else key


def _fits(entry: Entry, qualifiers: Sequence[str]) -> bool:
    """Whether the entry lies in each of the named departements, regions, states or countries, or is of that kind."""
    for qualifier in qualifiers:
        country = country_names().get(qualifier)
        in_area = _division_number(qualifier) in _areas(entry)
        if not (in_area or country == entry.country or KIND_WORDS.get(qualifier) == entry.kind):
            return False
    return True


def _areas(entry: Entry) -> set[str]:
    """Folded numbers and names of the divisions that an entry is in or is."""
    if entry.kind == "city":
        return {entry.area.lower()}
    if entry.kind == "region":
        return {fold(entry.name)}
    inside = entry if entry.kind == "departement" else departement(entry.area)
    return {inside.code.lower(), fold(inside.name), fold(region(inside.area).name)}


def _leading(tiers: Sequence[list[Entry]]) -> list[Entry]:
    """The entries that a name may mean, the largest first: France's, unless a foreign city dwarfs them."""
    french, former, cities, cities_otherwise = (sorted(tier, key=_rank) for tier in tiers)
    leading = _distinct(french) or former
    if cities and (not leading or cities[0].population >= CLEARLY_LARGER * leading[0].population):
        leading = cities
    if cities_otherwise and (not leading or cities_otherwise[0].population >= NOT_AT_HOME * leading[0].population):
        leading = cities_otherwise
    return leading


def _rank(entry: Entry) -> tuple[int, bool]:
    return -entry.population, entry.kind != "commune"


def _distinct(entries: list[Entry]) -> list[Entry]:
    """Without the divisions that are the same ground as another one: Paris 75, La Réunion 974."""
    kept: list[Entry] = []
    for entry in entries:
        if not any(other.population == entry.population for other in kept):
            kept.append(entry)
    return kept
