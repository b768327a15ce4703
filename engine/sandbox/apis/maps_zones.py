"""Three crowded, middling and empty parts of the map, for the search page alone: made when somebody first looks there.

They lie around real communes far from those of the other businesses, so that nothing else of the world changes. Their
places have no web site and are the same in every epoch.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.geo.shapes import Circle
from engine.sandbox.business import invent
from engine.sandbox.categories import CATEGORIES, Category
from engine.sandbox.communes import Commune
from engine.sandbox.places import Place, place_of

NEAR_KM = 30.0  # who searches further away does not see them
# How many of each trade the dense zone has; the others a share of it, one at least.
DENSE_COUNTS = {
    "restaurant": 1_000,
    "lawyer": 420,
    "hair_salon": 320,
    "dentist": 180,
    "bakery": 150,
    "plumber": 110,
    "website_designer": 90,
    "car_repair": 80,
    "hotel": 80,
    "optician": 70,
    "florist": 40,
    "carpenter": 30,
}
# Of the places, which share lies within which distance (metres): most of them in the middle, some beyond the commune.
RINGS = ((0.22, 600.0), (0.40, 1_200.0), (0.38, 2_700.0))


@dataclass(frozen=True, slots=True)
class MapsZone:
    """`name` is what a scrap's `zones` says, `circle` what the product makes of it."""

    name: str
    commune: Commune
    circle: Circle
    share: float  # of the dense zone's counts


def _zone(name: str, commune: Commune, radius_km: float, share: float) -> MapsZone:
    return MapsZone(name, commune, Circle(commune.latitude, commune.longitude, radius_km), share)


DENSE = _zone(
    "Marseille 6e", Commune("Marseille", "13006", "Bouches-du-Rhône", 43.2876, 5.3792, "04 65 71", 0), 2.1, 1.0
)
MEDIUM = _zone("Cahors", Commune("Cahors", "46000", "Lot", 44.4491, 1.4366, "05 36 49", 0), 1.7, 0.09)
SPARSE = _zone("Marvejols", Commune("Marvejols", "48100", "Lozère", 44.5538, 3.2914, "04 65 71", 0), 1.4, 0.01)
ZONES = (DENSE, MEDIUM, SPARSE)


def zones_near(latitude: float, longitude: float) -> Iterator[MapsZone]:
    """Those that a search around this point may show."""
    return (zone for zone in ZONES if zone.circle.distance_km(latitude, longitude) < NEAR_KM)


@lru_cache(maxsize=16)
def places_of_zone(zone: MapsZone, seed: int) -> tuple[Place, ...]:
    """Every place of the zone in the world of `seed`, sorted by id. The first call takes a fifth of a second."""
    made = (place for category in CATEGORIES for place in _places(zone, category, seed))
    return tuple(sorted(made, key=lambda place: place.id))


def _places(zone: MapsZone, category: Category, seed: int) -> Iterator[Place]:
    count = math.ceil(DENSE_COUNTS[category.type] * zone.share)
    for index in range(count):
        key = f"{seed}/zone/{zone.name}/{category.type}/{index}"
        rng = random.Random(key)
        business = invent(rng, category=category, commune=zone.commune, spread_metres=_ring((index + 0.5) / count))
        # OpenStreetMap has not mapped them.
        yield replace(place_of(f"{key} place", business, None), osm=None)


def _ring(share: float) -> float:
    """The distance within which a place lies that comes so far (0 to 1) in its trade."""
    for part, metres in RINGS:
        if share < part:
            return metres
        share -= part
    return RINGS[-1][1]
