"""Measure each site with Google's PageSpeed Insights: performance, accessibility, good practice, SEO, main timings.

Source: the API `runPagespeed` (v5), which loads the page in Google's laboratory. Without a key Google measures a few
pages only. The columns are the laboratory's; what Google knows from real visitors stands in the report.
"""

import asyncio
from collections.abc import Mapping
from typing import Literal, cast
from urllib.parse import urlencode

from engine.module import ModuleConfig, OutsendError, RowModule, Run, Unreachable, option
from engine.rows.sites import normal_site
from engine.rows.types import Row, Value, text_of

SERVICE = "https://pagespeedonline.googleapis.com/pagespeedonline/v5/runPagespeed"
CATEGORIES = {
    "performance": "pagespeed_score",
    "accessibility": "pagespeed_accessibility",
    "best-practices": "pagespeed_best_practices",
    "seo": "pagespeed_seo",
}
# Audits of Lighthouse, with the digits that their figures are given with.
AUDITS = {
    "largest-contentful-paint": ("pagespeed_lcp_ms", 0),
    "cumulative-layout-shift": ("pagespeed_cls", 3),
    "total-blocking-time": ("pagespeed_tbt_ms", 0),
    "first-contentful-paint": ("pagespeed_fcp_ms", 0),
}
WIDTH = 8
ITEM_SECONDS = 120.0
CALL_SECONDS = 55.0  # a real answer takes ten to thirty
# Before each further question, after those that the API client repeats at once: quotas are counted in minutes, and
# the laboratory answers 500 to a page that it measured a moment ago or is too busy for.
PAUSES_SECONDS = (5.0, 15.0)
SAID_MAX = 300  # characters of Google's words in the report
NO_KEY = (
    "PageSpeed Insights est interrogé sans clé : seules quelques pages sont mesurées. "
    "Une clé dans OUTSEND_PAGESPEED_KEY lève cette limite."
)
KEY_REASONS = frozenset(("keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked", "forbidden"))


class KeyRefused(OutsendError):
    code = "pagespeed_key_refused"
    kind = "unavailable"
    message = "Google refuse la clé PageSpeed de ce serveur"
    hint = (
        "The operator corrects OUTSEND_PAGESPEED_KEY, or removes it; the PageSpeed Insights API must be enabled for it."
    )


class QuotaUsedUp(OutsendError):
    code = "pagespeed_quota"
    kind = "upstream"
    message = "Le quota PageSpeed Insights est épuisé, cette page n'a pas été mesurée"
    hint = "Run pagespeed again later on the rows whose report has this error; a key of your own has a larger quota."


class NotLoaded(OutsendError):
    code = "pagespeed_not_loaded"
    kind = "upstream"
    message = "PageSpeed Insights n'a pas pu charger la page ({reason})"
    hint = "Check that the address opens in a browser; dead_check tells what is wrong with a site."


class MeasureFailed(OutsendError):
    code = "pagespeed_failed"
    kind = "upstream"
    message = "PageSpeed Insights a répondu par une erreur ({status})"
    hint = "Run pagespeed again later on the rows whose report has this error."


class PagespeedConfig(ModuleConfig):
    strategy: Literal["mobile", "desktop"] = option("mobile", fr="Appareil", en="Device that is measured for")


class Pagespeed(RowModule[PagespeedConfig]):
    slug = "pagespeed"
    label = {"fr": "Vitesse du site", "en": "Page speed"}
    category, node_category, entry_category = "intelligence", "signals", "signals"
    lane = "parallel"
    accepts, output = "pois_any", "pois"
    needs = ("site_web",)
    produces = (
        "pagespeed_score", "pagespeed_accessibility", "pagespeed_best_practices", "pagespeed_seo",
        "pagespeed_lcp_ms", "pagespeed_cls", "pagespeed_tbt_ms", "pagespeed_fcp_ms",
    )  # fmt: skip
    unit = "sites"
    usual_seconds = 20.0
    config = PagespeedConfig

    def width(self, config: PagespeedConfig) -> int:
        return WIDTH

    def item_timeout_seconds(self, config: PagespeedConfig) -> float:
        return ITEM_SECONDS

    async def enrich(self, row: Row, config: PagespeedConfig, run: Run) -> Row:
        """Return scores (0 to 100), times (milliseconds) and layout shift; what was not measured is null.

        Raises:
            Unreachable: the cell names no address, or the service gave no answer.
            KeyRefused, QuotaUsedUp, NotLoaded, MeasureFailed: the service measured nothing.
        """
        cell = text_of(row.get("site_web"))
        site = normal_site(cell)
        if not site:
            raise Unreachable(url=cell, reason="bad_url")
        if not run.pagespeed_key:
            run.note(NO_KEY)
        told = await _measured(site, config.strategy, run)
        laboratory = _part(told, "lighthouseResult")
        if error := text_of(_part(laboratory, "runtimeError").get("code")):
            raise NotLoaded(reason=error[:SAID_MAX])
        run.report(_report(told, laboratory, config.strategy))
        return _columns(laboratory)


async def _measured(site: str, strategy: str, run: Run) -> Mapping[str, Value]:
    """Google's answer about a page. Raises as `enrich`."""
    for pause in (*PAUSES_SECONDS, None):
        status, told = await _ask(site, strategy, run)
        if status == 200 and told:
            return told
        if pause is None or (status != 429 and status < 500):
            raise _error(status, told)
        await asyncio.sleep(pause)
    raise AssertionError  # the last pause is None


async def _ask(site: str, strategy: str, run: Run) -> tuple[int, Mapping[str, Value]]:
    asked = [("url", site), ("strategy", strategy), ("locale", "fr"), *(("category", name) for name in CATEGORIES)]
    # In a header, as Google takes it from every client: addresses stand in logs and messages.
    headers = {"X-Goog-Api-Key": run.pagespeed_key} if run.pagespeed_key else {}
    answer = await run.api.request(
        "GET", f"{SERVICE}?{urlencode(asked)}", headers=headers, timeout_seconds=CALL_SECONDS
    )
    return answer.status, _dict(answer.json)


def _error(status: int, told: Mapping[str, Value]) -> OutsendError:
    error = _part(told, "error")
    listed = error.get("errors")
    reasons = {text_of(_dict(one).get("reason")) for one in listed} if isinstance(listed, list) else set[str]()
    said = text_of(error.get("message"))
    if "lighthouseUserError" in reasons:
        return NotLoaded(reason=said.removeprefix("Lighthouse returned error: ").partition(".")[0][:SAID_MAX])
    if reasons & KEY_REASONS or status in (401, 403) or "API key" in said:
        return KeyRefused()
    return QuotaUsedUp() if status == 429 else MeasureFailed(status=status)


def _columns(laboratory: Mapping[str, Value]) -> Row:
    categories, audits = _part(laboratory, "categories"), _part(laboratory, "audits")
    found: Row = {}
    for name, column in CATEGORIES.items():
        score = _number(_part(categories, name).get("score"))
        found[column] = None if score is None else round(100 * score)
    for name, (column, digits) in AUDITS.items():
        figure = _number(_part(audits, name).get("numericValue"))
        found[column] = None if figure is None else round(figure, digits) if digits else round(figure)
    return found


def _report(told: Mapping[str, Value], laboratory: Mapping[str, Value], strategy: str) -> dict[str, Value]:
    """`visitors` are the figures of real visitors at the 75th percentile: of this page, else of its origin."""
    page, origin = _part(told, "loadingExperience"), _part(told, "originLoadingExperience")
    own = bool(_part(page, "metrics")) and not page.get("origin_fallback")
    visitors = page if _part(page, "metrics") else origin
    return {
        "found": 1,
        "strategy": strategy,
        "final_url": text_of(laboratory.get("finalUrl"))[:SAID_MAX],
        "lighthouse": text_of(laboratory.get("lighthouseVersion"))[:SAID_MAX],
        "measured_at": text_of(told.get("analysisUTCTimestamp"))[:SAID_MAX],
        "visitors_of": ("page" if own else "origin") if _part(visitors, "metrics") else None,
        "visitors": {
            name[:SAID_MAX]: {
                "percentile": _number(_dict(one).get("percentile")),
                "category": _dict(one).get("category"),
            }
            for name, one in list(_part(visitors, "metrics").items())[:10]
        },
    }


def _part(whole: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    return _dict(whole.get(name))


def _dict(value: object) -> Mapping[str, Value]:
    return cast("Mapping[str, Value]", value) if isinstance(value, dict) else {}


def _number(value: Value) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


module = Pagespeed()
