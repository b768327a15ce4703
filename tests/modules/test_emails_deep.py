"""Mode deep of emails: what it looks at, what it leaves alone, what it tells; the browser is the outside world."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from engine.module import BrowserMissing, Page, Unreachable
from engine.modules.emails import EmailsConfig, module
from engine.network.browser import TOTAL_SECONDS
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
CONTACT, LEGAL = f"{HOME}contact", f"{HOME}mentions-legales"
SHELL = '<div id="root"></div><script src="/app.js"></script>'
NAV = '<nav><a href="/contact">Contact</a><a href="/mentions-legales">Mentions</a><a href="/equipe">Équipe</a></nav>'
DEEP = EmailsConfig(mode="deep", source_job_id="j")


@dataclass
class Window:
    """A browser: shows pages as their scripts leave them, each in 500 ms. `missing`: there is none."""

    pages: Mapping[str, str | Site]
    missing: bool = False
    shown: list[str] = field(default_factory=list[str])
    closed: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    served: SmallWeb = field(default_factory=lambda: SmallWeb({HOME: SHELL}))

    async def render(self, url: str) -> Page:
        self.shown.append(url)
        if self.missing:
            raise BrowserMissing
        return replace(await SmallWeb(self.pages).get(url), elapsed_ms=500.0)

    async def done_with(self, url: str) -> None:
        self.closed.append(url)

    async def found(self, row: Row | None = None, config: EmailsConfig = DEEP) -> Row:
        """What deep says of a row whose site is shown in this window."""
        run = replace(self.served.run(), browser=self, note=self.notes.append)
        return await module.enrich({"site_web": HOME, "email": None} | (row or {}), config, run)


async def test_finds_the_address_that_only_scripts_draw_and_fetches_nothing() -> None:
    window = Window({HOME: NAV, CONTACT: '<a href="mailto:j.martin@dupont.fr">x</a>'})

    assert await window.found() == {"email": "j.martin@dupont.fr", "email_personal": "j.martin@dupont.fr"}
    assert window.served.asked == []
    assert window.closed == [HOME]


@pytest.mark.parametrize("site", [HOME, "aucun", "https://www.facebook.com/dupont"])
async def test_a_row_that_has_an_address_keeps_it_and_its_site_is_not_looked_at(site: str) -> None:
    window = Window({HOME: "<p>autre@dupont.fr</p>"})

    assert await window.found({"email": "contact@dupont.fr", "site_web": site}) == {}
    assert window.shown == window.closed == window.served.asked == []
    assert [report["reason"] for report in window.served.reports] == ["has_email"]


@pytest.mark.parametrize("cell", ["", " ", None])
async def test_a_row_without_an_address_is_looked_at_however_its_cell_is_empty(cell: str | None) -> None:
    window = Window({HOME: "<p>contact@dupont.fr</p>"})

    assert (await window.found({"email": cell}))["email"] == "contact@dupont.fr"


async def test_looks_at_home_contact_and_legal_page_alone() -> None:
    twice = '<a href="/fr/contact">Contact</a><a href="/fr/legal">Mentions légales</a>'
    window = Window({HOME: NAV + twice, CONTACT: "x", LEGAL: "<p>contact@dupont.fr</p>"})

    await window.found()

    assert window.shown == [HOME, CONTACT, LEGAL]


async def test_guesses_the_pages_that_home_does_not_link() -> None:
    window = Window({HOME: "<p>Bienvenue</p>", CONTACT: "<p>contact@dupont.fr</p>"})

    assert (await window.found())["email"] == "contact@dupont.fr"


async def test_ranks_as_the_normal_mode_does() -> None:
    window = Window({HOME: f"{NAV}info@dupont.fr", CONTACT: "<p>dupont@free.fr</p>", LEGAL: "<p>a.b@dupont.fr</p>"})

    assert (await window.found())["email"] == "a.b@dupont.fr"


async def test_the_report_tells_the_pages_rendered_the_time_and_the_candidates() -> None:
    window = Window({HOME: NAV, CONTACT: "<p>contact@dupont.fr</p>", LEGAL: "x"})

    await window.found()

    (report,) = window.served.reports
    assert (report["rendered"], report["rendered_ms"]) == (3, 1_500)
    assert report["pages"] == [HOME, CONTACT, LEGAL]
    assert report["found"] == 1


async def test_details_are_told_of_rendered_pages_too() -> None:
    window = Window({HOME: NAV, CONTACT: "<p>contact@dupont.fr</p>", LEGAL: "compta@dupont.fr"})

    row = await window.found(config=DEEP.model_copy(update={"details": True}))

    assert row["emails_all"] == "contact@dupont.fr, compta@dupont.fr"
    assert row["email_source"] == f"{CONTACT} (text)"


async def test_a_page_that_can_not_be_rendered_leaves_what_the_others_say() -> None:
    window = Window({HOME: f"{NAV}contact@dupont.fr", CONTACT: Site(fails="timeout"), LEGAL: Site(status=500)})

    assert (await window.found())["email"] == "contact@dupont.fr"


@pytest.mark.parametrize("site", [Site(fails="timeout"), Site(status=503)])
async def test_a_site_that_shows_no_page_is_an_error_of_the_row(site: Site) -> None:
    window = Window({HOME: site, "http://www.dupont.fr/": site})

    with pytest.raises(Unreachable):
        await window.found()

    assert window.closed == [HOME]


async def test_without_a_browser_the_row_fails_with_its_own_code_and_the_notice_says_so() -> None:
    window = Window({}, missing=True)

    with pytest.raises(BrowserMissing) as refused:
        await window.found()

    assert refused.value.code == "browser_missing"
    assert ["Chromium" in note for note in window.notes] == [True]
    assert (window.shown, window.closed) == ([HOME], [HOME])


async def test_a_directory_is_not_shown() -> None:
    window = Window({})

    assert await window.found({"site_web": "https://www.pagesjaunes.fr/pros/1"}) == {}
    assert window.shown == []


def test_four_sites_at_once_of_which_each_has_the_time_of_three_pages_that_hang() -> None:
    assert module.width(DEEP) == 4
    assert module.item_timeout_seconds(DEEP) >= 4 * TOTAL_SECONDS
    assert (module.width(EmailsConfig()), module.item_timeout_seconds(EmailsConfig())) == (256, 60)


def test_deep_costs_three_times_as_much() -> None:
    assert module.cost(100, DEEP) == pytest.approx(3 * module.cost(100, EmailsConfig()))
