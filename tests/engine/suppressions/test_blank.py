"""Which addresses leave a row, and what stays of it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.db.types import json_text
from engine.registry.load import modules
from engine.rows.types import Row, Value
from engine.suppressions.blank import (
    ABOUT_EMAIL,
    NOBODY,
    Suppressed,
    blank,
    blank_report,
    blank_text,
    left_out_notice,
)
from engine.suppressions.stored import row_reader

LISTED = Suppressed(frozenset({"jean@exemple.fr", "noire.fr", "xn--socit-esab.fr"}))
NOT_CONTACTS = {"email_personal", "emails_all"}  # columns that hold addresses themselves


def kept(cell: Value, column: str = "email") -> Value:
    return blank({column: cell}, LISTED)[0][column]


@pytest.mark.parametrize(
    "cell",
    [
        "jean@exemple.fr", "JEAN@Exemple.FR", " jean@exemple.fr ", "<jean@exemple.fr>", "jean@exemple.fr.",
        "mailto:jean@exemple.fr", "MAILTO:jean@exemple.fr", "Jean Dupont <jean@exemple.fr>", "'jean@exemple.fr'",
        "jean\u200b@exemple.fr", "jean\u00ad@exemple.fr", "jean\0@exemple.fr", "ｊean@ｅxemple.fr", "x@noire.fr",
        "x@mail.noire.fr", "x@a.b.NOIRE.fr", "x@Société.fr", "x@société。fr", "x@xn--socit-esab.fr", "o'neil@noire.fr",
        '"jean dupont"@noire.fr', "jean@exemple.fr; x@noire.fr", "x+tag@noire.fr", "x/y=z@noire.fr",
    ],
)  # fmt: skip
def test_a_suppressed_address_leaves_however_it_is_written(cell: str) -> None:
    assert kept(cell) is None
    assert row_reader(LISTED)(json_text({"nom": "A", "email": cell})) == {"nom": "A", "email": None}


@pytest.mark.parametrize(
    "cell",
    [
        "jeanne@exemple.fr", "jean@exemple.fr.example", "jean@autre.fr", "x@pasnoire.fr", "x@noire.fr.example",
        "x@ехemple.fr", "@noire.fr", "noire.fr", "jean chez exemple.fr", "", " ", None, 4.5, True, [], {}, ["x@y.fr"],
        {"a": "x@y.fr"}, "https://maps.example/@48.85,2.35,15z", "https://medium.example/@jean", "a@b@c",
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_is(cell: Value) -> None:
    row: Row = {"nom": "A", "email": cell}

    assert blank(row, LISTED) == (row, NOBODY)
    assert blank(row, LISTED)[0] is row
    assert row_reader(LISTED)(json_text(row)) == row


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("a@x.fr, jean@exemple.fr, b@y.fr", "a@x.fr, b@y.fr"),
        ("jean@exemple.fr;a@x.fr", "a@x.fr"),
        ("a@x.fr ; x@noire.fr", "a@x.fr"),
        ("a@x.fr jean@exemple.fr\nb@y.fr", "a@x.fr\nb@y.fr"),
        (["a@x.fr", "jean@exemple.fr"], ["a@x.fr"]),
        (["jean@exemple.fr"], []),
        ([{"nom": "J", "email": "jean@exemple.fr"}, {"email": "a@x.fr"}], [{"email": "a@x.fr"}]),
    ],
)  # fmt: skip
def test_of_several_addresses_only_the_suppressed_leave(cell: Value, rest: Value) -> None:
    assert kept(cell, "emails_all") == rest


@pytest.mark.parametrize(
    ("column", "cell", "rest"),
    [
        ("notes", "Écrire à jean@exemple.fr le matin", "Écrire à le matin"),
        ("notes", "Jean <jean@exemple.fr>", "Jean"),
        ("avis_texte", "Mail : jean@exemple.fr", "Mail"),
        ("site_web", "https://noire.fr/?email=jean@exemple.fr&x=1", "https://noire.fr/?email=&x=1"),
        ("Courriel pro", "Jean <jean@exemple.fr>", None),
        ("notes", "(jean@exemple.fr)", None),
    ],
)
def test_what_stands_around_an_address_stays_but_in_a_column_for_mail(column: str, cell: str, rest: str | None) -> None:
    assert kept(cell, column) == rest


def test_telephones_and_sites_stay() -> None:
    """The list knows mail alone: who refused it is still a business with a telephone and a site."""
    row: Row = {"nom": "Noire", "site_web": "https://noire.fr", "telephone": "01 02 03 04 05", "email": "x@noire.fr"}

    assert blank(row, LISTED)[0] == row | {"email": None}


def test_what_was_found_out_about_an_address_leaves_with_it() -> None:
    about = dict.fromkeys(ABOUT_EMAIL, "told")

    assert blank({"email": "jean@exemple.fr", **about}, LISTED)[0] == dict.fromkeys(["email", *ABOUT_EMAIL])
    assert blank({"email": "jean@exemple.fr, a@x.fr", **about}, LISTED)[0]["email_status"] is None
    # The verdict is about the first address, which stays.
    assert blank({"email": "a@x.fr, jean@exemple.fr", **about}, LISTED)[0] == {"email": "a@x.fr", **about}


@pytest.mark.parametrize("slug", modules())
def test_each_column_of_a_module_about_an_address_is_known(slug: str) -> None:
    produced = {column for column in modules()[slug].produces if column.startswith("email_")}

    assert produced - NOT_CONTACTS <= set(ABOUT_EMAIL), "a new column that would tell of a suppressed address"


def test_each_contact_of_a_row_counts_once() -> None:
    row: Row = {
        "email": "Jean@exemple.fr",
        "email_personal": "jean@exemple.fr",
        "emails_all": "jean@exemple.fr, z@noire.fr",
    }

    assert blank(row, LISTED)[1] == {"jean@exemple.fr", "z@noire.fr"}


@pytest.mark.parametrize(
    ("report", "rest"),
    [
        (
            {"candidates": [{"email": "jean@exemple.fr", "page": "p"}, {"email": "a@x.fr", "page": "q"}], "found": 2},
            {"candidates": [{"email": "a@x.fr", "page": "q"}], "found": 2},
        ),
        ({"address": "x@noire.fr", "mail_hosts": ["mx.noire.fr"], "reply": {"text": "550 <x@noire.fr>"}}, {}),
        ({"pages": {"jean@exemple.fr": "contact", "a@x.fr": "legal"}}, {"pages": {"a@x.fr": "legal"}}),
        ({"reply": {"text": "User jean@exemple.fr unknown"}}, {"reply": {"text": "User unknown"}}),
        ({"pages": ["https://x.fr/jean"], "found": 0}, {"pages": ["https://x.fr/jean"], "found": 0}),
    ],
)
def test_evidence_about_a_suppressed_address_leaves_whole(report: dict[str, Any], rest: dict[str, Any]) -> None:
    assert blank_report(report, LISTED)[0] == rest


def test_a_sentence_loses_the_address_alone() -> None:
    assert blank_text("jean@exemple.fr : délai dépassé", LISTED) == "délai dépassé"
    assert blank_text("a@x.fr : délai dépassé", LISTED) == "a@x.fr : délai dépassé"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, []),
        (1, ["1 contact laissé de côté : il est sur ta liste d'exclusion."]),
        (1_200, ["1 200 contacts laissés de côté : ils sont sur ta liste d'exclusion."]),
    ],
)
def test_the_notice_says_how_many(count: int, said: list[str]) -> None:
    assert [sentence.replace("\u202f", " ").replace("\xa0", " ") for sentence in left_out_notice(count)] == said


@given(st.lists(st.text(max_size=20), max_size=6), st.sampled_from([" ", ", ", ";", "\n", "<", '"', " : ", "|"]))
def test_no_text_around_it_hides_a_suppressed_address(texts: list[str], between: str) -> None:
    cell = between.join([*texts, "jean@exemple.fr", *texts])

    assert "jean@exemple.fr" not in str(kept(cell))
    assert row_reader(LISTED)(json_text({"email": cell})) == {"email": kept(cell)}


@given(st.dictionaries(st.text(max_size=5), st.text('jean@exmplnoirf."\\ ,;\u200bÉ\0', max_size=40), max_size=4))
def test_a_stored_row_is_blanked_as_a_row_at_hand_is(row: dict[str, Value]) -> None:
    assert row_reader(LISTED)(json_text(row)) == blank(row, LISTED)[0]


@pytest.mark.parametrize(
    "cell",
    ["a" * 200_000 + "@", "@" * 200_000, "a@b.c" * 40_000, "é@é" * 60_000, "é" * 200_000 + "@x", "x@" + "é" * 200_000,
     "mailto:" * 70_000 + "@", '"' + "x@" + "é" * 300_000, "jean@exemple.fr " * 30_000],
)  # fmt: skip
def test_a_huge_cell_costs_no_more_than_its_length(cell: str) -> None:
    begun = time.process_time()
    blank({"email": cell}, LISTED)

    assert time.process_time() - begun < 2
