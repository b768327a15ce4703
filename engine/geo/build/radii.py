"""How large each commune is, as a circle: from the density of its neighbours and from its population."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from engine.geo.build.commune import Commune, Point, distance_km

NEIGHBOURS = 8
MARGIN = 1.25  # communes are no circles
RADIUS_MAX_KM = 15.0


def measure(communes: Sequence[Commune]) -> None:
    """Give each commune the radius of a circle of its likely size, from its neighbours' density and its population.

    Communes that share an approximate point share the area around it too.
    """
    whole = [commune for commune in communes if not commune.parent]
    distance_to = _neighbour_distance(whole)
    sharing: dict[Point | None, int] = defaultdict(int)
    for commune in whole:
        sharing[commune.point] += commune.approximate
    for commune in whole:
        by_density = MARGIN * distance_to(commune) / math.sqrt(NEIGHBOURS)
        by_people = 1.2 + 0.0035 * math.sqrt(commune.population)
        shared = math.sqrt(max(1, sharing[commune.point])) if commune.approximate else 1.0
        commune.radius_km = min(RADIUS_MAX_KM, max(by_density, by_people * shared))
    cities = {commune.code: commune for commune in whole}
    parts = [commune for commune in communes if commune.parent]
    for part in parts:
        siblings = sum(other.parent == part.parent for other in parts)
        part.radius_km = MARGIN * cities[part.parent].radius_km / math.sqrt(siblings)


def _neighbour_distance(communes: Sequence[Commune]) -> Callable[[Commune], float]:
    """How far the eighth nearest commune is, in km."""
    cells: dict[tuple[int, int], list[Point]] = defaultdict(list)
    for commune in communes:
        if commune.point:
            cells[_cell(commune.point)].append(commune.point)

    def distance(commune: Commune) -> float:
        assert commune.point is not None
        row, column = _cell(commune.point)
        near = [
            distance_km(commune.point, point)
            for y in range(row - 1, row + 2)
            for x in range(column - 1, column + 2)
            for point in cells.get((y, x), ())
        ]
        return sorted(near)[NEIGHBOURS] if len(near) > NEIGHBOURS else RADIUS_MAX_KM * math.sqrt(NEIGHBOURS) / 2

    return distance


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] * 5), int(point[1] * 4)  # about 20 km
