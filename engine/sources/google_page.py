"""One open page of Google Maps: consent is refused once, a list is scrolled to its end, a place is shown.

What it tells is read from the answers that the page itself gets, and from the page only where no answer has it.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, cast, get_args
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue

from engine.limits import MAPS_RESULTS_MAX
from engine.network.live import LivePage, PageAnswer, Reach
from engine.sources.errors import TileBlocked
from engine.sources.google_documents import LayoutChanged, place_document, read_answer, read_search, text_at
from engine.sources.google_place import READERS, place_link, read_places, suspicious_fields
from engine.sources.google_ways import SOURCE, UNREADABLE
from engine.sources.types import Place, SearchResult

log = logging.getLogger(__name__)

SEARCH_PATH, PLACE_PATH, REFUSAL_PATH = "/search", "/maps/preview/place", "/sorry/"
REACH = Reach(sites=frozenset({"google.com", "google.fr"}), kept_paths=(SEARCH_PATH, PLACE_PATH, REFUSAL_PATH))
REFUSALS = (403, 429, 503)
STILL_SCROLLS_MAX = 3  # without growth; the end of the list was not told then
CONSENTS_MAX = 2
READ_SECONDS = 5.0

State = Literal["refused", "consent", "list", "place", "nothing"]
_CONSENT = 'button[aria-label="Tout refuser"], button[aria-label="Tout accepter"], form[action*="consent."] button'
_LINKS = 'div[role="feed"] a[href*="/maps/place/"]'
_STATE = f"""(() => {{
  if (location.pathname.startsWith('{REFUSAL_PATH}')) return 'refused';
  if (location.hostname.startsWith('consent.')) return document.querySelector('{_CONSENT}') ? 'consent' : '';
  if (document.querySelector('{_LINKS}')) return 'list';
  if (location.pathname.startsWith('/maps/place/') && document.querySelector('h1')) return 'place';
  return /ne trouve pas|can.t find/.test(document.body ? document.body.innerText : '') ? 'nothing' : '';
}})()"""
_PAST_CONSENT = f"(state => state === 'consent' ? '' : state)({_STATE})"
_COUNT = f"document.querySelectorAll('{_LINKS}').length"
_SCROLL = """(feed => feed && feed.scrollTo(0, feed.scrollHeight))(document.querySelector('div[role="feed"]'))"""
_GROWN = f"""(() => {{
  const feed = document.querySelector('div[role="feed"]');
  if (!feed || /fin de la liste|end of the list/.test(feed.textContent)) return 'end';
  return {_COUNT} > %d ? 'grown' : '';
}})()"""
_SHOWN = f"[...document.querySelectorAll('{_LINKS}')].map(link => [link.href, link.getAttribute('aria-label')])"

_FEATURE = re.compile(r"!1s(0x[0-9a-f]+:0x[0-9a-f]+)")
_IN_LINK = re.compile(r"!3d(-?\d+(?:\.\d+)?)!4d(-?\d+(?:\.\d+)?).*?!19s([\w-]{20,})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: for a document to begin, for the page to show something, and for a scrolled list to grow."""

    document: float = 20.0
    page: float = 20.0
    growth: float = 5.0


class MapsPage:
    """A page that is about to show a search or a place."""

    def __init__(self, page: LivePage, waits: Waits) -> None:
        self._page, self._waits = page, waits

    async def open(self, url: str) -> State | None:
        """What `url` shows, consent behind it; None: an error, or nothing that is known, in that time.

        Raises:
            TileBlocked: a captcha, or too many requests.
            Unreachable, Crashed.
        """
        await self._page.goto(url, seconds=self._waits.document)
        if self._page.status >= HTTPStatus.BAD_REQUEST and self._page.status not in REFUSALS:
            return None
        state = await self._state(_STATE)
        for _ in range(CONSENTS_MAX):
            if state != "consent":
                break
            await self._page.click(_CONSENT)
            state = await self._state(_PAST_CONSENT)
        if state in ("refused", "consent"):
            raise TileBlocked(source=SOURCE, reason="captcha" if state == "refused" else "consent")
        return state

    @property
    def status(self) -> int:
        """The HTTP status of the document that is shown."""
        return self._page.status

    async def scroll(self) -> None:
        """Scroll the list to its end, to 120 places, or until it no longer grows."""
        still, count = 0, await self._count()
        while still < STILL_SCROLLS_MAX and count < MAPS_RESULTS_MAX:
            await self._page.read(_SCROLL, seconds=READ_SECONDS)
            if await self._page.until(_GROWN % count, seconds=self._waits.growth) == "end":
                return
            before, count = count, await self._count()
            still = still + 1 if count == before else 0

    async def result(self) -> SearchResult:
        """The places of the answers so far, in their order, and those that the list shows without an answer's telling.

        Raises:
            TileBlocked: an answer was refused, or can't be read.
            LayoutChanged: the places are no longer where they were.
        """
        found = {place.place_id: place for place in await self._told()}
        for place in _shown(await self._page.read(_SHOWN, seconds=READ_SECONDS)):
            found.setdefault(place.place_id, place)
        places = tuple(found.values())[:MAPS_RESULTS_MAX]
        return SearchResult(places, saturated=len(places) >= MAPS_RESULTS_MAX)

    async def feature_id(self) -> str | None:
        """How Maps itself names the place that is shown."""
        for answer in await self._page.answers():
            if _is_of(answer, PLACE_PATH) and (told := text_at(place_document(_json_of(answer)), 10)):
                return told
        named = _FEATURE.search(unquote(self._page.url))
        return named[1] if named else None

    async def _state(self, expression: str) -> State | None:
        state = await self._page.until(expression, seconds=self._waits.page)
        if self._page.status in REFUSALS:
            return "refused"
        return cast("State", state) if state in get_args(State) else None

    async def _count(self) -> int:
        count = await self._page.read(_COUNT, seconds=READ_SECONDS)
        return count if isinstance(count, int) else 0

    async def _told(self) -> tuple[Place, ...]:
        answers = await self._page.answers()
        if any(_is_of(answer, REFUSAL_PATH) or answer.status in REFUSALS for answer in answers):
            raise TileBlocked(source=SOURCE, reason="captcha")
        searches = [_json_of(answer) for answer in answers if _is_of(answer, SEARCH_PATH)]
        documents = [document for search in searches for document in read_search(search).documents]
        if not documents:
            places = (place_document(_json_of(answer)) for answer in answers if _is_of(answer, PLACE_PATH))
            documents = [document for document in places if document is not None]
        if odd := suspicious_fields(documents):
            log.info("Google Maps: not one of %d places has %s", len(documents), ", ".join(odd))
        return read_places(documents)


def _is_of(answer: PageAnswer, path: str) -> bool:
    return urlsplit(answer.url).path.startswith(path)


def _json_of(answer: PageAnswer) -> JsonValue:
    try:
        return read_answer(answer.body.decode("utf-8", "replace"))
    except LayoutChanged:  # cut off, or no JSON at all
        raise TileBlocked(source=SOURCE, reason=UNREADABLE) from None


def _shown(links: JsonValue) -> Sequence[Place]:
    """What the links of a list tell: name, id and position; the other columns stay empty."""
    places: list[Place] = []
    for link in links if isinstance(links, list) else ():
        url, name = text_at(link, 0), text_at(link, 1)
        found = _IN_LINK.search(unquote(url or ""))
        if found and name:
            row = dict.fromkeys(READERS) | {"nom": name, "lien_google_maps": place_link(found[3]), "place_id": found[3]}
            places.append(Place(found[3], float(found[1]), float(found[2]), row))
    return places
