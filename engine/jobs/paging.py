"""Cursors of pages: where the next one begins, as a text that callers only hand back."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from engine.jobs.errors import BadCursor

SEQ_MAX = 2**62  # what both databases count to


def cursor_of(seq: int | None) -> str:
    """The cursor of a page that begins behind this row."""
    return urlsafe_b64encode(str(seq).encode()).decode().rstrip("=")


def seq_of(cursor: str) -> int:
    """The row that a cursor names. Raises BadCursor."""
    try:
        seq = int(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise BadCursor() from None
    if not 0 < seq <= SEQ_MAX:
        raise BadCursor()
    return seq
