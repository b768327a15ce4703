"""The cost unit. 1 EF (France-equivalent) = one query on every tile of France, once, in fast mode.

Source: concepts/scrape-modes, CONTRACT X-28.
"""

from typing import Literal

from engine.limits import MODE_FACTOR, REVIEWS_FACTOR

Mode = Literal["fast", "advanced", "ultra"]

TILES_OF_FRANCE = 44_012  # of the zone `France`; a test counts them again
EF_PER_ITEM = 1 / (3 * 3_700)  # of an item-driven module, unless it says otherwise
# Expected wall time of one search of a job, four being in flight; three pages for places.
SECONDS_PER_SEARCH = {"places": 0.4, "osm": 0.005}
SECONDS_PER_UNKNOWN_SEARCH = 5.0  # a map page that is scrolled to its end


def scrap_ef(requests: int, *, mode: Mode, reviews: bool = False) -> float:
    """The price of `requests` first searches (tiles x queries), the mode's usual subdivisions included."""
    return requests * MODE_FACTOR[mode] / TILES_OF_FRANCE * (REVIEWS_FACTOR if reviews else 1.0)


def scrap_seconds(requests: int, *, mode: Mode, source: str) -> float:
    """How long those searches take in `source`, the mode's usual subdivisions included (osm never subdivides)."""
    seconds = SECONDS_PER_SEARCH.get(source, SECONDS_PER_UNKNOWN_SEARCH)
    return requests * seconds * (1 if source == "osm" else MODE_FACTOR[mode])
