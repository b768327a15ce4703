"""What there is to say of the addresses of a site beyond the best one: all of them, where it stood, how sure it is."""

from collections.abc import Mapping, Sequence

from engine.extract.emails import Method, Ranked, Relation
from engine.extract.pages import PageKind
from engine.extract.reports import short_url

ADDRESSES_MAX = 20

# How sure an address on a domain of this relation is, where a contact page links it. A number, so that rules can ask
# for `>= 0.8` and sorting works; the scale is an order, no frequency.
CERTAINTY: Mapping[Relation, float] = {"own": 1.0, "group": 0.9, "free": 0.8, "other": 0.6}
# What is taken off for the page: a contact page names who is to be written to, others speak of more people.
PAGE_DOUBT: Mapping[PageKind, float] = {
    "contact": 0.0,
    "legal": 0.05,
    "home": 0.05,
    "team": 0.1,
    "about": 0.1,
    "prices": 0.1,
    "terms": 0.1,
}
# And for the way it is written: shown as an address, hidden behind a known code, put together by us.
METHOD_DOUBT: Mapping[Method, float] = {
    "mailto": 0.0,
    "text": 0.02,
    "json_ld": 0.02,
    "cloudflare": 0.05,
    "attribute": 0.05,
    "parts": 0.05,
    "spelled": 0.05,
    "script": 0.15,
    "bare": 0.15,
    "spaced": 0.15,
    "reversed": 0.15,
}


def confidence(entry: Ranked) -> float:
    """How sure it is that this is an address of the business, 0.35 to 1.0 with two digits; no word on delivery."""
    found = entry.candidate
    return round(CERTAINTY[entry.relation] - PAGE_DOUBT[found.kind] - METHOD_DOUBT[found.method], 2)


def source(entry: Ranked) -> str:
    """The page that the address was read from and how it is written there: `https://… (mailto)`."""
    return f"{short_url(entry.candidate.page)} ({entry.candidate.method})"


def all_addresses(ranked: Sequence[Ranked]) -> str:
    """The addresses of the business in the order of `ranked`, joined by ', ', at most 20.

    Those on domains that have nothing to do with the site are among them only where there is no other.
    """
    of_business = [entry for entry in ranked if entry.relation != "other"] or ranked
    return ", ".join(entry.candidate.address for entry in of_business[:ADDRESSES_MAX])
