"""How long this process took to answer, by route. Counted on its event loop, so nothing need be locked."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"


@dataclass(slots=True)
class Histogram:
    """Times of one route: how many fall up to each bound, the last count being beyond them all."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_SECONDS) + 1))
    sum_seconds: float = 0.0


@dataclass(slots=True)
class Timings:
    """Requests by route, method and status, and the times they took by route and method."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter[tuple[str, str, int]])
    times: dict[tuple[str, str], Histogram] = field(default_factory=dict[tuple[str, str], Histogram])

    def note(self, scope: Mapping[str, Any], *, status: int, seconds: float) -> None:
        """Count one answered request. What matches no route has one name together, as its paths have no end."""
        route = str(getattr(scope.get("route"), "path", None) or OTHER)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        self.requests[route, method, status] += 1
        times = self.times.setdefault((route, method), Histogram())
        times.counts[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        times.sum_seconds += seconds
