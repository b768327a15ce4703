"""The ads_intelligence module: its columns, its score and its report on small sites."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from engine.extract.advertising import ADDRESSES_MAX, ROLES, SIGNATURES_FOLDER, Vendors, read_vendors, vendors_of
from engine.extract.filter_lists import InstalledLists, ListFolder
from engine.extract.reports import REPORT_BYTES_MAX
from engine.extract.technologies.table import BadSignature, read_technologies
from engine.module import NoConfig, Page, Unreachable
from engine.modules.ads_intelligence import DATA, SCORE, module
from engine.rows.types import Row
from tests.modules.marketing_signs import SIGNS
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
VENDORS = vendors_of(DATA / "marketing", DATA / "technologies")
OWN = read_technologies(DATA / "marketing" / SIGNATURES_FOLDER)
NOTHING: Row = {
    "ads_score": 0,
    "pixels_detected": None,
    "crm_detected": None,
    "chat_widget": None,
    "marketing_tools": None,
    "ads_active": False,
    "ads_networks": None,
    "pixel_meta": False,
    "pixel_google_ads": False,
    "cmp_vendor": None,
    "retargeting": None,
    "crm_marketing": None,
    "chat_widgets": None,
}
SHOP = """<html lang="fr"><head>
<script src="https://static.axept.io/sdk.js"></script>
<script type="text/plain" data-src="https://www.googletagmanager.com/gtag/js?id=AW-123456789"></script>
<script>fbq('init', '1'); criteo_q.push({event: 'setAccount'}); window.$crisp = []; CRISP_WEBSITE_ID = 'x';</script>
<script src="https://embed.tawk.to/5f/default"></script><script src="https://js-eu1.hs-scripts.com/1.js"></script>
<script src="https://plausible.io/js/script.js"></script><script src="https://www.dwin1.com/19038.js"></script>
<script src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js"></script>
</head><body><h1>Dupont</h1></body></html>"""
LISTS = """[Adblock Plus 2.0]
||creativecdn.com^$third-party
||connect.facebook.net/*/fbevents.js
/mesure-inconnue.js$script,third-party
@@||creativecdn.com/allowed/
"""


@dataclass
class Answering(SmallWeb):
    """A small web whose pages are changed on their way, read by someone who has filter lists."""

    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    lists: InstalledLists = field(default_factory=lambda: InstalledLists(()))

    async def get(self, url: str, *, fresh: bool = False, verify_tls: bool = True) -> Page:
        return replace(await super().get(url, fresh=fresh, verify_tls=verify_tls), **self.changes)


async def columns(web: SmallWeb, site: str = HOME) -> Row:
    run = replace(web.run(), filter_lists=web.lists) if isinstance(web, Answering) else web.run()
    return await module.enrich({"nom": "Dupont", "site_web": site}, NoConfig(), run)


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


@pytest.fixture
def installed(tmp_path: Path) -> Callable[[str], InstalledLists]:
    def install(text: str) -> InstalledLists:
        (tmp_path / "easylist.txt").write_text(text, encoding="utf-8")
        return ListFolder(tmp_path).current()

    return install


async def test_names_each_tool_in_its_column() -> None:
    """C-442."""
    web = SmallWeb({HOME: SHOP})

    assert await columns(web) == {
        "ads_score": 100,
        "pixels_detected": "criteo, google_ads, meta",
        "crm_detected": "hubspot",
        "chat_widget": "crisp",
        "marketing_tools": "awin, axeptio, criteo",
        "ads_active": True,
        "ads_networks": "adsense",
        "pixel_meta": True,
        "pixel_google_ads": True,
        "cmp_vendor": "axeptio",
        "retargeting": "criteo",
        "crm_marketing": "hubspot",
        "chat_widgets": "crisp, tawk",
    }
    assert tuple(await columns(web)) == module.produces
    assert module.unit == "sites"


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Pixel Meta, HubSpot, Crisp, Criteo et Axeptio</h1>",
        '<a href="https://www.hubspot.com">HubSpot</a><a href="https://crisp.chat/l.js">Crisp</a>',
        '<!-- <script src="https://client.crisp.chat/l.js"></script> --><i class="criteo hubspot"></i>',
        '<link rel="preconnect" href="https://connect.facebook.net"><meta name="p:domain_verify" content="1">',
        '<script src="https://connect.facebook.net/fr_FR/sdk.js"></script><div class="fb-share-button"></div>',
        '<script>(function(){var a="https://pagead2.googlesyndication.com/pagead/js/google_top_exp.js"})()</script>',
    ],
)
async def test_what_a_site_only_speaks_of_or_links_to_is_not_there(html: str) -> None:
    """C-442."""
    assert await columns(SmallWeb({HOME: html})) == NOTHING


async def test_a_container_alone_is_noted_and_counts_for_nothing() -> None:
    """C-443."""
    web = SmallWeb({HOME: '<script src="https://www.googletagmanager.com/gtm.js?id=GTM-ABC123"></script>'})

    assert await columns(web) == NOTHING
    assert report(web)["containers"] == ["google_tag_manager"]
    assert report(web)["score"] == []


def test_paid_media_weighs_most_and_chat_least() -> None:
    """C-443."""
    points = [part.points for part in SCORE]

    assert [part.name for part in SCORE] == ["pixels", "retargeting", "crm", "analytics_and_consent", "chat"]
    assert points == sorted(points, reverse=True)
    assert sum(points) == 100


async def test_the_score_is_told_with_its_reasons_and_their_evidence() -> None:
    """C-443."""
    web = SmallWeb({HOME: "<script>fbq('init', '1'); Intercom('boot', {app_id: 'x'});</script>"})

    row = await columns(web)

    assert row["ads_score"] == 48
    assert report(web)["page"] == HOME
    assert report(web)["score"] == [
        {"reason": "pixels", "points": 40, "vendors": ["meta"]},
        {"reason": "chat", "points": 8, "vendors": ["intercom"]},
    ]
    assert report(web)["findings"][1] == {
        "vendor": "meta",
        "name": "Meta",
        "role": "pixel",
        "confidence": 100,
        "evidence": [{"where": "inline", "what": "fbq('init'"}],
    }


@pytest.mark.parametrize(
    ("html", "changes"),
    [("", {}), (" \n ", {}), ('{"fbq": "fbq(\'init\')"}', {"content_type": "application/json"})],
)
async def test_an_empty_page_or_one_that_is_no_html_scores_0_and_has_nothing_else(
    html: str, changes: dict[str, Any]
) -> None:
    """C-443, C-434."""
    web = Answering({HOME: html}, changes=changes)

    assert await columns(web) == {"ads_score": 0}
    assert report(web)["reason"] == "not_html"


@pytest.mark.parametrize("there", ["https://www.facebook.com/dupont", "https://www.pagesjaunes.fr/pros/1"])
async def test_the_page_of_a_directory_tells_nothing(there: str) -> None:
    web = SmallWeb({HOME: Site(leads_to=there), there: SHOP})

    assert await columns(web) == {}
    assert await columns(web, there) == {}
    assert [one["reason"] for one in web.reports] == ["directory", "directory"]
    assert web.asked == [HOME]


async def test_a_site_that_gives_no_page_is_an_error_of_its_item() -> None:
    """C-434."""
    with pytest.raises(Unreachable):
        await columns(SmallWeb({HOME: Site(status=503)}))


async def test_only_the_home_page_is_read_and_the_connection_is_closed() -> None:
    web = SmallWeb({HOME: SHOP + '<a href="/contact">Contact</a>'})

    await columns(web)

    assert (web.asked, web.closed) == ([HOME], [HOME])


async def test_a_listed_address_on_a_vendors_domain_is_that_vendors(installed: Callable[[str], InstalledLists]) -> None:
    """C-444."""
    html = (
        '<script src="//fr.creativecdn.com/new-form.js"></script><img src="https://creativecdn.com/allowed/a.gif">'
        '<script src="https://cdn.pisteur.example/mesure-inconnue.js"></script>'
        '<script src="/mesure-inconnue.js"></script>'
    )
    with_lists, without = Answering({HOME: html}, lists=installed(LISTS)), SmallWeb({HOME: html})

    found, unaware = await columns(with_lists), await columns(without)

    assert (found["retargeting"], found["ads_active"], found["ads_score"]) == ("rtb_house", True, 65)
    assert unaware == NOTHING
    assert report(with_lists)["filter_lists"] == {"installed": True, "addresses": 2, "unnamed": ["pisteur.example"]}
    assert report(without)["filter_lists"] == {"installed": False, "addresses": 0, "unnamed": []}


async def test_lists_take_nothing_away_from_what_our_table_knows(installed: Callable[[str], InstalledLists]) -> None:
    """C-444."""
    plain = await columns(SmallWeb({HOME: SHOP}))

    assert await columns(Answering({HOME: SHOP}, lists=installed(LISTS))) == plain


def test_a_page_of_very_many_addresses_is_held_against_the_lists_in_part(
    installed: Callable[[str], InstalledLists],
) -> None:
    html = "".join(f'<img src="https://creativecdn.com/{n}.gif">' for n in range(ADDRESSES_MAX + 50))
    html += f'<script src="https://creativecdn.com/{"a/ad" * 5_000}"></script><script src="https://é[.fr/a"></script>'

    found = VENDORS.find([Page(HOME, HOME, 200, {}, html, "text/html")], installed(LISTS))

    assert found.listed == ADDRESSES_MAX


def test_lists_that_were_fetched_anew_are_read_anew(tmp_path: Path) -> None:
    folder = ListFolder(tmp_path / "lists")
    before = folder.current()
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "easylist.txt").write_text("||pisteur.example^\n")

    after = folder.current()

    assert (before.installed, after.installed) == (False, True)
    assert after.is_blocked("https://pisteur.example/a.js", page=HOME, kind="script")
    assert not before.is_blocked("https://pisteur.example/a.js", page=HOME, kind="script")
    assert folder.current() is after


def test_the_table_names_the_most_used_vendors_of_every_role_with_proof() -> None:
    """C-444."""
    by_role = {role: {one.slug for one in VENDORS.vendors.values() if role in one.roles} for role in ROLES}

    assert len(VENDORS.vendors) >= 150
    assert {role: len(found) for role, found in by_role.items() if len(found) < 4} == {}
    assert [slug for slug, one in OWN.items() if not one.proof.startswith(("https://", "seen in real pages"))] == []


@pytest.mark.parametrize("slug", SIGNS)
def test_a_vendors_own_snippet_shows_it_and_nobody_else(slug: str) -> None:
    """C-442, C-444."""
    html = SIGNS[slug]

    found = VENDORS.find([Page(HOME, HOME, 200, {}, html, "text/html")], InstalledLists(()))

    right = {(vendor.slug, role) for vendor, role in VENDORS.shown_by[slug]}
    shown = {(one.vendor.slug, one.role) for one in found.sightings}
    assert right <= shown
    assert {vendor for vendor, _ in shown} == {vendor for vendor, _ in right}


def test_every_signature_of_our_own_has_its_snippet() -> None:
    """C-444."""
    assert sorted(OWN) == sorted(SIGNS)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[a]\nname = "A"\n', "a has no role"),
        ('[a]\nname = "A"\npixels = ["xandr"]\n', "the role pixels"),
        ('[a]\nname = "A"\npixel = ["unheard_of"]\n', "unheard_of"),
    ],
)
def test_a_table_that_can_not_be_used_is_refused_by_name(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "vendors.toml").write_text(table)

    with pytest.raises(BadSignature, match=told):
        Vendors(read_vendors(tmp_path / "vendors.toml"), OWN)


async def test_the_report_of_a_site_that_uses_everything_stays_small() -> None:
    web = SmallWeb({HOME: "".join(SIGNS.values()) + SHOP})

    row = await columns(web)

    assert row["ads_score"] == 100
    assert report(web)["found"] > 80
    assert len(json.dumps(report(web))) <= REPORT_BYTES_MAX
