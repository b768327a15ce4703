"""The option `details` of emails: all the addresses, where the best one stands, how sure it is."""

from typing import Any, get_args

import pytest

from engine.extract.email_evidence import ADDRESSES_MAX, CERTAINTY, METHOD_DOUBT, PAGE_DOUBT
from engine.extract.emails import Method, Relation
from engine.extract.pages import PageKind
from engine.extract.reports import URL_SHOWN_MAX
from engine.modules.emails import EmailsConfig, module
from engine.rows.cells import cell_text
from engine.rows.rules import apply_rules
from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blank
from tests.modules.small_web import SmallWeb

HOME = "https://www.dupont.fr/"
CONTACT = f"{HOME}contact"
NAV = '<nav><a href="/contact">Contact</a><a href="/mentions-legales">Mentions</a></nav>'
DETAILS = EmailsConfig(details=True)


async def found(pages: dict[str, Any], config: EmailsConfig = DETAILS, site: str = HOME) -> Row:
    return await module.enrich({"site_web": site}, config, SmallWeb(pages).run())


async def sureness(markup: str, page: str = CONTACT) -> float:
    """How sure the only address is."""
    cell = (await found({HOME: NAV, page: markup}))["email_confidence"]
    assert isinstance(cell, float)
    return cell


def test_the_columns_are_there_only_when_asked_for() -> None:
    assert module.columns(EmailsConfig()) == ("email", "email_personal")
    assert module.columns(DETAILS) == (
        "email", "email_personal", "emails_all", "email_source", "email_confidence",
    )  # fmt: skip


async def test_no_cell_of_details_is_filled_unless_asked_for() -> None:
    row = await found({HOME: "<p>contact@dupont.fr</p>"}, EmailsConfig())

    assert set(row) == {"email", "email_personal"}


async def test_all_addresses_are_told_best_first_with_the_page_and_the_way_of_the_best() -> None:
    legal = "<p>dupont69@free.fr compta@dupont.fr</p>"
    link = '<a href="mailto:info@dupont.fr">x</a>'

    row = await found({HOME: NAV, CONTACT: link, f"{HOME}mentions-legales": legal})

    assert row == {
        "email": "info@dupont.fr",
        "email_personal": None,
        "emails_all": "info@dupont.fr, compta@dupont.fr, dupont69@free.fr",
        "email_source": f"{CONTACT} (mailto)",
        "email_confidence": 1.0,
    }


async def test_reads_on_after_the_best_address_since_all_are_asked_for() -> None:
    pages = {HOME: NAV, CONTACT: "<p>j.martin@dupont.fr</p>", f"{HOME}mentions-legales": "<p>info@dupont.fr</p>"}

    assert (await found(pages))["emails_all"] == "j.martin@dupont.fr, info@dupont.fr"


async def test_addresses_of_unrelated_domains_are_told_only_when_there_is_no_other() -> None:
    alone = await found({HOME: "<p>hello@ailleurs.fr info@autre.fr</p>"})
    beside = await found({HOME: "<p>hello@ailleurs.fr contact@dupont.fr</p>"})

    assert alone["emails_all"] == "hello@ailleurs.fr, info@autre.fr"
    assert beside["emails_all"] == "contact@dupont.fr"


async def test_twenty_addresses_are_told_at_most_and_a_long_page_address_is_cut() -> None:
    there = f"https://www.dupont.fr/{'x' * 1_000}"

    row = await found({there: " ".join(f"a.b{n:03}@dupont.fr" for n in range(100))}, site=there)

    assert len(cell_text(row["emails_all"]).split(", ")) == ADDRESSES_MAX
    assert cell_text(row["email_source"]) == f"{there[:URL_SHOWN_MAX]} (text)"


async def test_a_site_without_an_address_has_no_details() -> None:
    assert await found({HOME: "<p>Appelez-nous</p>"}) == {}


async def test_an_address_is_the_surer_the_closer_its_domain_is_to_the_site() -> None:
    own, free, other = [await sureness(f"<p>{one}</p>") for one in ("a@dupont.fr", "dupont@free.fr", "hello@autre.fr")]

    assert 1 > own > free > other > 0


async def test_an_address_is_the_surer_the_plainer_it_is_written() -> None:
    written = (
        '<a href="mailto:info@dupont.fr">x</a>',
        "<p>info@dupont.fr</p>",
        "<p>info [at] dupont [point] fr</p>",
        "<script>document.write('info' + '@' + 'dupont.fr')</script>",
    )

    sure = [await sureness(one) for one in written]

    assert sure == sorted(set(sure), reverse=True)


async def test_an_address_is_surer_on_a_contact_page_than_on_the_legal_notice() -> None:
    assert await sureness("<p>a@dupont.fr</p>") > await sureness("<p>a@dupont.fr</p>", f"{HOME}mentions-legales")


def test_every_domain_page_and_way_of_writing_has_its_share_in_the_confidence() -> None:
    assert (set(CERTAINTY), set(PAGE_DOUBT), set(METHOD_DOUBT)) == tuple(
        set(get_args(words)) for words in (Relation, PageKind, Method)
    )


def test_the_surest_address_is_1_and_the_least_sure_one_is_still_above_0() -> None:
    assert max(CERTAINTY.values()) - min(PAGE_DOUBT.values()) - min(METHOD_DOUBT.values()) == 1
    assert min(CERTAINTY.values()) - max(PAGE_DOUBT.values()) - max(METHOD_DOUBT.values()) == pytest.approx(0.35)


async def test_a_suppressed_address_leaves_every_column_and_the_others_stay() -> None:
    row = await found(
        {HOME: NAV, CONTACT: '<a href="mailto:j.martin@dupont.fr">x</a>', f"{HOME}mentions-legales": "a@dupont.fr"}
    )

    kept, left = blank(row, Suppressed(frozenset({"j.martin@dupont.fr"})))

    assert left == {"j.martin@dupont.fr"}
    assert kept == {
        "email": None,
        "email_personal": None,
        "emails_all": "a@dupont.fr",
        "email_source": None,
        "email_confidence": None,
    }


async def test_a_filter_keeps_the_sure_ones() -> None:
    pages = ({HOME: "<p>contact@dupont.fr</p>"}, {HOME: "<p>hello@autre.fr</p>"}, {HOME: ""})
    rows = [await found(page) for page in pages]
    sure = {"conditions": [{"column": "email_confidence", "op": ">=", "value": 0.8}]}

    assert list(apply_rules(rows, sure, note=lambda text: None)) == [0]
