"""The socials module on small sites: which profile is the business's own, and in which form it is given."""

from typing import Any

import pytest

from engine.extract.social_addresses import NETWORKS, profile_of
from engine.module import NoConfig, Unreachable
from engine.modules.socials import module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont-plomberie.fr/"
CONTACT = f"{HOME}contact"

NO_PROFILES = """https://www.facebook.com/sharer/sharer.php?u=x https://www.facebook.com/share/1AbCdE/
https://www.facebook.com/dialog/oauth https://www.facebook.com/plugins/page.php?href=x https://www.facebook.com/tr
https://www.facebook.com/hashtag/plombier https://www.facebook.com/events/123 https://connect.facebook.net/fr_FR
https://developers.facebook.com/docs https://www.facebook.com/v12.0/dupont https://facebook.com.evil.fr/dupont
https://www.facebook.com/dupont/posts/123 https://l.facebook.com/l.php?u=x https://www.facebook.com/login.php
https://www.facebook.com/ https://www.instagram.com/p/abc/ https://www.instagram.com/dupont/reel/abc
https://www.instagram.com/explore/tags/x https://www.linkedin.com/shareArticle?url=x https://www.linkedin.com/feed/
https://www.linkedin.com/legal/privacy https://twitter.com/intent/tweet?text=x https://twitter.com/share
https://x.com/search?q=x https://x.com/i/flow https://twitter.com/dupont/status/1 https://x.com/hashtag/x
https://max.com/dupont https://www.youtube.com/watch?v=x https://www.youtube.com/embed/x https://youtu.be/x
https://www.youtube.com/playlist?list=x https://www.tiktok.com/ https://www.tiktok.com/@dupont/video/1
https://vm.tiktok.com/x https://www.tiktok.com/search?q=x https://www.pinterest.com/pin/create/button/?url=x
https://www.pinterest.fr/search/pins/?q=x https://pin.it/x https://wa.me/?text=x https://wa.me/0639981234
https://api.whatsapp.com/send?text=x https://chat.whatsapp.com/AbC https://www.whatsapp.com/channel/0029Va
whatsapp://send?text=x http://[broken mailto:a@facebook.com #facebook"""


async def columns(web: SmallWeb, nom: str = "Plomberie Dupont", site: str = HOME) -> Row:
    found = await module.enrich({"nom": nom, "site_web": site}, NoConfig(), web.run())
    assert set(found) in ({*NETWORKS}, set())
    return {network: address for network, address in found.items() if address}


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


def footer(*addresses: str) -> str:
    return f"<footer>{''.join(f'<a href={chr(34)}{address}{chr(34)}></a>' for address in addresses)}</footer>"


@pytest.mark.parametrize(
    ("linked", "canonical"),
    [
        ("//m.facebook.com/dupont.pro/?ref=bookmarks", "https://www.facebook.com/dupont.pro"),
        ("facebook.com/dupont/photos", "https://www.facebook.com/dupont"),
        ("https://facebook.com/profile.php?id=1000123&sk=about", "https://www.facebook.com/profile.php?id=1000123"),
        ("https://fr-fr.facebook.com/pages/Chez-Dupont/123456", "https://www.facebook.com/pages/Chez-Dupont/123456"),
        (
            "https://www.facebook.com/pages/category/Plumber/Dupont-1065928260154300/",
            "https://www.facebook.com/Dupont-1065928260154300",
        ),
        ("https://www.facebook.com/people/Dupont/1000123/", "https://www.facebook.com/people/Dupont/1000123"),
        ("https://www.facebook.com/p/Dupont-100012345678/", "https://www.facebook.com/p/Dupont-100012345678"),
        ("http://instagram.com/_u/dupont/?hl=fr", "https://www.instagram.com/dupont"),
        ("https://fr.linkedin.com/company/dupont/about/", "https://www.linkedin.com/company/dupont"),
        ("https://www.linkedin.com/in/jean-dupont-1a2b/", "https://www.linkedin.com/in/jean-dupont-1a2b"),
        ("https://www.linkedin.com/company/idées", "https://www.linkedin.com/company/id%C3%A9es"),
        ("https://twitter.com/#!/dupont", "https://x.com/dupont"),
        ("https://mobile.twitter.com/dupont?lang=fr", "https://x.com/dupont"),
        ("https://m.youtube.com/@dupont/videos", "https://www.youtube.com/@dupont"),
        ("https://youtube.com/dupont", "https://www.youtube.com/dupont"),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv?sub=1",
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
        ),
        ("https://tiktok.com/@dupont?lang=fr", "https://www.tiktok.com/@dupont"),
        ("https://fr.pinterest.com/dupont/salle-de-bain/", "https://www.pinterest.com/dupont"),
        ("https://www.pinterest.co.uk/dupont", "https://www.pinterest.com/dupont"),
        ("https://wa.me/+33639981234?text=Bonjour", "https://wa.me/33639981234"),
        ("https://api.whatsapp.com/send/?phone=%2B33639981234&text", "https://wa.me/33639981234"),
        ("whatsapp://send?phone=33639981234", "https://wa.me/33639981234"),
        ("https://wa.me/message/ABCDEFGH1234", "https://wa.me/message/ABCDEFGH1234"),
    ],
)
def test_each_profile_has_one_form(linked: str, canonical: str) -> None:
    found = profile_of(linked)

    assert found is not None
    assert found.address == canonical
    assert profile_of(canonical) == found


@pytest.mark.parametrize(
    "address",
    NO_PROFILES.split(),
)
def test_what_only_goes_through_a_network_is_no_profile(address: str) -> None:
    assert profile_of(address) is None


async def test_returns_one_profile_per_network() -> None:
    web = SmallWeb({HOME: "<h1>Dupont</h1>" + footer("http://facebook.com/dupont/", "https://twitter.com/dupont")})

    assert await columns(web) == {"facebook": "https://www.facebook.com/dupont", "x_twitter": "https://x.com/dupont"}
    assert report(web)["profiles"][0] == {
        "network": "facebook",
        "url": "https://www.facebook.com/dupont",
        "page": HOME,
        "page_kind": "home",
        "section": "footer",
        "method": "link",
        "pages": 1,
    }


async def test_what_the_site_declares_goes_before_what_it_links() -> None:
    declared = (
        '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","publisher":{"@type":"Organization",'
        '"sameAs":["https://www.instagram.com/atelier_pro/"]}},{"@type":"Person","sameAs":"https://x.com/webmestre"},'
        '{"@type":"Organization","url":"https://www.agence.example/","sameAs":"https://www.tiktok.com/@agence"}]}'
        "</script>"
    )
    web = SmallWeb({HOME: declared + footer("https://www.instagram.com/voisin")})

    assert await columns(web) == {"instagram": "https://www.instagram.com/atelier_pro"}


async def test_profiles_of_others_are_left_out() -> None:
    web = SmallWeb(
        {
            HOME: "<main><p>Nos partenaires : <a href='https://www.facebook.com/mairie'>la mairie</a></p>"
            "<p>Merci à <a href='https://www.instagram.com/jean.photo'>Jean</a></p></main>"
            "<footer><a href='https://twitter.com/wordpress'></a><a href='https://www.instagram.com/wix/'></a>"
            "<p>Site réalisé par <a href='https://www.pixelio.fr'>Pixelio</a> "
            "<a href='https://www.youtube.com/@pixelio'></a></p>"
            "<p><a href='https://www.linkedin.com/company/pixelio-agence'></a></p></footer>"
        }
    )

    assert await columns(web) == {}


async def test_of_several_the_one_that_bears_the_name_wins_and_a_draw_in_the_text_leaves_the_cell_empty() -> None:
    links = footer("https://www.facebook.com/quartier", "https://www.facebook.com/DupontPlomberie")
    drawn = (
        "<main><a href='https://x.com/martin'>Twitter</a><a href='https://x.com/durand'>Twitter</a>"
        "<a href='https://www.linkedin.com/in/jean-dupont'></a>"
        "<a href='https://www.linkedin.com/company/dupont'></a></main>"
    )

    assert await columns(SmallWeb({HOME: drawn + links})) == {
        "facebook": "https://www.facebook.com/DupontPlomberie",
        "linkedin": "https://www.linkedin.com/company/dupont",
    }


NUMBERED = "https://www.facebook.com/profile.php?id=100064012345678"


@pytest.mark.parametrize(
    "bar",
    [
        f"<a href='{NUMBERED}' title='Suivre Dupont'><i class='fa'></i></a>",
        f"<a href='{NUMBERED}'>f</a>",
        f"<a href='{NUMBERED}'>Plomberie Dupont</a>",
        f"<a href='{NUMBERED}' title='La vie du chantier'><svg></svg></a>"
        "<a href='https://www.instagram.com/atelier.des.lices' aria-label='Nos photos'><svg></svg></a>",
    ],
)
async def test_an_icon_in_a_bar_without_a_landmark_is_the_sites_own(bar: str) -> None:
    thanks = "<h1>Bienvenue</h1><p>Merci à <a href='https://www.facebook.com/mairie'><img src='m.png'></a></p>"

    found = await columns(SmallWeb({HOME: f"<div class='coordonnees'>02 61 91 00 01 {bar}</div>{thanks}"}))

    assert found["facebook"] == NUMBERED


async def test_the_row_of_icons_of_each_employee_is_nobodys_in_particular() -> None:
    icons = (f"<a href='https://www.{network}.com/{{0}}' title='{{0}}'></a>" for network in ("facebook", "instagram"))
    row = "".join(icons)
    team = "".join(f"<p>{name}</p>{row.format(name)}<a href='/equipe'>Lire</a>" for name in ("jeanne", "karim"))

    assert await columns(SmallWeb({HOME: f"<h1>Notre équipe</h1>{team}"})) == {}


async def test_an_account_that_a_theme_names_counts_where_it_is_called_as_the_business_is() -> None:
    def head(account: str) -> str:
        return (
            f'<meta name="twitter:site" content="{account}">'
            '<meta property="article:publisher" content="https://www.facebook.com/atelier">'
        )

    assert await columns(SmallWeb({HOME: head("@themeforge")})) == {"facebook": "https://www.facebook.com/atelier"}
    assert (await columns(SmallWeb({HOME: head("@dupont_lyon")})))["x_twitter"] == "https://x.com/dupont_lyon"


async def test_the_contact_page_is_read_unless_home_names_three_networks() -> None:
    menu = '<nav><a href="/contact">Contact</a></nav>'
    contact = "<p>Suivez-nous : <a href='https://www.instagram.com/dupont'>Instagram</a></p>"
    few = SmallWeb({HOME: menu, CONTACT: contact})
    many = SmallWeb(
        {
            HOME: menu + footer("https://x.com/dupont", "https://facebook.com/dupont", "https://tiktok.com/@dupont"),
            CONTACT: contact,
        }
    )

    assert await columns(few) == {"instagram": "https://www.instagram.com/dupont"}
    assert set(await columns(many)) == {"x_twitter", "facebook", "tiktok"}
    assert (few.asked, many.asked) == ([HOME, CONTACT], [HOME])
    assert few.closed == [HOME]


async def test_the_page_of_a_directory_tells_nothing() -> None:
    there = "https://www.facebook.com/dupont"
    led = SmallWeb({HOME: Site(leads_to=there), there: footer("https://x.com/dupont")})

    assert await module.enrich({"site_web": there}, NoConfig(), SmallWeb({}).run()) == {}
    assert await columns(led) == {}
    assert report(led)["reason"] == "directory"


async def test_a_site_that_gives_no_page_is_an_error_of_its_item() -> None:
    with pytest.raises(Unreachable):
        await columns(SmallWeb({HOME: Site(status=500)}))
