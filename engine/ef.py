"""The cost unit. 1 EF (France-equivalent) = one query on every tile of France, once, in fast mode.

Source: concepts/scrape-modes, CONTRACT X-28.
"""

from typing import Literal

from engine.limits import MODE_FACTOR, REVIEWS_FACTOR

Mode = Literal["fast", "advanced", "ultra"]

TILES_OF_FRANCE = 44_012  # of the zone `France`; a test counts them again
EF_PER_ITEM = 1 / (3 * 3_700)  # of an item-driven module, unless it says otherwise
# Expected wall time of one search of a job, four being in flight where a source lets them; three pages for places.
SEARCHES_AT_ONCE = 4  # of a job
SECONDS_PER_SEARCH = {"places": 0.4, "osm": 0.005}
SECONDS_PER_PAGE = 5.0  # of google_maps, scrolled to its end; one at a time by each way out


def scrap_ef(requests: int, *, mode: Mode, reviews: bool = False) -> float:
    """The price of `requests` first searches (tiles x queries), the mode's usual subdivisions included."""
    return requests * MODE_FACTOR[mode] / TILES_OF_FRANCE * (REVIEWS_FACTOR if reviews else 1.0)


def scrap_seconds(requests: int, *, mode: Mode, source: str, ways: int = 1) -> float:
    """How long those searches take in `source`, the mode's usual subdivisions included (osm never subdivides).

    `ways` out there are; a job uses four at most.
    """
    seconds = SECONDS_PER_SEARCH.get(source, SECONDS_PER_PAGE / min(ways, SEARCHES_AT_ONCE))
    return requests * seconds * (1 if source == "osm" else MODE_FACTOR[mode])
