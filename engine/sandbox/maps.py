"""The sandbox's map, held from outside: how it shall misbehave, and who asked it what."""

import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from urllib.request import ProxyHandler, Request, build_opener

from engine.sandbox.apis.maps_desk import DESK_HOST, MapsFault, MapsRules, SeenMaps, Where

SECONDS = 10.0


class SandboxMaps:
    """Speaks to the control host through the sandbox's proxy. Blocks for some milliseconds."""

    def __init__(self, proxy: str) -> None:
        self._opener = build_opener(ProxyHandler({"http": proxy}))

    def set(
        self,
        *faults: MapsFault,
        consent: bool = True,
        searches: int | None = None,
        window_seconds: float | None = None,
    ) -> None:
        """From now on the map behaves so, and well in everything that isn't said; what was counted is forgotten.

        `searches`: pages of searches that one egress may open in `window_seconds` (a minute) before it is blocked.
        """
        window = {} if window_seconds is None else {"window_seconds": window_seconds}
        rules = MapsRules(consent=consent, searches=searches, faults=faults, **window)
        self._ask("PUT", "/rules", rules.model_dump_json().encode())

    @contextmanager
    def misbehaving(self, *faults: MapsFault, consent: bool = True, searches: int | None = None) -> Generator[None]:
        """As `set`, for the length of the block."""
        self.set(*faults, consent=consent, searches=searches)
        try:
            yield
        finally:
            self.set()

    def requests(self, at: Where | None = None) -> list[SeenMaps]:
        """What reached the map, oldest first; with `at`, of one kind."""
        found = [SeenMaps.model_validate(one) for one in json.loads(self._ask("GET", "/requests"))["requests"]]
        return [one for one in found if at in (None, one.at)]

    def searches(self) -> Counter[tuple[str, str]]:
        """How many pages of searches were asked for, by egress and tile (`zoom/x/y`): those that were refused count,
        those that led to the page of consent don't."""
        return Counter((one.egress, one.tile) for one in self.requests("search") if one.answer != "consent")

    def forget_requests(self) -> None:
        """Begin a new log."""
        self._ask("DELETE", "/requests")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json"}
        request = Request(f"http://{DESK_HOST}{path}", body, headers, method=method)
        with self._opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read())
