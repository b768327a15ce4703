"""Whatever people call their columns, modules find them, and the notice says how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rows.columns import ALIASES, aliases_of, canonical_of, find_column, fold, header_key
from engine.rows.mapping import NOTICE_CHARS_MAX, Notice, map_headers, map_items, map_table
from engine.rows.readers import read_table
from engine.rows.types import Row


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Website", "site_web"),
        ("url", "site_web"),
        ("e-mail", "email"),
        ("E_MAIL", "email"),
        ("name", "nom"),
        ("raison sociale", "nom"),
        ("Raison Sociale", "nom"),
        ("Téléphone", "telephone"),
        ("Tél.", "telephone"),
        ("PLZ", "code_postal"),
        ("Código Postal", "code_postal"),
        ("Città", "ville"),
        ("Straße", "adresse"),
        ("Google Maps URL", "lien_google_maps"),
        ("Nombre d'avis", "nb_avis"),
    ],
)
def test_a_header_in_any_spelling_finds_its_column(header: str, column: str) -> None:
    assert canonical_of(header) == column
    assert map_headers([header], []).names == (column,)


def test_each_alias_belongs_to_one_column() -> None:
    owners: dict[str, str] = {}
    for column in ALIASES:
        for alias in aliases_of(column):
            assert owners.setdefault(header_key(alias), column) == column


def test_aliases_begin_with_the_canonical_name() -> None:
    assert aliases_of("site_web")[:4] == ("site_web", "site web", "website", "url")
    assert aliases_of("couleur") == ("couleur",)


def test_the_canonical_name_itself_wins_and_is_claimed_once() -> None:
    found = map_headers(["URL", "site_web", "Website", "Couleur"], [])

    assert found.names == ("URL", "site_web", "Website", "Couleur")
    assert found.notice.mapped == ()
    assert found.notice.ignored == ("URL", "Website", "Couleur")


def test_the_more_usual_name_wins() -> None:
    assert map_headers(["Mobile", "Téléphone"], []).names == ("Mobile", "telephone")


def test_beside_a_first_name_the_company_is_the_name() -> None:
    assert map_headers(["Prénom", "Nom", "Société"], []).names == ("Prénom", "Nom", "nom")
    assert map_headers(["Prénom", "Nom"], []).names == ("Prénom", "nom")
    assert map_headers(["prénom", "nom", "société"], []).names == ("prénom", "nom", "société")


def test_a_column_is_guessed_from_four_fifths_of_its_cells() -> None:
    good, bad = "contact@dupont.fr", "demander"
    enough = map_headers(["Contact 1"], [[good]] * 4 + [[bad]] + [[None]])
    too_few = map_headers(["Contact 1"], [[good]] * 3 + [[bad]])

    assert enough.names == ("email",)
    assert enough.notice.guessed == (("Contact 1", "email"),)
    assert too_few.names == ("Contact 1",)


def test_columns_that_say_what_they_are_are_not_guessed() -> None:
    rows = [["https://www.facebook.com/a", "https://a.fr/logo.png", "01 23 45 67 89", "https://www.doctolib.fr/a"]]

    found = map_headers(["Facebook", "Logo", "Fax", "Lien"], rows)

    assert found.names == ("Facebook", "Logo", "Fax", "Lien")


def test_a_file_without_headers_is_named_by_its_content() -> None:
    data = (
        b"Cabinet Dupont;12 rue de la Paix;75002;Paris;01 23 45 67 89;dupont.fr;jean@dupont.fr\n"
        b"Garage Martin;3 avenue Foch;69006;Lyon;04 72 00 00 00;www.martin.fr;contact@martin.fr\n"
        b"Fleurs & Co;8 bd Carnot;06000;Nice;04 93 00 00 00;fleurs.fr;info@fleurs.fr\n"
    )

    rows, columns, notice = map_table(read_table(data))

    assert columns == ["nom", "adresse", "code_postal", "ville", "telephone", "site_web", "email"]
    assert rows[2]["ville"] == "Nice"
    assert "Pas de ligne d'en-tête." in notice.text
    assert "« colonne_1 » → nom" in notice.text


def test_items_keep_every_key_in_the_order_first_seen() -> None:
    rows, columns, notice = map_items(
        [{"Website": "a.fr", "x": 1}, {"y": [2], "Website": "b.fr", "x": 0}], ["site_web"]
    )

    assert columns == ["site_web", "x", "y"]
    assert rows == [{"site_web": "a.fr", "x": 1}, {"y": [2], "site_web": "b.fr", "x": 0}]
    assert notice.text == "Colonnes reconnues : « Website » → site_web. Colonnes gardées telles quelles : « x », « y »."


def test_items_without_a_needed_column_are_left_out_and_counted() -> None:
    items: list[Row] = [{"nom": "A", "url": "a.fr"}, {"nom": "B", "url": "  "}, {"nom": "C"}]

    rows, _, notice = map_items(items, ["site_web"])

    assert [row["nom"] for row in rows] == ["A"]
    assert "Lignes ignorées, sans site_web : 2." in notice.text


def test_one_of_several_needed_columns_is_enough() -> None:
    rows, _, _ = map_items(
        [{"place_id": "x"}, {"lien_google_maps": "y"}, {"nom": "z"}], ["lien_google_maps", "place_id"]
    )

    assert len(rows) == 2


def test_items_that_name_one_column_in_two_ways_fill_one_column() -> None:
    rows, columns, notice = map_items([{"site_web": "a.fr"}, {"Website": "b.fr"}, {"URL": "c.fr"}], ["site_web"])

    assert columns == ["site_web"]
    assert [row["site_web"] for row in rows] == ["a.fr", "b.fr", "c.fr"]
    assert set(notice.mapped) == {("Website", "site_web"), ("URL", "site_web")}
    assert notice.ignored == ()


def test_two_names_that_meet_in_one_item_stay_two_columns() -> None:
    rows, columns, _ = map_items([{"site_web": "a.fr", "URL": "b.fr"}], ["site_web"])

    assert columns == ["site_web", "URL"]
    assert rows == [{"site_web": "a.fr", "URL": "b.fr"}]


def test_the_notice_is_bounded_and_clean() -> None:
    notice = Notice(ignored=tuple(f"colonne\x1b[31m {n} " + "x" * 500 for n in range(300)), remarks=("r" * 2000,))

    assert len(notice.text) <= NOTICE_CHARS_MAX
    assert notice.text.isprintable()
    assert Notice().text == ""


def test_a_column_is_found_under_another_spelling() -> None:
    assert find_column("Note", ["nom", "note"]) == "note"
    assert find_column("Website", ["nom", "site_web"]) == "site_web"
    assert find_column("couleur", ["nom"]) is None
    assert find_column("", ["nom", "-"]) is None


def test_folding_forgets_case_accents_and_spaces() -> None:
    assert fold("  Crème   BRÛLÉE ") == fold("creme brulee")
    assert fold("Œuf") == "oeuf"
    assert fold("STRASSE") == fold("straße")


@given(st.lists(st.text(max_size=12), max_size=12, unique=True), st.data())
def test_mapping_renames_and_never_loses_a_column(headers: list[str], data: st.DataObject) -> None:
    known = data.draw(st.lists(st.sampled_from(["Website", "email", "Tel", "nom", "Raison sociale"]), unique=True))
    every = list(dict.fromkeys([*headers, *known]))

    names = map_headers(every, []).names

    assert len(names) == len(every)
    assert len(set(names)) == len(names)


@given(st.lists(st.dictionaries(st.sampled_from(["Website", "URL", "site_web", "nom", "x", ""]), st.text(max_size=3))))
def test_no_cell_of_an_item_is_lost(items: list[Row]) -> None:
    rows, columns, _ = map_items(items, [])

    assert len(rows) == len(items)
    for item, row in zip(items, rows, strict=True):
        filled = sorted(str(value) for value in item.values() if str(value).strip())
        assert sorted(str(value) for value in row.values() if str(value).strip()) == filled
        assert set(row) <= set(columns)
