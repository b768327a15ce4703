"""Which pages of a site are read."""

import pytest

from engine.extract.pages import PageKind, guesses, kind_of, plan_sitemap
from tests.engine.extract.reading import document, plan_links

HOME = "https://www.dupont.fr/"
KINDS: tuple[PageKind, ...] = ("contact", "legal", "team", "about")


def planned(html: str) -> list[tuple[str, str]]:
    return [(page.url.removeprefix(HOME), page.kind) for page in plan_links(document(html), HOME, KINDS)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("Contact", "contact"), ("Contactez-nous", "contact"), ("Nous écrire", "contact"), ("Kontakt", "contact")),
        *(("Contáctenos", None), ("Contacto", "contact"), ("Contatti", "contact"), ("Contact us", "contact")),
        *(("Mentions légales", "legal"), ("Impressum", "legal"), ("Aviso legal", "legal"), ("Note legali", "legal")),
        *(("Notre équipe", "team"), ("Team", "team"), ("Qui sommes-nous ?", "team"), ("Equipo", "team")),
        *(("À propos", "about"), ("Über uns", "about"), ("Chi siamo", "about"), ("Quiénes somos", "about")),
        *(("Nos tarifs", "prices"), ("Pricing", "prices"), ("Preise", "prices"), ("Plan du site", None)),
        *(("Nos menus", "prices"), ("La carte", "prices"), ("Carte et accès", None), ("Speisekarte", "prices")),
        *(("Actualités", None), ("Contactologie : dix conseils pour bien choisir ses lentilles", None)),
    ],
)  # fmt: skip
def test_knows_a_page_by_the_text_of_its_link(text: str, kind: str | None) -> None:
    assert kind_of("https://dupont.fr/p12", text) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/contact.html", "contact"), ("/fr/nous-contacter/", "contact"), ("/mentions_legales", "legal"),
     ("/index.php?page=contact", "contact"), ("?page=contact#top", "contact"), ("/p/12", None),
     ("/blog/2020/les-meilleurs-sites-a-voir-en-corse", None)],
)  # fmt: skip
def test_knows_a_page_by_its_address(path: str, kind: str | None) -> None:
    assert kind_of(f"https://dupont.fr{path}", "") == kind_of(path, "") == kind


def test_plans_pages_in_the_order_of_their_kinds_each_once() -> None:
    html = """<a href="/a-propos">À propos</a><a href="mentions">Mentions</a><a href="/contact/">Contact</a>
    <a href="/contact#plan">Plan</a><a href="/contact">Contact</a><a href="/">Contact</a><a href="#contact">x</a>"""

    assert planned(html) == [("contact/", "contact"), ("mentions", "legal"), ("a-propos", "about")]


def test_stays_on_the_registrable_domain() -> None:
    html = """<a href="https://facebook.com/contact">Contact</a><a href="https://shop.dupont.fr/contact">Contact</a>
    <a href="mailto:x@dupont.fr">Contact</a><a href="javascript:void(0)">Contact</a><a href="/contact.pdf">x</a>"""

    assert planned(html) == [("https://shop.dupont.fr/contact", "contact")]


def test_resolves_links_against_the_base_of_the_page() -> None:
    assert planned('<base href="/fr/"><a href="contact">x</a>') == [("fr/contact", "contact")]


def test_takes_at_most_two_pages_of_a_kind_the_shortest_paths_first() -> None:
    html = "".join(f'<a href="{path}">x</a>' for path in ("/fr/agences/contact", "/contact-lyon", "/contact"))

    assert planned(html) == [("contact", "contact"), ("contact-lyon", "contact")]


def test_on_a_shared_platform_only_the_same_host_is_the_same_site() -> None:
    html = '<a href="https://other.wordpress.com/contact">Contact</a><a href="/contact">Contact</a>'

    pages = plan_links(document(html), "https://dupont.wordpress.com/", KINDS)

    assert [page.url for page in pages] == ["https://dupont.wordpress.com/contact"]


def test_reads_a_sitemap() -> None:
    xml = "<urlset><url><loc> https://www.dupont.fr/nous-contacter </loc></url><url><loc>https://x.fr/contact</loc></url></urlset>"

    assert plan_sitemap(xml, HOME, KINDS) == [("https://www.dupont.fr/nous-contacter", "contact")]


def test_guesses_two_addresses_in_the_language_of_the_domain() -> None:
    assert [page.url for page in guesses(HOME, KINDS)] == [HOME + "contact", HOME + "mentions-legales"]
    assert [page.url for page in guesses("https://dupont.de/", KINDS)][1] == "https://dupont.de/impressum"
