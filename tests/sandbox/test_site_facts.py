"""Numbers of the register and what a notice says stand on the pages as the truth has them."""

import re

import pytest

from engine.sandbox.sites.companies import AGENCIES, HOSTS, MEDIATOR
from engine.sandbox.sites.facts import NOTICE_CARDS
from engine.sandbox.sites.site import Site
from engine.sandbox.truth import SiteTruth
from tests.sandbox.site_world import pairs, text_of

# The first to ask draws all pages of the world.
pytestmark = pytest.mark.slow(20)
NUMBER = re.compile(r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}(?: ?\d{3} ?\d{2})?(?!\d)")
MENTIONS = ("mentions_capital", "mentions_hebergeur", "mentions_directeur", "mentions_raison_sociale")


def luhn(number: str) -> bool:
    digits = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0


def numbers_on(site: Site) -> set[str]:
    """Numbers of nine or fourteen digits on the legal page."""
    return {re.sub(r"\D", "", found) for found in NUMBER.findall(notice_text(site))}


def notice_text(site: Site) -> str:
    return text_of(site, "legal" if "legal" in site.pages else "home")


def with_notice() -> list[tuple[Site, SiteTruth]]:
    return pairs(lambda site: "legal" in site.pages or site.one_page or site.facts.notice == "footer")


def test_the_numbers_of_the_truth_are_sound_and_agree_with_each_other() -> None:
    known = [truth for _, truth in with_notice() if truth.siren]

    assert any(truth.siret for truth in known) and any(truth.tva_intra for truth in known)
    for truth in known:
        siren = truth.siren or ""
        assert luhn(siren)
        assert truth.siret is None or (truth.siret.startswith(siren) and luhn(truth.siret))
        assert truth.tva_intra in (None, f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}")
        assert [truth.columns[one] for one in ("siren", "siret", "tva_intra")] == [siren, truth.siret, truth.tva_intra]


def test_the_numbers_of_the_truth_stand_in_the_notice() -> None:
    for site, truth in with_notice():
        found = numbers_on(site)
        assert truth.siren is None or any(one.startswith(truth.siren) for one in found)
        assert truth.siret is None or truth.siret in found


def test_a_siren_with_a_wrong_check_digit_is_not_in_the_truth() -> None:
    wrong = pairs(lambda site: site.legal == "wrong_luhn" and "legal" in site.pages)

    assert wrong
    for site, truth in wrong:
        assert truth.siren is None and truth.siret is None and truth.columns["mentions_rcs"] is None
        assert site.business.siren not in numbers_on(site)
        assert any(not luhn(number) for number in numbers_on(site) if len(number) == 9)


def test_some_legal_pages_name_a_second_company_with_sound_numbers() -> None:
    found = pairs(lambda site: site.legal == "two_companies" and "legal" in site.pages)

    assert found
    for site, truth in found:
        strangers = {one for one in numbers_on(site) if one not in (truth.siren, truth.siret)}
        assert any(luhn(one) for one in strangers if len(one) == 9)


def test_every_way_to_write_a_notice_is_dealt() -> None:
    found = [site.facts.notice for site, _ in pairs(lambda site: True)]

    assert set(found) == {*NOTICE_CARDS, "footer", "none"}


def test_what_the_truth_says_of_a_notice_stands_in_it() -> None:
    for site, truth in with_notice():
        text, columns = notice_text(site), truth.columns
        for column in MENTIONS:
            assert str(columns.get(column) or "") in text, (site.url, column)
        rcs = columns["mentions_rcs"]
        assert rcs is None or all(word in text for word in str(rcs).removeprefix("RCS").split())
        assert ("apital" in text) == bool(columns["mentions_capital"]), site.url


def test_a_site_without_a_notice_has_nothing_to_say() -> None:
    for _, truth in pairs(lambda site: site.facts.notice == "none"):
        told = {column: cell for column, cell in truth.columns.items() if column.startswith(("mentions", "sir"))}
        assert set(told.values()) == {None} and "mentions_url" in told


def test_the_number_in_a_notice_is_never_that_of_another_company() -> None:
    others = {f"+33{one.phone.replace(' ', '')[1:]}" for one in (*HOSTS, *AGENCIES, MEDIATOR)}
    found = [truth.columns.get("mentions_telephone", "") for _, truth in pairs(lambda site: "legal" in site.pages)]

    assert None in found and any(one and one.startswith("+336") for one in map(str, found))
    assert not others & set(found)


def test_a_notice_stands_at_times_under_the_conditions_of_sale() -> None:
    terms = pairs(lambda site: site.facts.notice == "terms")

    assert terms
    for _, truth in terms:
        assert re.search(r"cgv|agb|terms|spip|\d", str(truth.columns["mentions_url"])), truth.columns["mentions_url"]
