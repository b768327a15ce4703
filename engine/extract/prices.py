"""What a page says of prices: each offer with its name, its amount, what it is for, and how the page says it.

Declared offers (JSON-LD) first; else what stands in tables, cards and lists; a line of its own or prose last.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.extract.html import Document
from engine.extract.literals import Literals
from engine.extract.pages import PageKind
from engine.extract.prices_amounts import Period, Tax
from engine.extract.prices_boxes import Line
from engine.extract.prices_items import Way, read_items
from engine.extract.prices_json_ld import declared_offers
from engine.rows.columns import fold

OfferWay = Literal["json_ld"] | Way

PLANS_MAX, PLANS_LENGTH_MAX, NAME_MAX = 30, 2_000, 80
_SIGNS_OF_MONEY = Literals(
    (
        *(
            "€",
            "£",
            "&euro;",
            "&pound;",
            "&#8364;",
            "&#x20AC;",
            "&#x20ac;",
            "&#163;",
            "EUR",
            "uro",
            "CHF",
            "GBP",
            "USD",
        ),
        *("CAD", "Fr.", "priceCurrency", "ur devis", "ur demande", "ous consulter", "uf Anfrage", "n request"),
        *(form.format(digit) for form in ("${}", "$ {}", "{}$", "{} $") for digit in range(10)),
    )
)
_TRIAL = re.compile(
    r"\bessai(?:s)? (?:gratuit|offert|libre)|\bessay\w{1,4}(?: [\w']{1,12}){0,2} gratuit"
    r"|\b\d{1,3} jours? (?:d.essai|gratuit|offert)"
    r"|\b(?:premiere?|1ere?) (?:seance|lecon|cours|consultation|mois) (?:d.essai |de decouverte )?"
    r"(?:est )?(?:gratuit|offert)"
    r"|(?:seance|cours|lecon|periode|mois) d.essai (?:gratuit|offert)"
    r"|\bfree[- ]trial|\btry (?:it )?(?:for )?free"
    r"|\btrial (?:is )?free|\bmois (?:gratuit|offert)\b"
    r"|\bkostenlos(?:e|es|en)? (?:testen|testphase|test)|\bgratis testen"
    r"|\bprobetraining\b|\bprueba gratuita|\bprueba gratis|\bprova gratuita|\bprova gratis|\bprobemonat"
)
_NO_TRIAL = re.compile(r"\b(?:sans|pas d.|aucun\w?|no) (?:periode d.)?(?:essai|free trial)")


class Offer(NamedTuple):
    """One plan. `low` is None for one on request; `high` differs from it for a range."""

    name: str
    low: float | None
    high: float | None
    currency: str
    period: Period
    tax: Tax
    way: OfferWay


@dataclass(frozen=True, slots=True)
class PricePage:
    """What one page says. `offers` in document order, each once."""

    url: str
    kind: PageKind
    offers: tuple[Offer, ...]
    free_trial: bool

    @property
    def priced(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.low is not None]


class Summary(NamedTuple):
    """The prices of a page in its main currency and period."""

    low: float
    high: float
    currency: str
    period: Period


def may_name_prices(html: str) -> bool:
    """Whether a page's code holds a sign of money at all: most pages need no second look."""
    return _SIGNS_OF_MONEY.occur_in(html)


def read_prices(document: Document, lines: Sequence[Line], *, url: str, kind: PageKind) -> PricePage:
    """The offers of a page. `lines` are those of `read_boxes`, `kind` decides how much a lone amount tells."""
    declared = [Offer(*one, way="json_ld") for one in declared_offers(document.json_ld)]
    # What an article tells of prices is news, not the publisher's own offer.
    is_article = kind == "home" and document.metas.get("og:type") == "article"
    shown = [
        Offer(item.name[:NAME_MAX], item.low, item.high, item.currency, item.period, item.tax, item.way)
        for item in ([] if is_article else read_items(lines, is_price_page=kind == "prices"))
    ]
    offers = _better(declared, shown)
    return PricePage(url, kind, tuple(dict.fromkeys(offers)), bool(offers) and _offers_trial(lines))


def summary_of(page: PricePage) -> Summary | None:
    """The range of the currency and the period that most offers have; None without a price."""
    priced = page.priced
    if not priced:
        return None
    currency = Counter(offer.currency for offer in priced).most_common(1)[0][0]
    same = [offer for offer in priced if offer.currency == currency]
    periods: Counter[Period] = Counter(offer.period for offer in same)
    period = periods.most_common(1)[0][0]
    lows = [offer.low for offer in same if offer.low is not None]
    return Summary(min(lows), max(offer.high or 0.0 for offer in same), currency, period)


def plans_of(page: PricePage) -> str | None:
    """The plans in one cell: `Essentiel 39 €/month HT; Sur mesure sur devis`, at most 30."""
    told = ""
    for plan in list(dict.fromkeys(map(shown_plan, page.offers)))[:PLANS_MAX]:
        longer = f"{told}; {plan}" if told else plan
        if len(longer) > PLANS_LENGTH_MAX:
            break
        told = longer
    return told or None


_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def shown_plan(offer: Offer) -> str:
    """One plan as a cell and the report show it."""
    name = offer.name.replace(";", ",")
    if offer.low is None:
        return f"{name} sur devis".strip()
    amounts = "-".join(_number(value) for value in dict.fromkeys((offer.low, offer.high or offer.low)))
    period = "" if offer.period == "once" else f"/{offer.period}"
    return f"{name} {amounts} {_SIGNS.get(offer.currency, offer.currency)}{period} {offer.tax}".strip()


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def _better(declared: list[Offer], shown: list[Offer]) -> list[Offer]:
    """What is declared, unless the page shows all of that and more to its readers."""
    if not declared:
        return shown
    amounts = {offer.low for offer in shown}
    fuller = len([offer for offer in shown if offer.low is not None]) >= len(declared)
    return shown if fuller and all(offer.low in amounts for offer in declared) else declared


def _offers_trial(lines: Sequence[Line]) -> bool:
    return any(_TRIAL.search(said) and not _NO_TRIAL.search(said) for said in (fold(line.text) for line in lines))
