"""Numbers of the register, prices and profiles stand on the pages as the truth has them; scores count against it."""

import html
import re
from collections.abc import Callable

import pytest

from engine.sandbox.score import Score, score_emails, score_techstack
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.render import draw
from engine.sandbox.sites.site import PageKind, Site
from engine.sandbox.truth import SiteTruth, Truth, truth_of
from engine.sandbox.world import build_world

NUMBER = re.compile(r"\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?(?!\d)")
WORLD = build_world(200, seed=7)
TRUTH = truth_of(WORLD)


def pairs(wanted: Callable[[Site], bool]) -> list[tuple[Site, SiteTruth]]:
    """Healthy sites that a reader without JavaScript can read, with their truth."""
    both = zip(WORLD.sites, TRUTH.sites, strict=True)
    return [(site, truth) for site, truth in both if site.bad is None and not site.js_only and wanted(site)]


def text_of(site: Site, kind: PageKind) -> str:
    return html.unescape(draw(site, kind, page_paths(site)[kind]))


def luhn(number: str) -> bool:
    digits = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0


def numbers_on(site: Site) -> set[str]:
    """Numbers of nine or fourteen digits on the legal page."""
    return {found.replace(" ", "") for found in NUMBER.findall(text_of(site, "legal"))}


def test_the_numbers_of_the_truth_are_sound_and_agree_with_each_other() -> None:
    known = [truth for _, truth in pairs(lambda site: "legal" in site.pages) if truth.siren]

    assert any(truth.siret for truth in known) and any(truth.tva_intra for truth in known)
    for truth in known:
        siren = truth.siren or ""
        assert luhn(siren)
        assert truth.siret is None or (truth.siret.startswith(siren) and luhn(truth.siret))
        assert truth.tva_intra in (None, f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}")


def test_the_numbers_of_the_truth_stand_on_the_legal_page() -> None:
    for site, truth in pairs(lambda site: "legal" in site.pages):
        given = {one for one in (truth.siren, truth.siret) if one}
        assert given <= numbers_on(site)


def test_a_siren_with_a_wrong_check_digit_is_not_in_the_truth() -> None:
    wrong = pairs(lambda site: site.legal == "wrong_luhn" and "legal" in site.pages)

    assert wrong
    for site, truth in wrong:
        assert truth.siren is None and truth.siret is None
        assert site.business.siren not in numbers_on(site)
        assert any(not luhn(number) for number in numbers_on(site) if len(number) == 9)


def test_some_legal_pages_name_a_second_company_with_sound_numbers() -> None:
    found = pairs(lambda site: site.legal == "two_companies" and "legal" in site.pages)

    assert found
    for site, truth in found:
        strangers = {one for one in numbers_on(site) if one not in (truth.siren, truth.siret)}
        assert any(luhn(one) for one in strangers if len(one) == 9)


@pytest.mark.parametrize("form", ["table", "cards", "list"])
def test_lowest_and_highest_price_stand_on_the_prices_page(form: str) -> None:
    found = pairs(lambda site: site.prices == form and "prices" in site.pages)

    assert found
    for site, truth in found:
        page = text_of(site, "prices")
        assert truth.pricing_min is not None and truth.pricing_max is not None
        assert re.search(rf"\b{truth.pricing_min}(?:,00)?\s€", page)
        assert re.search(rf"\b{truth.pricing_max}(?:,00)?\s€", page)


def test_cards_have_an_offer_without_a_price_and_sometimes_a_former_price() -> None:
    pages = [text_of(site, "prices") for site, _ in pairs(lambda one: one.prices == "cards" and "prices" in one.pages)]

    assert all("Sur devis" in page for page in pages)
    assert {"<del" in page for page in pages} == {True, False}


def test_profiles_of_the_truth_are_linked_from_every_page() -> None:
    found = pairs(lambda site: True)

    assert {bool(truth.socials) for _, truth in found} == {True, False}
    for site, truth in found:
        page = text_of(site, "home")
        assert all(f'href="{address}' in page for address in truth.socials.values())


def test_a_perfect_run_scores_one_and_a_guess_lowers_precision(truth: Truth) -> None:
    rows: list[dict[str, object]] = [{**one.model_dump(), "email": one.email_normal} for one in truth.sites]
    healthy = truth.of_kind("healthy")
    guess: list[dict[str, object]] = [{"site_web": one.site_web, "tech_analytics": "ga4, xiti"} for one in healthy]

    perfect, guessed = score_techstack(truth, rows), score_techstack(truth, guess)["tech_analytics"]

    assert {(score.recall, score.precision) for score in perfect.values()} == {(1.0, 1.0)}
    assert (score_emails(truth, rows).recall, score_emails(truth, rows).precision) == (1.0, 1.0)
    assert guessed.found == 2 * len(healthy) and guessed.precision < 0.5


def test_an_address_that_a_script_draws_is_expected_of_the_deep_mode_alone(truth: Truth) -> None:
    drawn = [one for one in truth.of_kind("healthy") if one.js_only and one.email]
    rows: list[dict[str, object]] = [{"site_web": one.site_web, "email": one.email} for one in drawn]

    assert drawn and not any(one.email_normal for one in drawn)
    assert score_emails(truth, rows) == Score(expected=0, found=len(drawn), right=0)
    assert score_emails(truth, rows, mode="deep") == Score(expected=len(drawn), found=len(drawn), right=len(drawn))
