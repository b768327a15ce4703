"""What a table looks like to whoever sent it: its columns, what they were taken for, and the notice."""

from collections.abc import Mapping, Sequence
from itertools import islice

from engine.imports.errors import FileKindRefused, ListTooLong
from engine.imports.schemas import FoundColumn, FoundTable, ParsedList
from engine.limits import ITEMS_MAX
from engine.rows.infer import Kind, kind_of
from engine.rows.mapping import HeaderMap, MappedRows, map_columns
from engine.rows.readers import read_table
from engine.rows.table import Table, grouped
from engine.rows.types import Row

ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv",
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".xlsx": "xlsx",
}  # fmt: skip
_TOLD_ENDINGS = {
    ".xls": "le fichier est un classeur Excel ancien (.xls) ; enregistrez-le en .xlsx",
    ".xlsm": "le classeur contient des macros (.xlsm) ; enregistrez-le en .xlsx",
    ".xlsb": "le fichier est un classeur binaire (.xlsb) ; enregistrez-le en .xlsx",
    ".ods": "le fichier est un document OpenDocument ; enregistrez-le en .xlsx ou en .csv",
}
# The column of each kind of value in a list that has several.
_BY_KIND: Mapping[Kind | None, str] = {
    "email": "email", "url": "site_web", "maps": "lien_google_maps", "phone": "telephone", "siret": "siret",
}  # fmt: skip
_ENDING_CHARS = 12


def check_name(filename: str) -> None:
    """Refuse a name whose ending promises something else than a table. Raises FileKindRefused."""
    ending = _ending(filename)
    if ending and ending not in ENDINGS:
        shown = f"l'extension « {ending[:_ENDING_CHARS]} » n'est pas acceptée (csv, tsv, txt, json, xlsx)"
        raise FileKindRefused(problem=_TOLD_ENDINGS.get(ending, shown))


def check_content(filename: str, table: Table) -> None:
    """Refuse a file that is no workbook, or no JSON, though its name says so. Raises FileKindRefused."""
    ending = _ending(filename)
    promised = ENDINGS.get(ending, "csv")
    if promised != "csv" and promised != table.origin.format:
        shown = {"csv": "du texte CSV", "tsv": "du texte TSV", "json": "du JSON", "xlsx": "un classeur Excel"}
        raise FileKindRefused(problem=f"le fichier contient {shown[table.origin.format]}, son extension est {ending}")


def found_in(table: Table) -> tuple[FoundTable, MappedRows]:
    """What a table looks like, and its rows under canonical names."""
    columns = map_columns(table)
    return _told(table, columns), MappedRows(table.rows, columns.names)


def first_rows(rows: Sequence[Row], count: int) -> list[Row]:
    """The first rows of a table."""
    return list(islice(iter(rows), count))


def read_list(text: str) -> ParsedList:
    """A pasted list as items.

    A list of one thing a line whose things are of several kinds (addresses between sites) becomes a column a kind.

    Raises:
        ImportEmpty, ImportUnreadable: no list. ListTooLong: more than the items of one request.
    """
    table = read_table(text.encode("utf-8", "replace"))
    if len(table.rows) > ITEMS_MAX:
        raise ListTooLong(count=grouped(len(table.rows)), limit=grouped(ITEMS_MAX))
    found, rows = found_in(table)
    mixed = _by_kind(table) if found.columns[0].canonical is None else None
    if mixed is None:
        return ParsedList(**found.model_dump(), items=list(rows))
    columns = list(dict.fromkeys(name for row in mixed for name in row))
    told = [FoundColumn(header=name, column=name, canonical=name, found_by="content") for name in columns]
    return ParsedList(
        **found.model_dump(exclude={"columns", "mapping", "notice"}),
        columns=told,
        mapping={name: name for name in columns},
        notice=f"Liste mélangée, répartie par son contenu : {', '.join(columns)}.",
        items=mixed,
    )


def _by_kind(table: Table) -> list[Row] | None:
    """Each line of a list under the column of its kind; None when this is no such list."""
    if table.has_header or len(table.headers) != 1:
        return None
    rows: list[Row] = []
    for (value,) in table.rows:
        kind = kind_of([value])
        if kind not in _BY_KIND:
            return None
        rows.append({_BY_KIND[kind]: value})
    return rows


def _told(table: Table, found: HeaderMap) -> FoundTable:
    columns = [
        FoundColumn(header=header, column=name, canonical=name if by else None, found_by=by)
        for header, name, by in zip(table.headers, found.names, found.found_by, strict=True)
    ]
    return FoundTable(
        format=table.origin.format,
        encoding=table.origin.encoding,
        delimiter=table.origin.delimiter,
        has_header=table.has_header,
        row_count=len(table.rows),
        columns=columns,
        mapping={column.header: column.canonical for column in columns},
        notice=found.notice.text or None,
    )


def _ending(filename: str) -> str:
    stem, dot, ending = filename.strip().rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
