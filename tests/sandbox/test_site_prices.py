"""Prices stand on the prices page as the truth has them, in every form."""

import re
from typing import get_args

import pytest

from engine.sandbox.sites.facts import PriceCase
from engine.sandbox.sites.price_forms import TRIALS
from engine.sandbox.sites.site import Site
from engine.sandbox.truth import SiteTruth
from tests.sandbox.site_world import html_of, pairs, text_of

# The first to ask draws all pages of the world.
pytestmark = pytest.mark.slow(20)
AMOUNT = re.compile(r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d{2})?(?!\d)")


def with_prices(case: str) -> list[tuple[Site, SiteTruth]]:
    return pairs(lambda site: "prices" in site.pages and site.facts.prices == case)


def amounts(text: str) -> set[float]:
    """Every number of a text that may be an amount."""
    found = set[float]()
    for one in AMOUNT.findall(text):
        whole, cents = (one[:-3], one[-2:]) if re.search(r"[.,]\d\d$", one) else (one, "0")
        found.add(float(f"{re.sub(r'[^0-9]', '', whole) or 0}.{cents}"))
    return found


@pytest.mark.parametrize("case", [one for one in get_args(PriceCase) if one != "on_request"])
def test_lowest_and_highest_price_stand_on_the_prices_page(case: str) -> None:
    found = with_prices(case)

    assert found
    for site, truth in found:
        page = html_of(site, "prices") if case == "json_ld_only" else text_of(site, "prices")
        assert {truth.pricing_min, truth.pricing_max} <= amounts(page), (site.url, truth.pricing_min, truth.pricing_max)
        assert truth.columns["pricing_found"] is True
        assert truth.columns.get("pricing_min", truth.pricing_min) == truth.pricing_min
        assert str(truth.columns["pricing_url"]).startswith(site.root)


def test_a_page_of_prices_on_request_has_none() -> None:
    found = with_prices("on_request")

    assert found
    for site, truth in found:
        assert not re.search(r"\d\s?(?:€|EUR|euros)", text_of(site, "prices").partition("©")[0])
        assert truth.columns["pricing_found"] is False and truth.columns["pricing_min"] is None


def test_cards_have_an_offer_without_a_price_and_sometimes_a_former_price() -> None:
    found = pairs(lambda one: one.prices == "cards" and one.facts.prices == "plain" and "prices" in one.pages)
    pages = [html_of(site, "prices") for site, _ in found]

    assert all(re.search("Sur devis|Auf Anfrage|On request", page) for page in pages)
    assert {"<del" in page for page in pages} == {True, False}
    assert {truth.columns["pricing_period"] for _, truth in found} == {"month"}


def test_currency_period_and_trial_are_told() -> None:
    abroad = {truth.columns["pricing_currency"] for _, truth in with_prices("abroad")}
    trials = with_prices("trial")

    assert abroad <= {"CHF", "GBP"} and abroad
    assert {truth.columns["pricing_period"] for _, truth in with_prices("yearly")} == {"year"}
    for site, truth in trials:
        assert truth.columns["pricing_free_trial"] is True
        assert any(one in text_of(site, "prices") for one in TRIALS[site.language])


def test_amounts_of_delivery_and_baskets_are_no_prices() -> None:
    without = pairs(lambda site: "prices" not in site.pages)
    lures = [truth for site, truth in without if re.search("4[.,]90|0[.,]00 €|€0.00", text_of(site, "home"))]

    assert lures
    assert {truth.columns["pricing_found"] for _, truth in without} == {False}
    assert {truth.pricing_min for _, truth in without} == {None}
    for site, truth in with_prices("lures"):
        assert truth.pricing_min != 4.9 and re.search("4[.,]90", text_of(site, "prices"))
