"""What the map finds for a few words around a point: which places, and in what order."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.geo.shapes import Circle
from engine.sandbox.apis.maps_zones import ZONES, places_of_zone, zones_near
from engine.sandbox.apis.places import folded_words
from engine.sandbox.communes import COMMUNES, Commune
from engine.sandbox.epochs import Epoch
from engine.sandbox.places import Place

RESULTS_MAX = 120
EARTH_KM = 40_075.0
ZOOM_MAX = 21.0
# Where fewer places than that lie around the centre, the map looks further, up to so many times the distance. What it
# finds there is never a full list.
THIN, WIDEST, WIDENED_MAX = 20, 8, 60
CAMERA = 9.588  # its height against half the diagonal of a tile, for a map of 768 points
TOWN_KM = 6.0
# The places that the whole town knows are listed first in each part of it, unless the map is of a few streets: lists of
# neighbouring tiles have them in common, so that a full list may hold little that is new.
KNOWN, KNOWN_KM, STREETS_ZOOM = 0.906, 3.0, 15.5
TOWNS = {
    word: commune for commune in (*COMMUNES, *(zone.commune for zone in ZONES)) for word in folded_words(commune.name)
}


@dataclass(frozen=True, slots=True)
class Query:
    """A search: its words, and the middle and zoom of the map (may be a fraction) that it is asked on."""

    text: str
    latitude: float
    longitude: float
    zoom: float

    @property
    def reach_km(self) -> float:
        """Half the diagonal of a tile of this zoom: around a tile's centre, its corners are just within."""
        side = EARTH_KM * math.cos(math.radians(self.latitude)) / 2 ** min(self.zoom, ZOOM_MAX)
        return side / math.sqrt(2)

    @property
    def known_km(self) -> float:
        """How far away the places that everybody knows may lie to be listed."""
        return max(self.reach_km, KNOWN_KM) if self.zoom < STREETS_ZOOM else self.reach_km


def altitude(query: Query) -> float:
    """How high the camera hangs, in metres: what the page's own requests say instead of a zoom."""
    return query.reach_km * 1_000 * CAMERA


def zoom_at(altitude: float, latitude: float) -> float:
    """The zoom of a camera so many metres above a point of this latitude; the reverse of `altitude`."""
    reach_at_zero = Query("", latitude, 0.0, 0.0).reach_km
    return math.log2(reach_at_zero * 1_000 * CAMERA / altitude)


class MapsIndex:
    """Finds places of one world: those of an epoch, and those of the zones nearby."""

    def __init__(self, epochs: Sequence[Epoch], seed: int) -> None:
        self._epochs, self._seed = epochs, seed
        self._by_key: dict[int, dict[str, Place]] = {}  # of each epoch that was asked for
        self.search = lru_cache(maxsize=256)(self._search)

    def place(self, feature: str, epoch: int) -> Place | None:
        """The place of a feature id (its second half is enough), a place id or a cid, wherever it lies."""
        if epoch not in self._by_key:
            self._by_key[epoch] = _by_key(self._epochs[epoch].places)
        key = key_of(feature)
        return self._by_key[epoch].get(key) or self._of_zones.get(key)

    @cached_property
    def _of_zones(self) -> dict[str, Place]:
        return _by_key(one for zone in ZONES for one in places_of_zone(zone, self._seed))

    def _search(self, query: Query, epoch: int) -> tuple[Place, ...]:
        """The places that a search lists, best first, 120 at most."""
        towns = _towns_in(query.text)
        found = self._matching(query, towns, epoch)
        if towns:
            return _ranked(_of_towns(found, towns))[:RESULTS_MAX]
        around = Circle(query.latitude, query.longitude, query.reach_km)
        inside = _within(found, around, around.radius_km)
        if len(inside) >= THIN:
            known = _within((one for one in found if _renown(one) > KNOWN), around, query.known_km)
            return _ranked([*inside, *(one for one in known if one[1] > 1)])[:RESULTS_MAX]
        wider = 2
        while len(inside) < THIN and wider <= WIDEST:
            inside, wider = _within(found, around, wider * around.radius_km), wider * 2
        return _ranked(inside)[:WIDENED_MAX]

    def _matching(self, query: Query, towns: Collection[Commune], epoch: int) -> list[Place]:
        """The places whose words or name hold all words of the query but its towns."""
        spots = [(town.latitude, town.longitude) for town in towns] or [(query.latitude, query.longitude)]
        zones = dict.fromkeys(zone for spot in spots for zone in zones_near(*spot))
        pools = (self._epochs[epoch].places, *(places_of_zone(zone, self._seed) for zone in zones))
        wanted = wanted_words(query.text)
        return [place for pool in pools for place in pool if wanted <= known_words(place.words, place.business.name)]


def wanted_words(text: str) -> frozenset[str]:
    """The folded words of a query that a place must have: all but the towns."""
    return frozenset(word for word in folded_words(text) if word not in TOWNS)


@lru_cache(maxsize=1 << 14)
def known_words(words: tuple[str, ...], name: str) -> frozenset[str]:
    """The folded words that find a place of these trades and this name."""
    return frozenset((*words, *folded_words(name)))


def feature_id(place: Place) -> str:
    """How the page names a place: `0x…:0x…`, whose second half is the cid."""
    return f"0x{_first_half(place):x}:0x{place.cid:x}"


def _first_half(place: Place) -> int:
    """Where it lies, in the manner of such ids: neighbours begin alike."""
    latitude, longitude = place.business.latitude, place.business.longitude
    return int((latitude + 90) * 1e6) << 32 | int((longitude + 180) * 1e6)


def key_of(name: str) -> str:
    """What two names of one place have in common: the cid in hex, or the place id."""
    if name.isdecimal():
        return f"0x{int(name):x}"
    return name.rpartition(":")[2]


def _towns_in(text: str) -> list[Commune]:
    """The towns that a query names, in its order."""
    return list(dict.fromkeys(TOWNS[word] for word in folded_words(text) if word in TOWNS))


def _by_key(places: Iterable[Place]) -> dict[str, Place]:
    return {key: one for one in places for key in (f"0x{one.cid:x}", one.id)}


def _within(places: Iterable[Place], around: Circle, reach_km: float) -> list[tuple[Place, float]]:
    """The places so far around, each with its distance in radii of the circle."""
    measured = ((place, around.distance_km(place.business.latitude, place.business.longitude)) for place in places)
    return [(place, distance / around.radius_km) for place, distance in measured if distance <= reach_km]


def _of_towns(places: Iterable[Place], towns: Collection[Commune]) -> list[tuple[Place, float]]:
    """The places of the named towns, from the nearest to the middle of one."""
    circles = {town.name: Circle(town.latitude, town.longitude, TOWN_KM) for town in towns}
    found: list[tuple[Place, float]] = []
    for place in places:
        circle = circles.get(place.business.commune.name)
        if circle is not None:
            distance = circle.distance_km(place.business.latitude, place.business.longitude)
            found.append((place, distance / TOWN_KM))
    return found


def _ranked(measured: Iterable[tuple[Place, float]]) -> tuple[Place, ...]:
    """The known first, then the nearest and most renowned; places of equal rank by id."""
    ranked = sorted(measured, key=lambda one: (_renown(one[0]) <= KNOWN, one[1] - _renown(one[0]) / 2, one[0].id))
    return tuple(place for place, _ in ranked)


def _renown(place: Place) -> float:
    """0 to 1: what the map thinks of a place beside where it lies."""
    return (place.cid & 0xFFFF) / 0xFFFF
