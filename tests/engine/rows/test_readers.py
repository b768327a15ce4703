"""Files as people really send them -> tables."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import OutsendError
from engine.export import xlsx
from engine.limits import IMPORT_BYTES_MAX, IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX
from engine.rows.errors import ImportEmpty, ImportUnreadable
from engine.rows.readers import read_table
from engine.rows.table import Table, unique_names

# An export of a customer base, as one finds them: a title, Windows letters, headers twice or not at all, a cell over
# two lines, lines too long and too short, lines of nothing but delimiters.
MESSY = (
    "Export clients 12/03/2024;;;;;\r\n"
    "Raison sociale;Téléphone;Site internet;Téléphone;Remarques;;\r\n"
    'Café d\'Été;01 23 45 67 89;www.cafe-ete.example;;"Fermé\r\nle lundi ; « sauf août »";;\r\n'
    ";;;;;;\r\n"
    "Boulangerie L’Épi;+33 6 12 34 56 78;lepi.example;06 11 22 33 44;;;rappeler\r\n"
    'Le "Court";0102030405\r\n'
    ";;;\r\n"
).encode("cp1252")


def read(text: str, **options: Any) -> Table:
    return read_table(text.encode(), **options)


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_reads_a_messy_file_of_real_life() -> None:
    table = read_table(MESSY)

    assert table.headers == (
        "Raison sociale", "Téléphone", "Site internet", "Téléphone_2", "Remarques", "colonne_6", "colonne_7",
    )  # fmt: skip
    assert [row[0] for row in table.rows] == ["Café d'Été", "Boulangerie L’Épi", 'Le "Court"']
    assert table.rows[0][4] == "Fermé\r\nle lundi ; « sauf août »"
    assert table.rows[1][6] == "rappeler"
    assert list(table.rows[2]) == ['Le "Court"', "0102030405", None, None, None, None, None]
    assert "Lignes de titre ignorées : 1." in table.remarks
    assert "Lignes plus longues que l'en-tête : 1 (colonnes ajoutées)." in table.remarks


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp850", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_reads_any_usual_encoding(encoding: str) -> None:
    text = "nom;ville\nÉcole du Château à la Forêt;Nîmes\nPâtisserie Noël;Besançon\n"

    table = read_table(text.encode(encoding))

    assert table.headers == ("nom", "ville")
    assert list(table.rows[0]) == ["École du Château à la Forêt", "Nîmes"]


def test_reads_utf8_into_which_windows_text_was_pasted() -> None:
    data = "nom;ville\nÉcole été;Nîmes\nForêt;Besançon\n".encode() + "café;Orléans\n".encode("cp1252").replace(
        b"\xe9", b"e", 1
    )

    assert [row[0] for row in read_table(data).rows] == ["École été", "Forêt", "cafe"]
    assert read_table(data).rows[2][1] == "Orléans"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|", "~", "^"])
def test_finds_the_delimiter(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["nom", "ville", "note"], ["A", "Lyon", "4"], ["B", "Paris", "3"]))

    assert read(text).headers == ("nom", "ville", "note")


def test_decimal_commas_and_commas_in_addresses_do_not_cut_a_semicolon_file() -> None:
    table = read("nom;adresse;note\nA;12 rue X, Lyon;4,5\nB;3 rue Y, Paris;3,9\n")

    assert list(table.rows[0]) == ["A", "12 rue X, Lyon", "4,5"]


def test_a_list_of_addresses_with_a_colon_each_stays_one_column() -> None:
    assert [list(row) for row in read("https://a.fr/x\nhttps://b.fr\n").rows] == [["https://a.fr/x"], ["https://b.fr"]]


def test_the_delimiter_that_is_asked_for_wins() -> None:
    assert read("a,b;c\n1,2;3\n", delimiter=",").headers == ("a", "b;c")
    assert read("a;b\tc\n1;2\t3\n", delimiter="tab").headers == ("a;b", "c")


def test_the_delimiter_line_of_excel_is_honoured() -> None:
    assert read("sep=,\r\nnom,note\r\nA;B,2\r\n").headers == ("nom", "note")


def test_one_line_of_pasted_addresses_becomes_a_column() -> None:
    table = read("a@b.fr, c@d.fr; e@f.fr".replace(";", ","))

    assert [list(row) for row in table.rows] == [["a@b.fr"], ["c@d.fr"], ["e@f.fr"]]


def test_an_unclosed_quote_does_not_swallow_the_rest() -> None:
    table = read('nom;ville\n"Dupont;Paris\nMartin;Lyon\n')

    assert [list(row) for row in table.rows] == [["Dupont", "Paris"], ["Martin", "Lyon"]]


def test_old_line_ends_are_read() -> None:
    assert len(read("nom;ville\rA;Lyon\rB;Paris\r").rows) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nom;email\nDupont;a@b.fr\n", True),
        ("Dupont;a@b.fr\nMartin;c@d.fr\n", False),
        ("Cabinet Dupont;Paris;0123456789\nCabinet Martin;Lyon;0472000000\n", False),
        ("Dupont;4,5;12\nMartin;3,2;120\n", False),
        ("Cabinet Dupont;Paris\nCabinet Martin;Paris\n", False),
        ("produit;2022;2023\nX;100;200\nY;150;300\n", True),
        ("produit;quantité\nX;100\nY;150\n", True),
        ("Boulangerie Dupont\nBoulangerie Martin\n", False),
        ("email\na@b.fr\n", True),
        ("Cabinet Dupont;Paris;0123456789\n", False),
    ],
)
def test_tells_a_header_from_data(text: str, expected: bool) -> None:
    table = read(text)

    assert table.has_header is expected
    assert len(table.rows) == text.count("\n") - expected


def test_has_header_is_believed_when_it_is_given() -> None:
    assert read("a@b.fr;x\nc@d.fr;y\n", has_header="yes").headers == ("a@b.fr", "x")
    assert read("nom;email\nA;a@b.fr\n", has_header="no").headers == ("colonne_1", "colonne_2")


def test_repeated_and_missing_headers_get_names_of_their_own() -> None:
    assert unique_names(["email", "email", "", "email_2", "email"]) == (
        "email", "email_3", "colonne_3", "email_2", "email_4",
    )  # fmt: skip


@pytest.mark.parametrize("key", ["items", "data", "results"])
def test_reads_json_under_the_usual_keys(key: str) -> None:
    table = read(json.dumps({"total": 2, key: [{"nom": "A", "tags": ["x"]}, {"nom": "B", "note": 4.5}]}))

    assert table.headers == ("nom", "tags", "note")
    assert [list(row) for row in table.rows] == [["A", ["x"], None], ["B", None, 4.5]]


def test_reads_json_lines_and_json_lists() -> None:
    assert read('{"a": 1}\n{"a": 2, "b": true}\n').headers == ("a", "b")
    assert read('["a@b.fr", "c@d.fr"]').has_header is False
    assert read('[["nom", "email"], ["A", "a@b.fr"]]').headers == ("nom", "email")


def test_json_without_a_meaning_outside_python_becomes_empty() -> None:
    table = read('[{"a": NaN, "b": 1e999, "c": "\\ud800x\\u0000"}]')

    assert list(table.rows[0]) == [None, None, "?x"]


def test_reads_the_first_sheet_of_a_workbook() -> None:
    data = workbook(
        ["nom", "telephone", "siret", "date", "vu"],
        [" Café ", 33612345678.0, 4.5, datetime(2024, 3, 1), True],
        [],
        ["B", None, "=1+1", date(2023, 1, 2), None],
    )

    table = read_table(data)

    assert table.headers == ("nom", "telephone", "siret", "date", "vu")
    assert list(table.rows[0]) == ["Café", 33612345678, 4.5, "2024-03-01", True]
    assert list(table.rows[1])[2] is None  # a formula is never evaluated


def test_refuses_a_workbook_that_unpacks_beyond_measure() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", b" " * (129 * 1024 * 1024))

    with pytest.raises(ImportUnreadable, match="démesuré"):
        read_table(held.getvalue())


def test_refuses_a_damaged_workbook() -> None:
    data = workbook(["nom"], ["A"])

    for cut in (200, len(data) // 2, len(data) - 30):
        with pytest.raises(ImportUnreadable):
            read_table(data[:cut])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0....", "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1....", ".xlsx"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (bytes(range(256)) * 20, "binaire"),
        (b"PK\x03\x04 not an archive", "archive"),
        (b'[{"a": 1,}]', "ligne 1, colonne"),
        (b"[" * 100_000, "imbriqué"),
        (b'[{"a":' + b"[" * 50 + b"]" * 50 + b"}]", "imbriqué"),
        (b"12", None),
        (b'{"items": "none"}', None),
    ],
)
def test_says_what_a_file_is_that_is_no_table(data: bytes, says: str | None) -> None:
    if says is None:
        assert read_table(data).rows
        return
    with pytest.raises(ImportUnreadable) as refusal:
        read_table(data)

    assert refusal.value.text.startswith("Import illisible : ")
    assert says in refusal.value.text


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b";;;\n;;\n", b"nom;email\n", b"[]", b"{}", b"[null]"]
)
def test_nothing_is_an_empty_import(data: bytes) -> None:
    with pytest.raises(ImportEmpty, match="Import vide"):
        read_table(data)


def test_refuses_what_passes_a_bound() -> None:
    with pytest.raises(ImportUnreadable, match="50 Mo au plus"):
        read_table(b"a" * (IMPORT_BYTES_MAX + 1))
    with pytest.raises(ImportUnreadable, match="colonnes, 200 au plus"):
        read(";".join("abc"[n % 3] + str(n) for n in range(IMPORT_COLUMNS_MAX + 1)))
    with pytest.raises(ImportUnreadable, match="une cellule ne se termine pas"):
        read('nom;"' + "x" * 200_000)
    with pytest.raises(ImportUnreadable, match="une ligne dépasse 1 000 000 caractères"):
        read("nom;note\nA;" + "x" * 1_000_000)


def test_takes_as_many_rows_as_allowed_and_no_more() -> None:
    lines = "nom;n\n" + "A;1\n" * IMPORT_ROWS_MAX

    assert len(read(lines).rows) == IMPORT_ROWS_MAX
    with pytest.raises(ImportUnreadable, match="plus de 100 000 lignes"):
        read(lines + "A;1\nA;1\n")


def check(data: bytes, **options: Any) -> None:
    try:
        table = read_table(data, **options)
    except OutsendError:
        return
    assert table.rows
    assert len(set(table.headers)) == len(table.headers)
    assert all(table.headers)
    assert all(len(row) == len(table.headers) for row in table.rows)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_clear_refusal(data: bytes) -> None:
    check(data)


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.sampled_from('ab1é;,|\t"\n\r{}[]:@. '), max_size=120),
    st.sampled_from(["auto", ";", ",", "tab"]),
    st.sampled_from(["auto", "yes", "no"]),
)
def test_any_text_gives_a_table_or_a_clear_refusal(text: str, delimiter: str, has_header: str) -> None:
    check(text.encode(), delimiter=delimiter, has_header=has_header)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    )
)
def test_any_json_gives_a_table_or_a_clear_refusal(value: object) -> None:
    check(json.dumps(value).encode())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_workbook_with_flipped_bytes_gives_a_table_or_a_clear_refusal(data: st.DataObject) -> None:
    # Our own writer: the same bytes each time.
    book = bytearray(b"".join(xlsx.write(["nom", "email"], [{"nom": "A", "email": "a@b.fr"}, {"nom": 4}])))
    for _ in range(data.draw(st.integers(1, 6))):
        book[data.draw(st.integers(4, len(book) - 1))] = data.draw(st.integers(0, 255))

    check(bytes(book))
