"""How tests make the map misbehave, and what they learn of who asked it: a host of the sandbox's own.

`PUT /rules` sets the rules from then on and forgets what was counted, `GET /requests` tells what came since
`DELETE /requests`.
"""

from collections import Counter, deque
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.clock import Clock
from engine.geo.grid import cell_at
from engine.sandbox.apis.desk import log_of, taken
from engine.sandbox.apis.maps_search import Query
from engine.sandbox.draw import folded
from engine.sandbox.http import Reply, Request

DESK_HOST = "maps-control.test"
KEPT = 20_000  # requests
MINUTE = 60.0
# What is asked: the page of a search, the lists that it loads, the page of a place, its document, its reviews.
Where = Literal["search", "results", "place", "document", "reviews"]
Kind = Literal["block", "slow", "broken_json", "stuck", "crash", "hang"]

WHERE_ONLY: dict[Kind, tuple[Where, ...]] = {
    "broken_json": ("results", "document", "reviews"),
    "stuck": ("results",),
    "crash": ("search", "place"),
}


class MapsFault(BaseModel):
    """One way to fail, where everything that is given fits; the first fault of the rules that fits counts.

    `block`: led to the page that asks for a captcha; `slow`: after `seconds`; `broken_json`: cut off in the middle;
    `stuck`: no more results and no word that the list ends (`results`); `crash`: a page that kills its process
    (`search`, `place`); `hang`: nothing, ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    at: Where = "search"
    query: str | None = None
    zoom: int | None = None
    bounds: tuple[float, float, float, float] | None = None  # south, west, north, east of the searched point
    egress: str | None = None  # 'egress-1' is that of the sandbox's first proxy
    place: str | None = None  # place id
    from_page: int = 0  # of results or reviews
    times: int | None = None  # so often, then no more
    seconds: float = 2.0

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.at not in WHERE_ONLY.get(self.kind, get_args(Where)):
            raise ValueError(f"{self.kind} can't happen at {self.at}: one of {', '.join(WHERE_ONLY[self.kind])}")
        return self


class MapsRules(BaseModel):
    """`searches`: pages of searches that one egress may open in `window_seconds` before it is blocked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consent: bool = True
    searches: int | None = Field(default=None, ge=0)
    window_seconds: float = MINUTE
    faults: tuple[MapsFault, ...] = ()


class SeenMaps(BaseModel):
    """One request. `time` is UTC; `tile` is `zoom/x/y` of the searched point; `page` counts from 0.

    `answer`: `given`, or the fault, `blocked` (too many searches), `consent` (sent to the page that asks for it).
    """

    time: str
    egress: str
    at: Where
    query: str = ""
    tile: str = ""
    place: str = ""
    page: int = 0
    answer: str = "given"


class Desk:
    """The rules, their counts and the log of one world's map."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._set(MapsRules())
        self._seen: deque[SeenMaps] = deque(maxlen=KEPT)

    def _set(self, rules: MapsRules) -> None:
        self.rules = rules
        self._done: Counter[int] = Counter()
        self._searches: dict[str, deque[float]] = {}

    def note(
        self, request: Request, at: Where, *, query: Query | None = None, place: str = "", page: int = 0
    ) -> SeenMaps:
        """Enter a request in the log; its answer is told once it is known."""
        seen = SeenMaps(time=self._clock.now().isoformat(), egress=request.egress, at=at, place=place, page=page)
        if query is not None:
            cell = cell_at(query.latitude, query.longitude, round(query.zoom))
            seen.query, seen.tile = query.text, f"{cell.zoom}/{cell.x}/{cell.y}"
        self._seen.append(seen)
        return seen

    def fault(self, seen: SeenMaps, query: Query | None = None) -> MapsFault | None:
        """The fault that this request meets, entered in the log and counted."""
        for number, fault in enumerate(self.rules.faults):
            if (fault.times is None or self._done[number] < fault.times) and _fits(fault, seen, query):
                self._done[number] += 1
                seen.answer = fault.kind
                return fault
        return None

    def is_too_much(self, egress: str) -> bool:
        """Whether this egress searches too often; the search counts."""
        if self.rules.searches is None:
            return False
        now, times = self._clock.monotonic(), self._searches.setdefault(egress, deque())
        while times and times[0] <= now - self.rules.window_seconds:
            times.popleft()
        times.append(now)
        return len(times) > self.rules.searches

    def answer(self, request: Request) -> Reply:
        """The control host."""
        match request.method, request.path:
            case "PUT", "/rules":
                return taken(request.body, MapsRules, self._set)
            case _:
                return log_of(request, self._seen)


def _fits(fault: MapsFault, seen: SeenMaps, query: Query | None) -> bool:
    asked = (
        (fault.at, seen.at),
        (fault.egress, seen.egress),
        (fault.place, seen.place),
        (fault.query and folded(fault.query), folded(seen.query)),
        (fault.zoom, round(query.zoom) if query else None),
    )
    if any(wanted is not None and wanted != given for wanted, given in asked) or seen.page < fault.from_page:
        return False
    if fault.bounds is None:
        return True
    south, west, north, east = fault.bounds
    return query is not None and south <= query.latitude <= north and west <= query.longitude <= east
