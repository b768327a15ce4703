"""How long a running job still takes, the tiles that a search will yet divide included.

Source: concepts/scrape-modes: the ETA counts upcoming subdivisions.
"""

from collections.abc import Mapping

from engine.limits import ZOOM_FIRST, ZOOM_LAST

Levels = Mapping[str, Mapping[str, int]]  # zoom -> `searched` tiles, and the smaller ones that they `opened`


def seconds_left(*, elapsed: float, processed: int, planned: int, levels: Levels) -> int:
    """Whole seconds at the pace so far, for items of which some are `processed`."""
    return round(elapsed / processed * (planned - processed + still_opened(levels, planned)))


def still_opened(levels: Levels, planned: int) -> float:
    """How many tiles are still to be made by dividing others, if those are divided as often as so far.

    `planned` counts all tiles that are known. At a zoom where none was searched yet a tile is taken to open half as
    many as at the one before: smaller tiles have fewer places.
    """
    here = float(planned - sum(level["opened"] for level in levels.values()))  # the first tiles
    expected, rate, coming = 0.0, 0.0, 0.0
    for zoom in range(ZOOM_FIRST, ZOOM_LAST):
        searched, opened = (levels.get(str(zoom), {}).get(name, 0) for name in ("searched", "opened"))
        rate = opened / searched if searched else rate / 2
        coming = (max(here - searched, 0.0) + coming) * rate
        expected += coming
        here = float(opened)
    return expected
