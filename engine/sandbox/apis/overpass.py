"""overpass-api.de: `/api/interpreter` and `/api/status` over what OpenStreetMap holds of the world.

Source: the public wiki of OpenStreetMap, "Overpass API" and "Overpass API/Overpass QL". Kept: GET and POST with `data`,
two slots a client and 429 beyond, 400 with a remark in HTML for what does not parse, a remark in the answer (200) for a
query that takes too long, 504 when the server is busy. Answers come after a moment, so that slots are really taken.
"""

import asyncio
import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from engine.clock import Clock
from engine.sandbox.apis.osm_tags import Element, osm_elements
from engine.sandbox.apis.overpass_ql import Out, Program, Query, Recall, Statement, Union, parse
from engine.sandbox.apis.overpass_tokens import QueryError
from engine.sandbox.http import HTML, Reply, Request, reply
from engine.sandbox.places import Place

OVERPASS_HOST = "overpass-api.de"
SLOTS = 2
ANSWER_SECONDS = 0.05
SLOT_SECONDS = 0.04  # a slot is free again before its answer leaves, however coarse the timers
# A query looks through a square degree a second, so a country with `[timeout:25]` is too much and a town never is.
SECONDS_PER_SQUARE_DEGREE = 1.0
# A query that holds the word is refused thus the first time, the third time, ...: busy servers for tests.
REFUSALS = {"passerelle": 504, "surcharge": 429}
REASONS = {
    429: "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::rate_limited. "
    "Please check /api/status for the quota of your IP address.",
    504: "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::timeout. "
    "The server is probably too busy to handle your request.",
}
ERROR_PAGE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<html lang="en"><head><title>OSM3S Response</title></head><body>\n'
    "<p>The data included in this document is from www.openstreetmap.org.</p>\n"
    '<p><strong style="color:#FF0000">Error</strong>: {text} </p>\n</body></html>\n'
)
LICENCE = "The data included in this document is from www.openstreetmap.org. The data is made available under ODbL."
BUSY_SECONDS = "1"


class OverpassApi:
    """Answers queries over the world's places; remembers who is being served."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._elements = osm_elements(places)
        self._slots: list[float] = []  # when each taken slot becomes free, in the loop's time
        self._refused: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        if request.path == "/api/status":
            return reply(200, self._status().encode(), content_type="text/plain")
        if request.path != "/api/interpreter":
            return _error(404, "no such path")
        text = _query_text(request)
        busy = self._refusal(text)
        if busy is not None:
            return busy
        self._slots.append(_now() + SLOT_SECONDS)
        return replace(self._result(text), delay_seconds=ANSWER_SECONDS)

    def _status(self) -> str:
        free = SLOTS - len(self._taken())
        now = f"{Clock().now():%Y-%m-%dT%H:%M:%SZ}"
        return f"Connected as: 1\nCurrent time: {now}\nRate limit: {SLOTS}\n{free} slots available now.\n"

    def _taken(self) -> list[float]:
        now = _now()
        self._slots = [free_at for free_at in self._slots if free_at > now]
        return self._slots

    def _refusal(self, text: str) -> Reply | None:
        for word, status in REFUSALS.items():
            if word in text.lower():
                self._refused[text] = self._refused.get(text, 0) + 1
                if self._refused[text] % 2:
                    return _error(status, REASONS[status])
        return _error(429, REASONS[429]) if len(self._taken()) >= SLOTS else None

    def _result(self, text: str) -> Reply:
        try:
            program = parse(text)
        except QueryError as error:
            return _error(400, str(error))
        if not program.json:
            return _error(400, "line 1: static error: this server writes [out:json] alone")
        shown, remark = [], None
        if sum(_areas(program.statements)) * SECONDS_PER_SQUARE_DEGREE > program.timeout_seconds:
            seconds = program.timeout_seconds + 1
            remark = f'runtime error: Query timed out in "query" at line 1 after {seconds} seconds.'
        else:
            shown = _run(program, self._elements)
        return _document(shown, remark)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _query_text(request: Request) -> str:
    """The program: the field `data` of the address or of the form, else the whole body."""
    sent = request.body.decode("utf-8", errors="replace") if request.method == "POST" else ""
    given = parse_qs(sent if sent.startswith("data=") else request.target.partition("?")[2])
    return given.get("data", [sent])[0]


def _error(status: int, text: str) -> Reply:
    headers = (("Retry-After", BUSY_SECONDS),) if status == 429 else ()
    return reply(status, ERROR_PAGE.format(text=html.escape(text)).encode(), content_type=HTML, headers=headers)


def _document(shown: list[dict[str, object]], remark: str | None) -> Reply:
    document: dict[str, object] = {
        "version": 0.6,
        "generator": "Overpass API",
        "osm3s": {"timestamp_osm_base": f"{Clock().now():%Y-%m-%dT%H:%M:%SZ}", "copyright": LICENCE},
        "elements": shown,
    }
    if remark:
        document["remark"] = remark
    return reply(200, json.dumps(document, ensure_ascii=False, indent=2).encode(), content_type="application/json")


def _areas(statements: Iterable[Statement]) -> Iterable[float]:
    """Square degrees that each query looks through."""
    for statement in statements:
        if isinstance(statement, Query):
            yield statement.area
        elif isinstance(statement, Union):
            yield from _areas(statement.parts)


def _run(program: Program, elements: Sequence[Element]) -> list[dict[str, object]]:
    """What the program's `out` statements write."""
    sets: dict[str, list[Element]] = {}
    shown: list[dict[str, object]] = []
    for statement in program.statements:
        if isinstance(statement, Out):
            shown.extend(_written(sets.get(statement.source, []), statement))
        else:
            _find(statement, elements, sets)
    return shown


def _find(statement: Statement, elements: Sequence[Element], sets: dict[str, list[Element]]) -> list[Element]:
    """The elements that a statement finds, which it leaves in its set; in the order of the database, each once."""
    if isinstance(statement, Query):
        pool = elements
        for name in statement.sets:
            known = {id(element) for element in sets.get(name, [])}
            pool = [element for element in pool if id(element) in known]
        found = [one for one in pool if one.kind in statement.kinds and all(test(one) for test in statement.tests)]
        sets[statement.into] = found
        return found
    if isinstance(statement, Union):
        known = {id(element) for part in statement.parts for element in _find(part, elements, sets)}
        sets[statement.into] = [element for element in elements if id(element) in known]
        return sets[statement.into]
    return sets.get(statement.name, []) if isinstance(statement, Recall) and statement.name else []


def _written(elements: Sequence[Element], out: Out) -> Iterable[dict[str, object]]:
    if out.verbosity == "count":
        kinds = {f"{kind}s": str(sum(one.kind == kind for one in elements)) for kind in ("node", "way", "relation")}
        return [{"type": "count", "id": 0, "tags": {**kinds, "total": str(len(elements))}}]
    return [_element(element, out) for element in elements[: out.limit]]


def _element(element: Element, out: Out) -> dict[str, object]:
    """One element; a node has its place unless only ids or tags are asked, the others a centre when asked."""
    spot = {"lat": element.latitude, "lon": element.longitude}
    written: dict[str, object] = {"type": element.kind, "id": element.number}
    if element.kind == "node" and (out.geometry or out.verbosity not in ("ids", "tags")):
        written |= spot
    elif element.kind != "node" and out.geometry == "center":
        written["center"] = spot
    if element.tags and out.verbosity in ("body", "tags", "meta"):
        written["tags"] = element.tags
    return written
