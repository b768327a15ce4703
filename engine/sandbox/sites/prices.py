"""What a business asks for its services, and what its prices page says of it."""

import random
from dataclasses import dataclass

from engine.sandbox.sites.facts import PriceCase
from engine.sandbox.sites.site import Language, Site

ONCE: tuple[PriceCase, ...] = ("prose", "ranges", "json_ld", "aggregate", "wrong_type", "lures")
CARDS: tuple[PriceCase, ...] = ("trial", "toggle", "yearly")


@dataclass(frozen=True, slots=True)
class Offer:
    """`price` None: on request. `before` is a struck-out former price, `high` the upper end of a range."""

    label: str
    price: float | None
    before: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a reader may take from the prices page. `currency` is an ISO code, `period` month, year, hour, night, once.

    `None` where the page does not say; `unclear` are the names of the facts on which readers may differ.
    """

    offers: tuple[Offer, ...] = ()
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    period: str | None = None
    has_trial: bool = False
    unclear: frozenset[str] = frozenset()


def pricing(site: Site) -> Pricing:
    """The prices of this site; empty where it has no prices page, or one without a price."""
    found = offers(site)
    amounts = [one for offer in found for one in (offer.price, offer.high) if one is not None]
    if not amounts:
        return Pricing(found)
    return Pricing(
        found,
        min(amounts),
        max(amounts),
        currency(site),
        _period(site),
        site.facts.prices == "trial",
        _unclear(site.facts.prices),
    )


def offers(site: Site) -> tuple[Offer, ...]:
    """The offers of the prices page; none where the site has no such page."""
    if "prices" not in site.pages:
        return ()
    rng = random.Random(f"{site.seed} offers")
    case, services = site.facts.prices, site.business.category.services
    if case == "on_request":
        return tuple(Offer(one, None) for one in services)
    if is_cards(site):
        return _plans(rng, yearly=case == "yearly")
    found = tuple(Offer(one, rng.randint(2, 24) * 5) for one in services)
    return _odd(found, case, random.Random(f"{site.seed} odd offers"))


def is_cards(site: Site) -> bool:
    """Whether the offers are plans, side by side."""
    return site.facts.prices in CARDS or (site.facts.prices == "plain" and site.prices == "cards")


def currency(site: Site) -> str:
    """The ISO code of what this site asks."""
    if site.facts.prices != "abroad":
        return "EUR"
    by_language: dict[Language, str] = {"fr": "CHF", "de": "CHF", "en": "GBP"}
    return by_language[site.language]


def _plans(rng: random.Random, *, yearly: bool) -> tuple[Offer, ...]:
    start = rng.randint(3, 9) * 10 - 1
    if yearly:
        start *= 10
    return (
        Offer("Essentiel", start, before=start + 10 if rng.random() < 0.5 else None),
        Offer("Confort", start * 2 + 1),
        Offer("Sur mesure", None),
    )


def _odd(found: tuple[Offer, ...], case: PriceCase, rng: random.Random) -> tuple[Offer, ...]:
    """The same offers, with cents, thousands or ranges at times."""
    if case == "ranges":
        return tuple(Offer(one.label, one.price, high=(one.price or 0) + 5 * rng.randint(2, 12)) for one in found)
    first, *rest = found
    if case in ("prose", "lures", "abroad") and first.price:
        first = Offer(first.label, rng.choice((first.price + 0.9, first.price * 20, first.price)))
    return (first, *rest)


def _period(site: Site) -> str:
    case = site.facts.prices
    named: dict[PriceCase, str] = {"yearly": "year", "hourly": "hour", "nightly": "night"}
    return "month" if is_cards(site) and case != "yearly" else named.get(case, "once")


def _unclear(case: PriceCase) -> frozenset[str]:
    unclear: dict[PriceCase, tuple[str, ...]] = {
        "json_ld_only": ("period",),  # nothing says what a price is for
        "toggle": ("high", "period"),  # of a month or of a year
        "both_taxes": ("low", "high"),
        "hourly": ("period",),  # the docs name month, year and once
        "nightly": ("period",),
        "on_request": ("low", "high"),
    }
    return frozenset(unclear.get(case, ()))
