"""Workbooks as programs write them, and as somebody writes them who means harm."""

import io
import zipfile

import openpyxl
import pytest

from engine.rows.errors import ImportUnreadable
from engine.rows.readers import read_table
from tests.books import book, row

FORMATS = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="166" formatCode="#,##0.00&quot; dossiers&quot;;[Red]-0"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="166"/><xf numFmtId="22"/></cellXfs>'
)
ENTITIES = ['<!ENTITY e0 "lol">', *(f'<!ENTITY e{n} "' + f"&e{n - 1};" * 10 + '">' for n in range(1, 9))]
BOMB = f"<!DOCTYPE a [{''.join(ENTITIES)}]>"


def cells(text: str) -> list[object]:
    """The cells of a row below a header, which names as many columns."""
    table = read_table(book(row(*"abcdefgh") + f"<row>{text}</row>", styles=FORMATS, shared="<si><t>un</t></si>"))
    found = list(table.rows[0])
    while found and found[-1] is None:
        found.pop()
    return list(found)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('<c t="s"><v>0</v></c>', ["un"]),
        ("<c><v>12.0</v></c><c><v>4.5</v></c><c><v>1E+3</v></c>", [12, 4.5, 1000]),
        ('<c t="b"><v>1</v></c><c t="b"><v>0</v></c>', [True, False]),
        ('<c t="e"><v>#N/A</v></c><c><v>1</v></c>', [None, 1]),
        ('<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>', ["ax"]),
        ("<c><f>1+1</f></c><c><f>1+1</f><v>2</v></c>", [None, 2]),
        ('<c s="1"><v>45352</v></c><c s="4"><v>45352.75</v></c>', ["2024-03-01", "2024-03-01T18:00:00"]),
        ('<c s="1"><v>0.5</v></c><c s="2"><v>1.5</v></c>', ["12:00:00", "1 day, 12:00:00"]),
        ('<c s="3"><v>45352</v></c><c s="0"><v>45352</v></c>', [45352, 45352]),
        ('<c s="1"><v>99999999</v></c>', [99999999]),
        ('<c t="d"><v>2024-03-01</v></c>', ["2024-03-01"]),
        ('<c r="C2"><v>3</v></c><c><v>4</v></c>', [None, None, 3, 4]),
        ('<c t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>', ["ab"]),
        ('<c t="inlineStr"><is><t>a_x000D_b_x0007_</t></is></c>', ["a\rb"]),
        ("<c><v>1e999</v></c><c><v>1</v></c>", [None, 1]),
        ("<c><v>33612345678</v></c><c><v>1e300</v></c>", [33612345678, 1e300]),
    ],
)
def test_each_kind_of_cell_gives_its_value(written: str, read: list[object]) -> None:
    assert cells(written) == read


def test_a_book_that_counts_from_1904_is_four_years_later() -> None:
    data = book(row("jour") + '<row><c s="1"><v>0</v></c></row><row><c s="1"><v>1</v></c></row>',
                styles=FORMATS, about='<workbookPr date1904="1"/>')  # fmt: skip

    assert read_table(data, has_header="yes").rows[1] == ["1904-01-02"]


def test_a_book_whose_elements_bear_a_prefix_is_read() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(row("nom") + row("A")))) as plain, zipfile.ZipFile(held, "w") as archive:
        for name in plain.namelist():
            text = plain.read(name).decode()
            if "sheet1" in name:
                text = text.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
            archive.writestr(name, text)

    assert read_table(held.getvalue()).rows[0] == ["A"]


def test_the_library_of_spreadsheets_and_this_reader_agree() -> None:
    written = openpyxl.Workbook()
    assert written.active is not None
    for line in (["nom", "note", "vu"], ["Café", 4.5, True], ["L'Épi & fils", 12, None]):
        written.active.append(line)
    held = io.BytesIO()
    written.save(held)

    read = openpyxl.load_workbook(io.BytesIO(held.getvalue())).worksheets[0].iter_rows(values_only=True, min_row=2)

    assert [tuple(line) for line in read_table(held.getvalue()).rows] == list(read)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (book(row("nom") + row("A"), more={"xl/vbaProject.bin": b"x"}), "macros"),
        (book(row("nom") + row("A"), more={"xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
        (book(row("nom", "&e8;"), head=BOMB), "DTD"),
        (book(row("&x;"), head='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), "DTD"),
        (book(row("nom", "x" * 200_000)), "une cellule du classeur dépasse 131 072 caractères"),
        (book(row("nom"), shared=f"<si><t>{'x' * 200_000}</t></si>"), "une cellule du classeur dépasse"),
        (book(row("nom") + row(*"a" * 201)), "201 colonnes, 200 au plus"),
        (book(row("nom") + f'<row><c r="{"x" * 2_000_000}"/></row>'), "démesuré"),
        (book(row("nom"), more={"xl/bomb.xml": bytes(300 * 1024 * 1024)}), "démesuré"),
        (book(row("nom"), more={f"xl/{n}": b"" for n in range(5_001)}), "démesuré"),
        (book(row("nom"), more={f"xl/{n:050000}": b"" for n in range(25)}), "démesuré"),
        (book('<row><c t="s"><v>7</v></c></row>'), "endommagé"),
        (book("<row><c><v>douze</v></c></row>"), "endommagé"),
        (book("<row>"), "endommagé"),
    ],
)
def test_a_harmful_or_broken_book_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(ImportUnreadable) as refusal:
        read_table(data)

    assert says in refusal.value.text


def test_one_long_text_in_every_cell_is_refused_before_it_fills_the_disk() -> None:
    one = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    data = book(one * 1_000, shared=f"<si><t>{'x' * 10_000}</t></si>")

    with pytest.raises(ImportUnreadable, match="démesuré"):
        read_table(data)


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(ImportUnreadable, match="plus de 100 000 lignes"):
        read_table(book("<row><c><v>1</v></c></row>" * 100_002))


def test_a_book_with_a_password_and_one_of_old_are_told_apart() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    with pytest.raises(ImportUnreadable, match=r"ancien \(\.xls\)"):
        read_table(old)
    with pytest.raises(ImportUnreadable, match="protégé par un mot de passe"):
        read_table(old + "EncryptedPackage".encode("utf-16-le") + bytes(600))
