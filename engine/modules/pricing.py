"""Find the prices that each business publishes on its own website: range, currency, period, plans, free trial.

Reads the home page, then the price page that it links; a price page that home does not link is looked for. Source:
the public site named in `site_web`. Struck-out prices, shipping costs, baskets and fines are no prices.
"""

import asyncio
from collections.abc import Sequence

from engine.extract.pages import PageKind
from engine.extract.prices import PricePage, may_name_prices, plans_of, read_prices, shown_plan, summary_of
from engine.extract.prices_boxes import read_boxes
from engine.extract.reports import short_url
from engine.extract.visit import Visited, is_large, visit_site
from engine.module import NoConfig, Run, SiteModule
from engine.rows.types import Row, Value

KINDS: tuple[PageKind, ...] = ("prices",)
SHOWN_MAX = 30  # offers of a page in the report
SHOWN_LENGTH_MAX = 120


class Pricing(SiteModule[NoConfig]):
    slug = "pricing"
    label = {"fr": "Tarifs", "en": "Pricing"}
    category, node_category, entry_category = "intelligence", "signals", "signals"
    lane = "serial"
    produces = (
        "pricing_url", "pricing_found", "pricing_min", "pricing_max", "pricing_currency", "pricing_period",
        "pricing_plans", "pricing_free_trial",
    )  # fmt: skip

    async def read(self, site: str, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the prices of the page that tells most; `pricing_found` is false where no page tells any.

        Raises:
            Unreachable: the site gave no page.
            NotOwnSite: it leads to a directory.
        """
        found: list[PricePage] = []
        read: list[str] = []
        async for pages in visit_site(run.fetcher, site, KINDS, sought=KINDS):
            read += [page.url for page in pages]
            found += await _take(pages)
        best = _best(found)
        run.report(_report(best, read))
        return _columns(best)


async def _take(pages: list[Visited]) -> list[PricePage]:
    """Those pages that speak of prices; the list is emptied."""
    found: list[PricePage] = []
    for page in pages:
        told = await asyncio.to_thread(_read_page, page) if is_large([page.page]) else _read_page(page)
        if told is not None and told.offers:
            found.append(told)
    pages.clear()
    return found


def _read_page(page: Visited) -> PricePage | None:
    if not may_name_prices(page.page.html):
        return None
    return read_prices(page.document, read_boxes(page.page.parse()), url=page.url, kind=page.kind)


def _best(pages: Sequence[PricePage]) -> PricePage | None:
    """A price page before home; of two, the one with more prices. A page that only offers quotes comes last."""
    return min(pages, key=lambda page: (not page.priced, page.kind == "home", -len(page.priced)), default=None)


def _columns(page: PricePage | None) -> Row:
    if page is None:
        return {"pricing_found": False}
    summary = summary_of(page)
    return {
        "pricing_url": page.url,
        "pricing_found": summary is not None,
        "pricing_min": summary.low if summary else None,
        "pricing_max": summary.high if summary else None,
        "pricing_currency": summary.currency if summary else None,
        "pricing_period": summary.period if summary else None,
        "pricing_plans": plans_of(page),
        "pricing_free_trial": page.free_trial,
    }


def _report(page: PricePage | None, read: Sequence[str]) -> dict[str, Value]:
    return {
        "found": len(page.offers) if page else 0,
        "reason": "" if page else "no_prices",
        "page": short_url(page.url) if page else None,
        "page_kind": page.kind if page else None,
        "offers": [
            {"plan": shown_plan(offer)[:SHOWN_LENGTH_MAX], "period": offer.period, "way": offer.way}
            for offer in (page.offers[:SHOWN_MAX] if page else ())
        ],
        "pages": [short_url(url) for url in read],
    }


module = Pricing()
