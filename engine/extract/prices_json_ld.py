"""Read the offers that a page declares in JSON-LD (schema.org Offer, AggregateOffer)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.extract.prices_amounts import VALUE_MAX, Period, Tax, period_in
from engine.rows.types import Value

DEPTH_MAX, OFFERS_MAX = 12, 500
_PARTS_OF_OTHERS = frozenset(
    (
        *("itemReviewed", "isRelatedTo", "isSimilarTo", "shippingDetails", "hasMerchantReturnPolicy"),
        *("deliveryCharge", "baseSalary", "estimatedCost", "review", "reviews", "mainEntityOfPage"),
    )
)
_OLD_TYPES = re.compile(r"strike|listprice|msrp|srp$", re.IGNORECASE)
# Unit codes of UN/CEFACT that prices are given for.
_CODES: Mapping[str, Period] = {
    "MON": "month",
    "QAN": "quarter",
    "ANN": "year",
    "WEE": "week",
    "DAY": "day",
    "HUR": "hour",
    "P1M": "month",
    "P3M": "quarter",
    "P1Y": "year",
    "P12M": "year",
    "P1W": "week",
    "P1D": "day",
    "PT1H": "hour",
}
_NUMBER = re.compile(r"\s{0,9}(\d{1,9}(?:[.,]\d{1,9})?)\s{0,9}(?:€|EUR)?\s{0,9}")


class Declared(NamedTuple):
    """One declared offer. `currency` is ISO 4217."""

    name: str
    low: float
    high: float
    currency: str
    period: Period
    tax: Tax


def declared_offers(things: Sequence[Mapping[str, Value]]) -> list[Declared]:
    """The offers of JSON-LD objects in document order, each once; without a currency, none is one."""
    found: dict[Declared, None] = {}
    for thing in things:
        for offer in _offers(dict(thing), "", 0):
            found.setdefault(offer)
            if len(found) >= OFFERS_MAX:
                return list(found)
    return list(found)


def _offers(thing: Value, name: str, depth: int) -> Iterator[Declared]:
    if depth > DEPTH_MAX:
        return
    if isinstance(thing, list):
        for part in thing:
            yield from _offers(part, name, depth + 1)
    elif isinstance(thing, dict):
        own = _name(thing) or name
        offer = _offer(thing, own) if _is_offer(thing) else None
        if offer is not None:
            yield offer
            return
        for key, part in thing.items():
            if key not in _PARTS_OF_OTHERS and isinstance(part, list | dict):
                yield from _offers(part, own, depth + 1)


def _is_offer(thing: Mapping[str, Value]) -> bool:
    kind = thing.get("@type")
    return any(one in ("Offer", "AggregateOffer", "http://schema.org/Offer") for one in _several(kind))


def _several(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _name(thing: Mapping[str, Value]) -> str:
    for holder in (thing.get("name"), thing.get("itemOffered")):
        if isinstance(holder, str) and holder.strip():
            return " ".join(holder.split())
        if isinstance(holder, dict) and isinstance(said := holder.get("name"), str):
            return " ".join(said.split())
    return ""


def _offer(thing: Mapping[str, Value], name: str) -> Declared | None:
    """None where it names no readable price itself: its parts may."""
    specifications = [one for one in _several(thing.get("priceSpecification")) if isinstance(one, dict)]
    for part in (*specifications, thing):
        if _OLD_TYPES.search(str(part.get("priceType") or "")):
            continue
        low = _number(part.get("price"), part.get("lowPrice"), part.get("minPrice"))
        if low is None:
            continue
        high = _number(part.get("highPrice"), part.get("maxPrice"))
        currency = str(part.get("priceCurrency") or thing.get("priceCurrency") or "").strip().upper()
        if len(currency) == 3 and currency.isalpha():
            high = low if high is None or high < low else high
            return Declared(name, low, high, currency, _period(part, name), _tax(part))
    return None


def _number(*values: Value) -> float | None:
    for value in values:
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            return float(value) if 0 <= value <= VALUE_MAX else None
        if isinstance(value, str) and (match := _NUMBER.fullmatch(value)):
            return float(match[1].replace(",", "."))
    return None


def _period(part: Mapping[str, Value], name: str) -> Period:
    quantity = part.get("referenceQuantity")
    parts = (part, quantity) if isinstance(quantity, dict) else (part,)
    for one in parts:
        for key in ("unitCode", "billingDuration", "unitText", "billingPeriod"):
            said = str(one.get(key) or "").strip()
            if period := _CODES.get(said.upper()) or (period_in(f"/{said}") if said else None):
                return period
    return period_in(name) or "once"


def _tax(part: Mapping[str, Value]) -> Tax:
    included = part.get("valueAddedTaxIncluded")
    said = included.lower() if isinstance(included, str) else included
    return "TTC" if said in (True, "true") else "HT" if said in (False, "false") else ""
