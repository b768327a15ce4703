"""The three files that people download (CONTRACT C-166 to C-171)."""

import csv as standard_csv
import io
import json as standard_json
import zipfile
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export import csv, json, xlsx
from engine.export.safety import guarded_text
from engine.rows.readers import read_table
from engine.rows.types import Row

COLUMNS = ["nom", "note", "ouvert", "tags", "=danger"]
ROWS: list[Row] = [
    {"nom": 'Café "Été"; bar', "note": 4.5, "ouvert": True, "tags": ["a", {"b": None}], "=danger": "=1+1"},
    {"nom": "Deux\nlignes", "note": -3, "=danger": "+33 1 23 45 67 89", "autre": "x"},
    {"nom": None, "note": float("nan"), "tags": "\ud800", "ouvert": False},
]


def read_csv(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(standard_csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def cells_of(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def written(pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


def test_csv_has_the_mark_semicolons_and_its_line_ends() -> None:
    data = written(csv.write(COLUMNS, ROWS))

    assert data.startswith(b"\xef\xbb\xbfnom;note;ouvert;tags;'=danger\r\n")
    assert read_csv(data)[1:] == [
        ['Café "Été"; bar', "4.5", "true", '["a",{"b":null}]', "'=1+1"],
        ["Deux\nlignes", "-3", "", "", "+33 1 23 45 67 89"],
        ["", "", "false", "?", ""],
    ]


def test_json_keeps_types_and_columns() -> None:
    found = standard_json.loads(written(json.write(COLUMNS, ROWS)))

    assert found == [
        {"nom": 'Café "Été"; bar', "note": 4.5, "ouvert": True, "tags": ["a", {"b": None}], "'=danger": "'=1+1"},
        {"nom": "Deux\nlignes", "note": -3, "ouvert": None, "tags": None, "'=danger": "+33 1 23 45 67 89"},
        {"nom": None, "note": None, "ouvert": False, "tags": "?", "'=danger": None},
    ]
    assert list(found[1]) == ["nom", "note", "ouvert", "tags", "'=danger"]


def test_xlsx_is_a_workbook_with_types_and_a_frozen_header() -> None:
    data = written(xlsx.write(COLUMNS, ROWS))

    assert cells_of(data) == [
        ["nom", "note", "ouvert", "tags", "'=danger"],
        ['Café "Été"; bar', 4.5, True, '["a",{"b":null}]', "'=1+1"],
        ["Deux\nlignes", -3, None, None, "+33 1 23 45 67 89"],
        [None, None, False, None, None],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_xlsx_strips_and_cuts_what_excel_refuses() -> None:
    rows: list[Row] = [
        {"x": "a\x00\x0b\x1f\ufffeb", "y": "é" * 40_000, "z": 12345678901234567},
        {"x": "<&>\"' ", "y": "😀" * 20_000, "z": 10**14},
    ]

    _, first, second = cells_of(written(xlsx.write(["x", "y", "z"], rows)))

    assert first == ["ab", "é" * 32_767, "12345678901234567"]
    assert second == ["<&>\"' ", "😀" * 16_383, 10**14]


def test_xlsx_names_columns_beyond_z() -> None:
    columns = [f"c{n}" for n in range(800)]

    header, row = cells_of(written(xlsx.write(columns, [{"c701": 1, "c702": 2, "c25": 3, "c26": 4}])))

    assert header == columns
    assert {n: cell for n, cell in enumerate(row) if cell is not None} == {701: 1, 702: 2, 25: 3, 26: 4}


@pytest.mark.parametrize("write", [csv.write, json.write, xlsx.write], ids=["csv", "json", "xlsx"])
def test_no_row_is_a_file_with_its_header(write: Any) -> None:
    data = written(write(["nom"], []))

    assert data == written(write(["nom"], []))
    if write is json.write:
        assert standard_json.loads(data) == []
    else:
        assert (read_csv(data) if write is csv.write else cells_of(data)) == [["nom"]]


@pytest.mark.parametrize("write", [csv.write, json.write, xlsx.write], ids=["csv", "json", "xlsx"])
def test_rows_are_taken_while_the_file_is_read(write: Any) -> None:
    taken = 0

    def endless() -> Iterator[Row]:
        nonlocal taken
        while True:
            taken += 1
            yield {"nom": f"Établissement {taken * 7919 % 100_003}", "n": taken}

    pieces = write(["nom", "n"], endless())
    size = sum(len(next(pieces)) for _ in range(4))
    pieces.close()

    assert 0 < size < 2_000_000
    assert taken < 100_000


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, unique=True),
    st.data(),
)
def test_a_csv_read_back_has_the_same_cells(columns: list[str], data: st.DataObject) -> None:
    cells = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, cells)), max_size=4))

    found = read_csv(written(csv.write(columns, rows)))

    expected = [[guarded_text(row[column]) for column in columns] for row in rows]
    assert found == [[guarded_text(column) for column in columns], *expected]


def test_our_own_csv_is_imported_again() -> None:
    columns = ["nom", "email", "note"]
    rows: list[Row] = [
        {"nom": "Café; « Été »", "email": "a@b.fr", "note": 4.5},
        {"nom": "B", "email": "c@d.fr", "note": 3},
    ]

    table = read_table(written(csv.write(columns, rows)))

    assert list(table.headers) == columns
    assert [list(row) for row in table.rows] == [["Café; « Été »", "a@b.fr", "4.5"], ["B", "c@d.fr", "3"]]


@pytest.mark.slow(20)
def test_a_hundred_thousand_rows_become_csv_within_three_seconds() -> None:
    columns = [f"c{n}" for n in range(14)]
    row: Row = {column: "Cabinet Dupont" if n % 3 else 4.5 for n, column in enumerate(columns)}
    began = perf_counter()

    size = sum(map(len, csv.write(columns, (row for _ in range(100_000)))))

    assert size > 1_000_000
    assert perf_counter() - began < 3
