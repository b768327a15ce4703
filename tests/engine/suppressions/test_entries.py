"""What people type into an opt-out list, and the one spelling that is compared."""

import pytest

from engine.suppressions.entries import Entry, Unreadable, read_entry


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("jean@exemple.fr", "email", "jean@exemple.fr"),
        ("  Jean.DUPONT@Exemple.FR ", "email", "jean.dupont@exemple.fr"),
        ("<jean@exemple.fr>", "email", "jean@exemple.fr"),
        ("mailto:jean@exemple.fr", "email", "jean@exemple.fr"),
        ("jean@Société.fr", "email", "jean@xn--socit-esab.fr"),
        ("ｊean@exemple.fr", "email", "jean@exemple.fr"),
        ("\u202ejean\u200b@exemple.fr", "email", "jean@exemple.fr"),
        ("exemple.fr", "domain", "exemple.fr"),
        ("@exemple.fr", "domain", "exemple.fr"),
        ("EXEMPLE.FR.", "domain", "exemple.fr"),
        ("mail.exemple.co.uk", "domain", "mail.exemple.co.uk"),
        ("straße.de", "domain", "xn--strae-oqa.de"),
        ("xn--strae-oqa.de", "domain", "xn--strae-oqa.de"),
    ],
)
def test_one_thing_has_one_spelling(typed: str, kind: str, value: str) -> None:
    assert read_entry(typed) == Entry(kind, value)  # type: ignore[arg-type]


def test_letters_of_another_script_are_another_domain() -> None:
    looks_alike = read_entry("ехemple.fr")  # Cyrillic e and x

    assert isinstance(looks_alike, Entry) and looks_alike.value.startswith("xn--")


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "\u200b", "fr", "@fr", "@", "jean@", "jean@fr", "jean@@exemple.fr", "jean dupont@exemple.fr",
        "a@b.fr, c@d.fr", "http://exemple.fr", "exemple.fr/contact", "exemple.fr?x", "192.168.0.1", "jean@192.168.0.1",
        "-exemple.fr", "exemple..fr", "a" * 65 + "@exemple.fr", "a" * 64 + ".fr", "%", "' OR 1=1 --",
        "\u200b@exemple.fr", "é" * 300 + ".fr", "x" * 1_000_000, "@" * 1_000_000,
    ],
)  # fmt: skip
def test_what_is_neither_an_address_nor_a_domain_is_refused_with_a_reason(typed: str) -> None:
    refused = read_entry(typed)

    assert isinstance(refused, Unreadable)
    assert refused.reason


@pytest.mark.parametrize("typed", ["*@exemple.fr", "*.exemple.fr", "*", "jean@*.fr", "jean@*"])
def test_a_wildcard_is_refused_and_told_what_does_its_work(typed: str) -> None:
    refused = read_entry(typed)

    assert isinstance(refused, Unreadable)
    assert "un domaine vaut aussi pour ses sous-domaines" in refused.reason
