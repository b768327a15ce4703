"""An import of 100,000 rows takes the memory of one of a few hundred: measured in a process of its own."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from engine.limits import IMPORT_ROWS_MAX
from engine.rows.types import Row
from tests.books import book

COLUMNS = ["nom", "ville", "telephone", "site_web"]
GROWN_MB = 30.0  # measured: 9 to 12, of which the database takes most


def rows() -> list[Row]:
    return [
        {"nom": f"Cabinet {n}", "ville": "Orléans", "telephone": f"02 38 {n:06}", "site_web": f"c{n}.example"}
        for n in range(IMPORT_ROWS_MAX)
    ]


def as_csv() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows())
    return text.getvalue().encode()


def as_xlsx() -> bytes:
    """As Excel writes it: the cells refer to a list of texts, nearly all of them different."""
    texts = "".join(
        f"<si><t>{row[name]}</t></si>"
        for row in [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows()]
        for name in COLUMNS
    )
    cells = (
        "".join(f'<c t="s"><v>{line * len(COLUMNS) + at}</v></c>' for at in range(len(COLUMNS)))
        for line in range(IMPORT_ROWS_MAX + 1)
    )
    return book("".join(f"<row>{row}</row>" for row in cells), shared=texts)


FORMATS: Mapping[str, Callable[[], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


@pytest.mark.slow(120)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_hundred_thousand_rows_are_imported_in_the_memory_of_few(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes(FORMATS[kind]())
    command = [sys.executable, "-m", "tests.engine.imports.weigh", str(tmp_path / "data"), str(file)]

    found = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=110).stdout)

    assert (found["status"], found["rows"]) == ("done", IMPORT_ROWS_MAX)
    assert found["grown_mb"] < GROWN_MB
