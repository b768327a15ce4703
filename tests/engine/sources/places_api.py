"""A replica of Places API (New) text search for tests: field mask enforced, 20 a page, 60 a search."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.network.types import ApiAnswer

KEY = "AIza-test"
HEADERS = {"Content-Type": "application/json"}


def place(number: int, *, latitude: float, longitude: float, **fields: Any) -> dict[str, Any]:
    """A place as Google describes it."""
    return {
        "id": f"ChIJ{number:04}",
        "displayName": {"text": f"Salon {number}", "languageCode": "fr"},
        "location": {"latitude": latitude, "longitude": longitude},
        "businessStatus": "OPERATIONAL",
        **fields,
    }


@dataclass
class PlacesApi:
    """Answers `request` from `places`. `statuses` are given first, one a request, instead of an answer."""

    places: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    statuses: list[int] = field(default_factory=list[int])
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def request(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        timeout_seconds: float = 30.0,
    ) -> ApiAnswer:
        assert (method, url) == ("POST", "https://places.googleapis.com/v1/places:searchText")
        assert isinstance(json, dict)
        headers = headers or {}
        self.requests.append({"headers": dict(headers), "body": json})
        if self.statuses:
            return _answer(self.statuses.pop(0), {"error": {}})
        if headers.get("X-Goog-Api-Key") != KEY:
            return _answer(400, {"error": {"details": [{"reason": "API_KEY_INVALID"}]}})
        return _answer(200, self._page(json, headers["X-Goog-FieldMask"].split(",")))

    def _page(self, body: dict[str, Any], mask: list[str]) -> dict[str, Any]:
        box = body["locationRestriction"]["rectangle"]
        inside = [p for p in self.places if _within(p["location"], box["low"], box["high"])][:60]
        start = int(body.get("pageToken", "0"))
        page = [_masked(place, mask) for place in inside[start : start + body["pageSize"]]]
        answer: dict[str, Any] = {"places": page} if page else {}
        if start + len(page) < len(inside) and "nextPageToken" in mask:
            answer["nextPageToken"] = str(start + len(page))
        return answer


def _within(point: dict[str, float], low: dict[str, float], high: dict[str, float]) -> bool:
    return all(low[axis] <= point[axis] < high[axis] for axis in ("latitude", "longitude"))


def _masked(place: dict[str, Any], mask: list[str]) -> dict[str, Any]:
    asked = {path.split(".")[1] for path in mask if path.startswith("places.")}
    return {name: value for name, value in place.items() if name in asked}


def _answer(status: int, tree: object) -> ApiAnswer:
    return ApiAnswer(status, HEADERS, json.dumps(tree).encode(), tree)
