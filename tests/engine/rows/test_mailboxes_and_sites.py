"""What the text of an address tells, without asking anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rows.mailboxes import addresses_in, is_disposable, is_free_provider, is_personal, is_role
from engine.rows.sites import host_of, is_aggregator, normal_site, registrable_domain


@pytest.mark.parametrize(
    "local",
    [
        "info", "contact", "hello", "contact.paris", "paris-contact", "contactparis", "secretariat2", "no-reply",
        "ne-pas-repondre", "Réservation", "commercial_lyon", "boulangerie.dupont", "kontakt", "vertrieb", "ventas",
        "atencion.cliente", "segreteria", "prenotazioni", "postmaster", "contact+site", "75001", "cabinet.dupont",
    ],
)  # fmt: skip
def test_a_functions_mailbox_is_a_role(local: str) -> None:
    assert is_role(f"{local}@exemple.fr")
    assert not is_personal(f"{local}@exemple.fr")


@pytest.mark.parametrize(
    "local",
    [
        "jean.dupont", "j.dupont", "j-dupont", "dupont.j", "jean_dupont", "jean-dupont", "dupont.jean", "kerensa.oduya",
        "marie-helene", "mariehelene", "helene", "Hélène", "claire.bureau", "imma", "ludo",
        "jean-luc.martin", "j.p.martin", "jean.le.goff", "marie.de.villiers", "dr.anna.klein", "giulia.rossi",
        "uwe.schulz2", "maria.garcia.lopez",
    ],
)  # fmt: skip
def test_a_mailbox_shaped_like_a_name_is_personal(local: str) -> None:
    """C-437."""
    assert is_personal(f"{local}@exemple.fr")


@pytest.mark.parametrize(
    "local",
    [
        "atelier.nord", "workshop", "cuisine", "booking", "les.amis", "chez.nous", "bel-air", "mont-blanc",
        "e-commerce", "petit.dejeuner", "julie.fleurs", "salesse", "dupont", "jdupont", "lefournil", "l.atelier",
        "bar.centre", "werkstatt",
        "backstube", "taller", "bottega", "a.b", "kitchen.garden", "velo", "x", "bonjour.lyon", "a.b.c.d.e",
    ],
)  # fmt: skip
def test_a_mailbox_without_evidence_of_a_person_is_not_personal(local: str) -> None:
    """C-437: also a family name alone, which the text of an address can't tell from a word."""
    assert not is_personal(f"{local}@exemple.fr")


@pytest.mark.parametrize(
    ("address", "personal"),
    [
        ("bel.air@belair.fr", False),
        ("bruno@bruno-coiffure.fr", False),
        ("bruno@brunocoiffure.fr", False),
        ("jean.bart@jean-bart.fr", False),
        ("bruno@gmail.com", True),
        ("bruno.petit@bruno-coiffure.fr", True),
        ("bruno.lefevre@bruno-coiffure.fr", True),
        ("j.dupont@cabinet-dupont.fr", True),
    ],
)
def test_the_words_of_the_own_domain_are_no_person(address: str, personal: bool) -> None:
    """C-437."""
    assert is_personal(address) is personal


def test_text_that_is_no_address_is_not_personal() -> None:
    assert not any(map(is_personal, ["jean.dupont", "a@b", "@b.fr", "a b@c.fr", "", "a..b@c.fr", f"{'a' * 65}@c.fr"]))


def test_a_cell_may_hold_several_addresses() -> None:
    assert addresses_in("A@b.fr; c@d.fr , <e@f.fr> et mailto:g@h.fr.") == ["A@b.fr", "c@d.fr", "e@f.fr", "g@h.fr"]
    assert addresses_in(["a@b.fr", None, "c@d.fr"]) == ["a@b.fr", "c@d.fr"]
    assert addresses_in("sur demande") == []


def test_free_providers_are_known_under_all_their_endings() -> None:
    assert all(map(is_free_provider, ["gmail.com", "Orange.fr", "yahoo.co.uk", "hotmail.be", "web.de", "gmx.net"]))
    assert not any(map(is_free_provider, ["dupont.fr", "yahoo.dupont.fr", "mygmail.com", ""]))


def test_disposable_domains_are_known_with_their_subdomains() -> None:
    assert is_disposable("mailinator.com")
    assert is_disposable("x.Mailinator.com")
    assert not any(map(is_disposable, ["gmail.com", "com", "", "dupont.fr"]))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("WWW.Dupont.fr/Contact#plan", "https://www.dupont.fr/Contact"),
        ("http://dupont.fr", "http://dupont.fr"),
        ("HTTPS//dupont.fr/a", "https://dupont.fr/a"),
        ("http:/dupont.fr", "http://dupont.fr"),
        ("//dupont.fr", "https://dupont.fr"),
        ("<https://dupont.fr/>", "https://dupont.fr/"),
        ("dupont.fr?a=1", "https://dupont.fr/?a=1"),
        ("dupont.fr:8080/a", "https://dupont.fr:8080/a"),
        ("dupont.fr, martin.fr", "https://dupont.fr"),
        ("https://dupont.fr/a;https://martin.fr", "https://dupont.fr/a"),
        ("https://dupont.fr/a,b", "https://dupont.fr/a,b"),
        ("été.fr.", "https://été.fr"),
        ("jean@dupont.fr", ""),
        ("mailto:jean@dupont.fr", ""),
        ("https://jean:secret@dupont.fr", ""),
        ("javascript:alert(1)", ""),
        ("ftp://dupont.fr", ""),
        ("aucun", ""),
        ("n/a", ""),
        ("-", ""),
        ("", ""),
        ("\x1f", ""),
        ("localhost", ""),
        ("dupont.fr:99999", ""),
    ],
)
def test_a_cell_becomes_the_address_to_ask(written: str, asked: str) -> None:
    assert normal_site(written) == asked


@given(st.text(max_size=40))
def test_any_text_is_a_site_or_none(text: str) -> None:
    site = normal_site(text)

    assert site == "" or site.startswith(("http://", "https://"))
    assert normal_site(site) == site


def test_the_registrable_domain_stands_under_the_public_suffix() -> None:
    assert registrable_domain("https://www.dupont.co.uk/contact") == "dupont.co.uk"
    assert registrable_domain("Blog.Dupont.FR") == "dupont.fr"
    assert registrable_domain("a.b.invented") == "b.invented"
    assert registrable_domain("198.18.0.1") == "198.18.0.1"
    assert registrable_domain("rien") == ""
    assert host_of("https://www.dupont.fr:8080/x") == "www.dupont.fr"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.doctolib.fr/dentiste/x", "pagesjaunes.fr/pros/1", "https://m.yelp.co.uk/biz/x",
        "https://www.tripadvisor.com.au/x", "https://fr-fr.facebook.com/x", "https://www.instagram.com/x",
        "https://www.google.fr/maps/place/x", "https://maps.app.goo.gl/x", "linktr.ee/x", "https://www.thefork.fr/x",
    ],
)  # fmt: skip
def test_a_page_on_a_platform_is_no_site_of_ones_own(url: str) -> None:
    assert is_aggregator(url)


@pytest.mark.parametrize(
    "url", ["https://dupont.fr", "https://notyelp.com", "https://yelp.dupont.fr", "https://sites.google.com/view/x", ""]
)
def test_a_site_of_ones_own_is_no_aggregator(url: str) -> None:
    assert not is_aggregator(url)
