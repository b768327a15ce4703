"""The persons that a page names make a mailbox personal that its text alone would not."""

import pytest

from engine.extract.people import is_mailbox_of, people
from tests.engine.extract.reading import document, ranked


@pytest.mark.parametrize(
    "text",
    [
        "Contact Claire Durand",
        "DURAND Claire, gérante",
        "Claire Anne\nClaire DURAND",
        "Mme Claire Durand",
        "<b>Claire</b> Durand",
    ],
)
def test_a_first_name_before_a_family_name_is_a_person(text: str) -> None:
    assert ("claire", "durand", "c") in people(document(f"<p>{text}</p>".replace("\n", "</p><p>")))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Maître Vasseur vous reçoit", "vasseur"),
        ("Herr Klein", "klein"),
        ("Dr. Oduya", "oduya"),
        ("Directeur de la publication : Kerensa Oduya", "oduya"),
        ("Inhaber: Ottokar von Trapp", "vontrapp"),
    ],
)
def test_a_title_or_a_function_names_a_person(text: str, last: str) -> None:
    assert last in {person.last for person in people(document(f"<p>{text}</p>"))}


@pytest.mark.parametrize("text", ["Boulangerie Martin", "claire durand", "Atelier Nord", "Nos Services", "Saint Malo"])
def test_two_words_in_capitals_alone_are_no_person(text: str) -> None:
    assert not people(document(f"<p>{text}</p>"))


@pytest.mark.parametrize(
    "local",
    ["claire", "durand", "cdurand", "durandc", "claired", "clairedurand", "durandclaire", "c-durand", "Durand69"],
)
def test_a_mailbox_fits_its_person(local: str) -> None:
    assert is_mailbox_of(f"{local}@exemple.fr", people(document("<p>Claire Durand</p>")), "exemple")


@pytest.mark.parametrize("local", ["contact", "cd", "martin", "clairette", "duran", "accueil"])
def test_a_mailbox_of_another_word_fits_nobody(local: str) -> None:
    assert not is_mailbox_of(f"{local}@exemple.fr", people(document("<p>Claire Durand</p>")), "exemple")


def test_a_compound_first_name_is_known_by_its_initials() -> None:
    persons = people(document("<p>Jean-Luc Rahier</p>"))

    assert is_mailbox_of("jlrahier@exemple.fr", persons, "exemple")
    assert is_mailbox_of("jeanluc@exemple.fr", persons, "exemple")


def test_a_family_name_that_the_business_bears_stands_for_the_business() -> None:
    persons = people(document("<p>Claire Durand</p>"))

    assert not is_mailbox_of("durand@durand-avocats.fr", persons, "durand-avocats")
    assert is_mailbox_of("cdurand@durand-avocats.fr", persons, "durand-avocats")


@pytest.mark.parametrize(
    ("html", "best", "personal"),
    [
        ("<p>rahier@dupont.fr, accueil@dupont.fr</p><p>Votre avocat : Jean-Luc Rahier</p>", "rahier@dupont.fr", True),
        ("<p>rahier@dupont.fr, accueil@dupont.fr</p>", "accueil@dupont.fr", False),
        ("<p>workshop@dupont.fr, velo@dupont.fr</p><p>Claire Durand</p>", "velo@dupont.fr", False),
        ("<p>Dupont Marie : dupont@dupont.fr</p>", "dupont@dupont.fr", False),
    ],
)
def test_a_person_named_on_the_page_ranks_above_a_generic_mailbox(html: str, best: str, personal: bool) -> None:
    """C-437."""
    first = ranked(html)[0]

    assert (first.candidate.address, first.personal) == (best, personal)


def test_a_long_hostile_page_costs_little() -> None:
    people(document(f"<p>{'Aa ' * 40_000}</p><p>{'M. A’' * 20_000}</p><p>{'Gérant ' * 20_000}:</p>"))
