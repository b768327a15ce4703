"""In which departement and region of France a place lies."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from engine.geo.gazetteer import communes, departement, named, region, regions
from engine.geo.shapes import Circle

CELLS_PER_DEGREE = 4
FAR_KM = 20.0  # beyond the nearest commune by this much, a point is abroad or at sea


class Division(NamedTuple):
    """Names of a departement and its region."""

    departement: str
    region: str


def division_of(latitude: float, longitude: float, *, postal_code: str = "") -> Division | None:
    """The departement and region of a place: by its postal code, else those of the nearest commune; None abroad."""
    by_code = named(postal_code).french if len(postal_code) == 5 else []
    code = by_code[0].area if by_code else _nearest(latitude, longitude)
    if code is None:
        return None
    inside = departement(code)
    return Division(inside.name, region(inside.area).name)


def _nearest(latitude: float, longitude: float) -> str | None:
    row, column = _cell(latitude, longitude)
    near = [
        (centre.distance_km(latitude, longitude), code)
        for y in range(row - 1, row + 2)
        for x in range(column - 1, column + 2)
        for centre, code in _centres().get((y, x), ())
    ]
    distance_km, code = min(near, default=(FAR_KM, None))
    return code if distance_km < FAR_KM else None


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return int(latitude * CELLS_PER_DEGREE), int(longitude * CELLS_PER_DEGREE)


@cache
def _centres() -> dict[tuple[int, int], list[tuple[Circle, str]]]:
    """The communes' circles and departements, by cell of a quarter of a degree."""
    found: dict[tuple[int, int], list[tuple[Circle, str]]] = defaultdict(list)
    for commune in communes(regions(), kinds=("commune", "arrondissement")):
        if commune.circle:
            found[_cell(commune.circle.latitude, commune.circle.longitude)].append((commune.circle, commune.area))
    return found
