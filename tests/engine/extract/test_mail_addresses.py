"""Which texts are e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extract.mail_addresses import first_address, read_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("contact@exemple.fr", "contact@exemple.fr"),
        ("Jean.Dupont+devis@Exemple.FR", "Jean.Dupont+devis@exemple.fr"),
        ("o'neil@mail.exemple.co.uk", "o'neil@mail.exemple.co.uk"),
        ("<contact@exemple.fr>", "contact@exemple.fr"),
        ("mailto:contact@exemple.fr", "contact@exemple.fr"),
        ("mailto:contact@exemple.fr?subject=Devis", "contact@exemple.fr"),
        ("contact@exemple.fr.", "contact@exemple.fr"),
        ("info@bücher.de", "info@xn--bcher-kva.de"),
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("josé@exemple.fr", "josé@exemple.fr"),
        ('"jean dupont"@exemple.fr', '"jean dupont"@exemple.fr'),
        ("a@" + ".".join(["b" * 63] * 3) + ".fr", "a@" + ".".join(["b" * 63] * 3) + ".fr"),
    ],
)
def test_a_well_formed_address_is_read(text: str, address: str) -> None:
    assert str(read_address(text)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contact",
        "@exemple.fr",
        "contact@",
        "contact@localhost",
        "contact@[192.0.2.1]",
        "contact@192.0.2.1",
        ".contact@exemple.fr",
        "contact.@exemple.fr",
        "con..tact@exemple.fr",
        "con tact@exemple.fr",
        "con@tact@exemple.fr",
        '"a\r\nDATA"@exemple.fr',
        "contact@-exemple.fr",
        "contact@exem_ple.fr",
        "contact@exemple..fr",
        "contact@exemple.fr/accueil",
        "contact@" + "b" * 64 + ".fr",
        "c" * 65 + "@exemple.fr",
        "a@" + ".".join(["b" * 63] * 4) + ".fr",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("a@exemple.fr, b@exemple.fr", "a@exemple.fr"),
        ("néant; b@exemple.fr", "b@exemple.fr"),
        ("Jean Dupont <jean@exemple.fr>", "jean@exemple.fr"),
        (" contact@exemple.fr\u200b\n", "contact@exemple.fr"),
        ("\ufeffcontact\u00ad@exemple.fr", "contact@exemple.fr"),
    ],
)
def test_the_first_address_of_a_cell_is_the_one_that_counts(cell: str, address: str) -> None:
    assert str(first_address(cell)) == address


def test_a_cell_may_be_a_list() -> None:
    assert str(first_address([None, "néant", "a@exemple.fr"])) == "a@exemple.fr"


def test_a_cell_without_an_address_has_none() -> None:
    assert first_address("à demander par téléphone") is None


@given(st.text() | st.builds("{}@{}".format, st.text(), st.text()))
def test_what_is_read_can_stand_in_a_mail_command(text: str) -> None:
    address = first_address(text)

    assert address is None or (str(address).isprintable() and address.domain.isascii())
