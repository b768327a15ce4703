"""www.google.com/maps: the search page, places and reviews, as a browser meets them.

Source: what the public page shows and asks for. Kept: 20 results a page of a list that ends at 120, consent before
anything else, a page with a captcha for whoever searches too much, `)]}'` before each document.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote, unquote_plus, urlsplit

from engine.clock import Clock
from engine.sandbox.apis.maps_desk import DESK_HOST, Desk, MapsFault, SeenMaps
from engine.sandbox.apis.maps_documents import MAPS, Json, nothing_document, preview_document, search_document, written
from engine.sandbox.apis.maps_languages import Language, language
from engine.sandbox.apis.maps_pages import (
    COOKIE,
    consent_page,
    consented,
    crash_page,
    place_page,
    search_page,
    sorry_page,
)
from engine.sandbox.apis.maps_review_documents import WrongToken, read_asked, reviews_document
from engine.sandbox.apis.maps_reviews import reviewed, reviews_of
from engine.sandbox.apis.maps_search import MapsIndex, Query, feature_id, zoom_at
from engine.sandbox.epochs import Epoch
from engine.sandbox.http import Reply, Request, redirect, reply
from engine.sandbox.places import Place

MAPS_HOST, CONSENT_HOST, SHORT_HOST = "www.google.com", "consent.google.com", "maps.google.com"
HTTPS = "https://"
RESULTS_PAGE = 20
JSON = "application/json; charset=UTF-8"
NO_COOKIE = "CAA"  # a choice that is still to be made
LATITUDE_MAX = 86.0
FRANCE = (46.6, 2.4, 6.0)  # where a search without a place is made
SEARCH = re.compile(r"/maps/search/(?P<text>[^/]+)/?(?:@(?P<where>[^/]*))?")
WHERE = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)z")
CAMERA = re.compile(r"!1d(\d+(?:\.\d+)?)!2d(-?\d+(?:\.\d+)?)!3d(-?\d+(?:\.\d+)?)")
OFFSET = re.compile(r"!8i(\d+)")
FEATURE = re.compile(r"!1s(0x[0-9a-f]+:0x[0-9a-f]+|ChIJ[\w-]+)")
MISSING = reply(404, b"")
BAD = reply(400, b"")


class MapsSite:
    """The hosts of the map in one world; `epoch_now` is asked before each answer."""

    def __init__(self, epochs: Sequence[Epoch], seed: int, epoch_now: Callable[[], int]) -> None:
        self._index, self._epoch_now = MapsIndex(epochs, seed), epoch_now
        self._desk, self._clock = Desk(), Clock()

    def hosts(self) -> Iterator[tuple[str, Callable[[Request], Reply]]]:
        """Each host's name with what answers there."""
        yield MAPS_HOST, self._maps
        yield CONSENT_HOST, _consent
        yield SHORT_HOST, self._short
        yield DESK_HOST, self._desk.answer

    def _maps(self, request: Request) -> Reply:
        if not request.secure:
            return redirect(f"{HTTPS}{MAPS_HOST}{request.target}")
        path = request.path
        ways: tuple[tuple[str, Callable[[Request], Reply]], ...] = (
            ("/maps/search/", self._search),
            ("/maps/place/", self._place),
            ("/maps/preview/place", self._document),
            ("/maps/rpc/listugcposts", self._reviews),
            ("/maps", self._short),
            ("/search", self._results),
            ("/sorry/index", _sorry),
            ("/url", _onward),
        )
        way = next((way for begin, way in ways if path == begin or (path.startswith(begin) and begin[-1] == "/")), None)
        try:
            return MISSING if way is None else way(request)
        except ValueError as error:  # of the epoch's file
            return reply(500, str(error).encode(), content_type="text/plain")

    def _search(self, request: Request) -> Reply:
        """The page of a search."""
        named = _parameter(request, "query_place_id")
        if named:
            return self._to_place(named)
        query = _read_search(request)
        if query is None:
            return MISSING
        seen = self._desk.note(request, "search", query=query)
        if self._wants_consent(request, seen):
            return _to_consent(request)
        if self._desk.is_too_much(request.egress):
            seen.answer = "blocked"
            return _to_sorry(request)
        fault = self._desk.fault(seen, query)
        return _hurt(search_page(query, _told(request)), fault, request)

    def _results(self, request: Request) -> Reply:
        """One page of a search's results, as the script asks for it."""
        query, offset = _read_camera(request), OFFSET.search(_parameter(request, "pb"))
        if _parameter(request, "tbm") != "map" or query is None:
            return BAD
        begin = int(offset[1]) if offset else 0
        seen = self._desk.note(request, "results", query=query, page=begin // RESULTS_PAGE)
        fault = self._desk.fault(seen, query)
        return _hurt(_json(self._found(query, begin, _told(request))), fault, request)

    def _found(self, query: Query, begin: int, told: Language) -> list[Json]:
        found = self._index.search(query, self._epoch_now())
        page = found[begin : begin + RESULTS_PAGE]
        if not found:
            return nothing_document(query)
        return search_document(query, page, total=len(found), told=told, now=self._clock.now())

    def _place(self, request: Request) -> Reply:
        """The page of a place. Its address names it in `data`, or in `q=place_id:…`."""
        asked = _parameter(request, "q").removeprefix("place_id:")
        named = FEATURE.search(unquote_plus(request.path))
        place = self._index.place(named[1] if named else asked, self._epoch_now())
        if place is None:
            return MISSING
        seen = self._desk.note(request, "place", place=place.id)
        if self._wants_consent(request, seen):
            return _to_consent(request)
        told = _told(request)
        preview = preview_document(place, told, now=self._clock.now())
        page = place_page(place.business.name, feature_id(place), preview, told)
        return _hurt(page, self._desk.fault(seen), request)

    def _document(self, request: Request) -> Reply:
        """A place's document, as the panel's script asks for it."""
        named = FEATURE.search(_parameter(request, "pb"))
        place = self._index.place(named[1], self._epoch_now()) if named else None
        if place is None:
            return BAD
        fault = self._desk.fault(self._desk.note(request, "document", place=place.id))
        return _hurt(_json(preview_document(place, _told(request), now=self._clock.now())), fault, request)

    def _reviews(self, request: Request) -> Reply:
        """A page of reviews, as the panel's script asks for it."""
        asked = read_asked(_parameter(request, "pb"))
        place = self._index.place(asked.feature, self._epoch_now()) if asked else None
        if asked is None or place is None:
            return BAD
        try:
            written_ = reviews_document(
                asked, reviews_of(reviewed(place)), place.cid, _told(request), now=self._clock.now()
            )
        except WrongToken:
            return BAD
        seen = self._desk.note(request, "reviews", place=place.id, page=asked.offset // asked.size)
        return _hurt(_json(written_), self._desk.fault(seen), request)

    def _short(self, request: Request) -> Reply:
        """`?cid=`, as other APIs link a place: led to its page."""
        cid = _parameter(request, "cid")
        return self._to_place(cid) if cid else redirect(f"{MAPS}/search/{quote(_parameter(request, 'q') or 'France')}")

    def _to_place(self, name: str) -> Reply:
        place: Place | None = self._index.place(name, self._epoch_now())
        if place is None:
            return MISSING
        return redirect(f"{MAPS}/place/{quote(place.business.name)}/data=!4m2!3m1!1s{feature_id(place)}?hl=fr", 302)

    def _wants_consent(self, request: Request, seen: SeenMaps) -> bool:
        if not self._desk.rules.consent or _has_chosen(request):
            return False
        seen.answer = "consent"
        return True


def _has_chosen(request: Request) -> bool:
    cookies = (pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";"))
    return any(name == COOKIE and value and not value.startswith(NO_COOKIE) for name, _, value in cookies)


def _read_search(request: Request) -> Query | None:
    """What the address of a search's page asks for."""
    found = SEARCH.fullmatch(request.path)
    text = unquote_plus(found["text"]).strip() if found else _parameter(request, "query")
    where = WHERE.fullmatch(unquote_plus((found and found["where"]) or ""))
    latitude, longitude, zoom = map(float, where.groups()) if where else FRANCE
    return Query(text, latitude, longitude, zoom) if text and abs(latitude) < LATITUDE_MAX else None


def _read_camera(request: Request) -> Query | None:
    """What the page's own request for results asks for."""
    text, camera = _parameter(request, "q"), CAMERA.search(_parameter(request, "pb"))
    if camera is None or not text:
        return None
    height, longitude, latitude = map(float, camera.groups())
    if height <= 0 or abs(latitude) >= LATITUDE_MAX:
        return None
    return Query(text, latitude, longitude, round(zoom_at(height, latitude), 2))


def _parameter(request: Request, name: str) -> str:
    return parse_qs(urlsplit(request.target).query).get(name, [""])[0]


def _told(request: Request) -> Language:
    """By `hl`, else by what the browser speaks."""
    return language(_parameter(request, "hl") or request.headers.get("accept-language", "en")[:2])


def _json(document: Json) -> Reply:
    return reply(200, written(document), content_type=JSON)


def _hurt(answer: Reply, fault: MapsFault | None, request: Request) -> Reply:
    """The answer as the fault leaves it."""
    if fault is None:
        return answer
    match fault.kind:
        case "block":
            return _to_sorry(request)
        case "crash":
            return crash_page()
        case "slow":
            return replace(answer, delay_seconds=fault.seconds)
        case "broken_json":
            return reply(200, answer.body[: len(answer.body) // 2], content_type=JSON)
        case "stuck":
            return _json([None])
        case "hang":
            return Reply(head=b"", then="hang")


def _to_sorry(request: Request) -> Reply:
    return redirect(f"{HTTPS}{MAPS_HOST}/sorry/index?continue={_escaped(request)}", 302)


def _to_consent(request: Request) -> Reply:
    return redirect(f"{HTTPS}{CONSENT_HOST}/m?continue={_escaped(request)}&gl=FR&m=0&pc=m&hl=fr&src=1", 302)


def _escaped(request: Request) -> str:
    return quote(f"{HTTPS}{request.host}{request.target}", safe="")


def _sorry(request: Request) -> Reply:
    return sorry_page(_parameter(request, "continue"))


def _onward(request: Request) -> Reply:
    target = _parameter(request, "q")
    return redirect(target, 302) if target.startswith(("http://", "https://")) else MISSING


def _consent(request: Request) -> Reply:
    """The choice, and what it does. A choice for a page elsewhere leads to the map."""
    if request.method == "POST" and request.path == "/save":
        form = parse_qs(request.body.decode("utf-8", "replace"))
        return consented(_own(form.get("continue", [""])[0]), set_eom=form.get("set_eom", ["true"])[0])
    return consent_page(_own(_parameter(request, "continue"))) if request.path == "/m" else MISSING


def _own(address: str) -> str:
    return address if address.startswith(f"{HTTPS}{MAPS_HOST}/") else MAPS
