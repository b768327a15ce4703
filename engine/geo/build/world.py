"""Cities outside France, with their French, English and local names; and the names of countries."""

import json
from collections.abc import Sequence
from pathlib import Path

from engine.geo.build.geonames import City
from engine.geo.build.points import OVERSEAS
from engine.geo.names import fold
from engine.geo.table import Names

POPULATION_MIN = 5_000
POPULATION_WITH_OTHER_NAMES = 15_000
LATIN_END = 0x250


def world(cities: Sequence[City]) -> tuple[list[str], dict[str, Names]]:
    """Records `name country admin1 population latitude longitude`, and their names."""
    kept = [city for city in cities if city["population"] >= POPULATION_MIN and not _french(city)]
    names: dict[str, Names] = {}
    for number, city in enumerate(kept):
        official = fold(city["name"])
        if official:
            names.setdefault(official, Names()).official.append(number)
        for other in sorted(_other_names(city) - {official}):
            names.setdefault(other, Names()).other.append(number)
    return [_record(city) for city in kept], names


def _french(city: City) -> bool:
    return city["countrycode"] == "FR" or city["countrycode"] in OVERSEAS


def _record(city: City) -> str:
    where = f"{city['latitude']:.4f}\t{city['longitude']:.4f}"
    return f"{city['name']}\t{city['countrycode']}\t{city['admin1code']}\t{city['population']}\t{where}"


def _other_names(city: City) -> set[str]:
    if city["population"] < POPULATION_WITH_OTHER_NAMES:
        return set()
    names = (name for name in city["alternatenames"] if all(ord(letter) < LATIN_END for letter in name))
    return {key for key in map(fold, names) if len(key) > 3 and not key.isdigit()}


def countries(sources: Path) -> list[str]:
    """Records `code` and the country's folded French and English names."""
    french, english = (_territories(sources, language) for language in ("fr", "en"))
    return [
        f"{code}\t{fold(french[code])}\t{fold(english[code])}"
        for code in sorted(french)
        if len(code) == 2 and code.isalpha()
    ]


def _territories(sources: Path, language: str) -> dict[str, str]:
    path = sources / f"node_modules/cldr-localenames-full/main/{language}/territories.json"
    tree = json.loads(path.read_text("utf-8"))
    return tree["main"][language]["localeDisplayNames"]["territories"]
