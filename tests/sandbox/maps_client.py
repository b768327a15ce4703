"""What a browser asks of the map's hosts, asked without one."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from engine.geo.grid import Cell
from engine.sandbox.apis.maps_search import Query, altitude
from engine.sandbox.apis.maps_zones import DENSE
from engine.sandbox.process import RunningSandbox
from tests.sandbox.client import Client, Fetched

GOOGLE = "https://www.google.com"
CHOSEN = "SOCS=CAESHAgBEhIaAB"
MIDDLE = (DENSE.circle.latitude, DENSE.circle.longitude)


class Visitor(Client):
    """A client that has made its choice at the page of consent, unless `cookie` is ''."""

    async def visit(
        self, url: str, *, cookie: str = CHOSEN, proxy: str = "", form: dict[str, str] | None = None
    ) -> Fetched:
        """What answers at the address, no redirect followed; `form` is posted."""
        async with self.session.request(
            "GET" if form is None else "POST",
            url if url.startswith("http") else f"{GOOGLE}{url}",
            data=form,
            headers={"Cookie": cookie, "Accept-Language": "fr-FR"},
            proxy=proxy or self.sandbox.proxy,
            ssl=self.tls,
            allow_redirects=False,
        ) as answer:
            return Fetched(str(answer.url), answer.status, dict(answer.headers), await answer.read())

    async def document(self, url: str) -> Any:
        """What stands behind the prefix of an answer."""
        return document_of(await self.visit(url))

    async def results(self, query: str, *, at: tuple[float, float] = MIDDLE, zoom: float = 13, offset: int = 0) -> Any:
        """One page of results, as the page's script asks for it."""
        return await self.document(results_url(query, at=at, zoom=zoom, offset=offset))

    async def all_results(self, query: str, *, at: tuple[float, float] = MIDDLE, zoom: float = 13) -> list[list[Any]]:
        """The place documents of each page, until one has fewer than twenty or there are 120."""
        pages: list[list[Any]] = []
        while not pages or (len(pages[-1]) == 20 and len(pages) < 6):
            pages.append(places_in(await self.results(query, at=at, zoom=zoom, offset=20 * len(pages))))
        return pages


def document_of(page: Fetched) -> Any:
    prefix, _, rest = page.body.decode().partition("\n")
    assert (page.status, prefix) == (200, ")]}'")
    return json.loads(rest)


def places_in(answer: Any) -> list[Any]:
    """The place documents of an answer to a search."""
    return [entry[14] for entry in answer[0][1] or () if len(entry) > 14 and entry[14]]


def search_url(query: str, *, at: tuple[float, float] = MIDDLE, zoom: float = 13, hl: str = "fr") -> str:
    return f"/maps/search/{quote(query)}/@{at[0]},{at[1]},{zoom}z?hl={hl}"


def results_url(
    query: str, *, at: tuple[float, float] = MIDDLE, zoom: float = 13, offset: int = 0, hl: str = "fr"
) -> str:
    height = altitude(Query(query, *at, zoom))
    camera = f"!4m12!1m3!1d{height}!2d{at[1]}!3d{at[0]}!2m3!1f0!2f0!3f0!3m2!1i1024!2i768!4f13.1!7i20!8i{offset}!10b1"
    return f"/search?tbm=map&authuser=0&hl={hl}&gl=fr&q={quote(query)}&pb={quote(camera)}"


def preview_url(name: str, *, hl: str = "fr") -> str:
    return f"/maps/preview/place?authuser=0&hl={hl}&gl=fr&pb={quote(f'!1m14!1s{name}!3m9!4f13.1')}"


def reviews_url(name: str, *, sort: int = 2, size: int = 20, token: str = "", hl: str = "fr") -> str:
    page = f"!2m2!1i{size}!2s{token}"
    pb = f"!1m6!1s{name}!6m4!4m1!1e1!4m1!1e3{page}!5m2!1sx!7e81!8m9!2b1!3b1!11m0!13m1!1e{sort}"
    return f"/maps/rpc/listugcposts?authuser=0&hl={hl}&gl=fr&pb={quote(pb)}"


def centre(cell: Cell) -> tuple[float, float]:
    south, west, north, east = cell.bounds
    return (south + north) / 2, (west + east) / 2


def ids(places: Sequence[Any]) -> set[str]:
    return {place[78] for place in places}


@pytest.fixture
async def visitor(maps_sandbox: RunningSandbox) -> AsyncGenerator[Visitor]:
    """A client of a map that behaves, in epoch 0, with an empty log."""
    maps_sandbox.set_epoch(0)
    maps_sandbox.maps.set()
    maps_sandbox.maps.forget_requests()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Visitor(maps_sandbox, session)
