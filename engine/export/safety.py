"""The formula guard: no exported text may run as a formula when a spreadsheet opens it (CONTRACT C-171)."""

import math
import re

from engine.rows.types import Value

# What spreadsheets take for the beginning of a formula, full-width and small forms too, after white space and
# invisible characters; and the control characters that make them look at the rest of the cell.
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\x00-\x1f]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n\x00]")
# Ends in a digit, so that there is one way to cut a list of numbers: no catastrophic backtracking.
_TELEPHONE = r"\+\d[\d ().\-/\u00a0\u202f]{4,23}\d"
_HARMLESS = re.compile(
    rf"{_TELEPHONE}(?:[\s,;/]{{1,3}}{_TELEPHONE})*"  # +33 1 23 45 67 89, also several
    r"|-(?:\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?(?:\s?[%€])?",  # -4,5
    re.ASCII,
)


def guarded_text(text: str) -> str:
    """`text`, with a leading `'` when a spreadsheet would take it for a formula.

    Telephone numbers such as `+33 1 23 45 67 89` and plain negative numbers stay as they are.
    """
    if not text or text[0].isalnum() or not _FORMULA.match(text):
        return text
    return text if _HARMLESS.fullmatch(text.strip()) and text[0] not in "\t\r\n" else f"'{text}"


def guarded(value: Value) -> Value:
    """`value` with all its texts guarded, in lists and objects too (their keys stay); infinities become None."""
    if isinstance(value, str):
        return guarded_text(value)
    if isinstance(value, list):
        return [guarded(part) for part in value]
    if isinstance(value, dict):
        return {key: guarded(part) for key, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
