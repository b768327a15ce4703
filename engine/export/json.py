"""Rows -> json: an array with one object a line (CONTRACT C-169)."""

import json
from collections.abc import Iterable, Iterator, Sequence

from engine.export.safety import guarded, guarded_text
from engine.rows.types import Row

MEDIA_TYPE = "application/json; charset=utf-8"
_CHUNK_CHARS = 128 * 1024


def write(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces. Each object has every column, in order; an empty cell is null; lists stay lists."""
    keys = [(column, guarded_text(column)) for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    pieces, size, before = ["["], 0, "\n"
    for row in rows:
        piece = before + encode({key: guarded(row.get(column)) for column, key in keys})
        pieces.append(piece)
        size, before = size + len(piece), ",\n"
        if size >= _CHUNK_CHARS:
            yield _bytes(pieces)
            pieces, size = [], 0
    yield _bytes([*pieces, "\n]\n"])


def _bytes(pieces: Sequence[str]) -> bytes:
    # Half a character (a lone surrogate) has no bytes.
    return "".join(pieces).encode("utf-8", errors="replace")
