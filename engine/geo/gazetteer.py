"""What the bundled tables know under a name: French communes and divisions, cities of the world."""

import heapq
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from engine.geo.names import fold
from engine.geo.shapes import Circle
from engine.geo.table import table

Kind = Literal["commune", "arrondissement", "postal_code", "departement", "region", "country", "city"]

FRENCH: dict[str, Kind] = {"C": "commune", "A": "arrondissement", "D": "departement", "R": "region"}
CITY_RADIUS_KM_MAX = 25.0
SHORTEST = 3  # letters of a name that may be misspelt
FEWEST = 2  # letters of a name that is still being typed
POSTAL_CODE_DIGITS = 5
AT_HOME = 10  # times as large as it is, a place in France counts among those that begin alike
OTHERWISE = 0.01  # of its size counts of a place that is called so in another language, or was once
POPULATION = {"france": 4, "world": 3}  # its column in the records of a table
UNREADABLE = frozenset("(,/")  # in a name: what stands behind them in a label tells places apart


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. `area`: a commune's departement, a departement's region, a city's state (GeoNames' admin1 code)."""

    kind: Kind
    name: str
    area: str
    population: int
    code: str = ""  # INSEE; '' for cities of the world
    country: str = "FR"
    circle: Circle | None = None  # of a commune, arrondissement, city
    approximate: bool = False
    postal_codes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # a region's departements; a departement's first and last record

    @property
    def label(self) -> str:
        """How to write it so that no other place is meant: `Saint-Denis (93)`, `Springfield (MO, US)`."""
        if self.kind == "city":
            state = f"{self.area}, " if self.area.isalpha() else ""
            return f"{self.name} ({state}{self.country})"
        if self.kind in ("departement", "region"):
            return f"{self.name} ({'département' if self.kind == 'departement' else 'région'})"
        return f"{self.name} ({self.area})"


@dataclass(frozen=True, slots=True)
class Found:
    """Entries of one name: in France, absorbed French communes, in the world, in the world under another name."""

    french: list[Entry]
    former: list[Entry]
    cities: list[Entry]
    cities_otherwise: list[Entry]

    @property
    def tiers(self) -> tuple[list[Entry], ...]:
        return self.french, self.former, self.cities, self.cities_otherwise


def named(key: str) -> Found:
    """The places whose folded name, postal code or departement number is `key`."""
    french, world = table("france").find(key), table("world").find(key)
    return Found(
        [_french(number) for number in french.official],
        [_french(number) for number in french.other],
        [_city(number) for number in world.official],
        [_city(number) for number in world.other],
    )


def _french(number: int) -> Entry:
    kind, code, name, area, population, *rest = table("france").records[number].split("\t")
    if kind in "DR":
        members = tuple(rest[0].split(",")) if kind == "R" else tuple(rest)
        return Entry(FRENCH[kind], name, area, int(population), code, members=members)
    latitude, longitude, radius_km, approximate, postal_codes = rest
    circle = Circle(float(latitude), float(longitude), float(radius_km))
    codes = tuple(postal_codes.split(","))
    return Entry(FRENCH[kind], name, area, int(population), code, "FR", circle, approximate == "1", codes)


def _city(number: int) -> Entry:
    name, country, area, population, latitude, longitude = table("world").records[number].split("\t")
    radius_km = min(CITY_RADIUS_KM_MAX, 1.5 + 0.006 * math.sqrt(int(population)))
    circle = Circle(float(latitude), float(longitude), radius_km)
    return Entry("city", name, area, int(population), country=country, circle=circle)


def departement(code: str) -> Entry:
    """The departement of that number. Raises KeyError."""
    return _divisions()["departement", code]


def region(code: str) -> Entry:
    """The region of that number. Raises KeyError."""
    return _divisions()["region", code]


@cache
def _divisions() -> dict[tuple[Kind, str], Entry]:
    found: dict[tuple[Kind, str], Entry] = {}
    for number, record in enumerate(table("france").records):
        if record[0] not in "DR":
            break
        entry = _french(number)
        found[entry.kind, entry.code] = entry
    return found


def regions() -> list[Entry]:
    """All regions, overseas departements and territories included."""
    return [entry for (kind, _), entry in _divisions().items() if kind == "region"]


def communes(divisions: Iterable[Entry], *, kinds: Collection[Kind] = ("commune",)) -> list[Entry]:
    """The communes (or arrondissements, by `kinds`) of departements and regions, by number."""
    found: list[Entry] = []
    for division in divisions:
        if division.kind == "region":
            found += communes(map(departement, division.members), kinds=kinds)
        else:
            first, last = map(int, division.members)
            inside = (_french(number) for number in range(first, last + 1))
            found += [entry for entry in inside if entry.kind in kinds]
    return found


@cache
def country_names() -> dict[str, str]:
    """Folded French and English names, and codes, to two-letter codes."""
    names: dict[str, str] = {}
    for record in table("countries").records:
        code, french, english = record.split("\t")
        names |= {english: code, french: code, code.lower(): code}
    return names


def near(name: str) -> list[str]:
    """Labels of places that are spelt almost like `name`."""
    key = fold(name)
    if len(key) < SHORTEST:
        return []
    spellings = [*table("france").near(key), *table("world").near(key)]
    labels = (next((tier[0].label for tier in named(near).tiers if tier), "") for near in dict.fromkeys(spellings))
    return [label for label in labels if label][:3]


def beginning(text: str, *, limit: int) -> list[str]:
    """Labels of places that are called so from the first letter on, the largest first; postal codes for digits.

    A place in France stands before one abroad that is up to ten times larger, and one by its own name before one that
    is called so otherwise. Labels that could not be read back are left out.
    """
    key = fold(text)
    if len(key) < FEWEST:
        return []
    if key.isdigit():
        return [code for code, _ in table("france").beginning(key) if len(code) == POSTAL_CODE_DIGITS][:limit]
    sized = [*_sized("france", key, AT_HOME), *_sized("world", key, 1)]
    read = {"france": _french, "world": _city}
    entries = (read[name](number) for _, name, number in heapq.nlargest(limit, sized))
    return list(dict.fromkeys(entry.label for entry in entries if not UNREADABLE.intersection(entry.name)))


def _sized(name: str, key: str, weight: int) -> Iterator[tuple[float, str, int]]:
    """The records of a table whose names begin so, with what they weigh."""
    column = POPULATION[name]
    for _, names in table(name).beginning(key):
        for numbers, share in ((names.official, 1.0), (names.other, OTHERWISE)):
            for number in numbers:
                population = int(table(name).records[number].split("\t", column + 1)[column])
                yield population * weight * share, name, number
