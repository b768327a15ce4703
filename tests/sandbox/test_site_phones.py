"""A company's further numbers stand on its pages as the truth has them, beside digits that are no number of its own."""

import re
from typing import get_args

import pytest

from engine.sandbox.sites.companies import AGENCIES, HOSTS, MEDIATOR
from engine.sandbox.sites.facts import PhoneCase
from engine.sandbox.sites.phones import extra_phones, fax
from engine.sandbox.sites.site import Site
from tests.sandbox.site_world import pages_of, pairs, text_of

# The first to ask draws all pages of the world.
pytestmark = pytest.mark.slow(20)
FRENCH = re.compile(r"(?<![\d.,-])0([1-9](?:[ .\u00a0\u202f-]?\d\d){4})(?![\d-])")
# Arcep's numbers for films and books.
FICTION = ("199004", "19900", "26191", "35301", "46571", "53649", "63998")


def stands_on(site: Site, number: str) -> bool:
    """Whether the digits of a number stand on a page that its readers reach, whatever is between them."""
    digits = number.removeprefix("+33").removeprefix("+49")
    return re.search(r"\D{0,3}".join(digits), pages_of(site)) is not None


def test_every_case_is_dealt_and_its_numbers_stand_on_the_pages() -> None:
    found = pairs(lambda site: True)

    assert {site.facts.phones for site, _ in found} == set(get_args(PhoneCase))
    for site, truth in found:
        numbers = str(truth.columns["telephones_extra"] or "")
        assert all(stands_on(site, one) for one in filter(None, numbers.split(", ")))
        assert truth.telephone and stands_on(site, truth.telephone) and truth.telephone not in numbers
        assert truth.columns["telephone_mobile"] in (None, *numbers.split(", "))


def test_no_number_of_the_truth_is_a_fax_or_another_companys() -> None:
    others = {f"+33{one.phone.replace(' ', '')[1:]}" for one in (*HOSTS, *AGENCIES, MEDIATOR)}
    machines = [(site, machine) for site, _ in pairs(lambda site: True) if (machine := fax(site))]

    assert machines
    for site, machine in machines:
        assert stands_on(site, machine.e164)
        assert machine.e164 not in {one.e164 for one in extra_phones(site)}
    for _, truth in pairs(lambda site: True):
        assert not others & set(str(truth.columns["telephones_extra"]).split(", "))


def test_numbers_come_in_many_forms() -> None:
    pages = "\n".join(pages_of(site) for site, _ in pairs(lambda site: site.facts.phones != "none"))

    for form in (
        r"06\.39\.98",
        r"06-39",
        "06\u00a039",
        "06\u202f39",
        r"\+33 \(0\)",
        r"0033 6",
        r"063998",
        r"\+33\(0\)",
    ):
        assert re.search(form, pages), form
    assert '"contactPoint"' in pages and 'href="tel:06.39' in pages and "+49" in pages


def test_every_number_that_people_see_is_kept_for_fiction() -> None:
    for site, _ in pairs(lambda site: True):
        for kind in ("home", "contact", "legal"):
            text = text_of(site, kind) if kind in site.pages else ""
            shown = [re.sub(r"\D", "", one) for one in FRENCH.findall(text)]
            assert all(one.startswith(FICTION) for one in shown), (site.url, shown)


def test_half_of_the_sites_show_digits_that_are_no_number() -> None:
    pages = [pages_of(site) for site, _ in pairs(lambda site: True)]

    for lure in ("contrat n° 0199004", "GPS :", "RPPS 10", "IBAN FR76", "data-account=", "EAN 3"):
        assert 0 < sum(lure in page for page in pages) < len(pages) / 2
