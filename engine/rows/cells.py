"""What a cell says, whatever its type: its text, its number, its day."""

import json
import math
import re

from engine.rows.types import Value, text_of

_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009'’](?=\d{3}(?!\d))")
_UNITS = re.compile(r"^[€$£]\s*|\s*[€$£%]$")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA_DECIMAL = re.compile(r"([+-]?(?:\d{1,3}(?:\.\d{3})+|\d*)),(\d+)")  # 4,5 and 1.234,56
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3},\d{3}\.\d+")  # 1,234,567 and 1,234.5
_DOT_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}")  # 1.234.567


_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def cell_text(value: Value) -> str:
    """A cell as text: lists and objects as compact JSON, booleans as `true` and `false`, '' for an empty one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text_of(value)


def number_of(value: Value) -> float | None:
    """The number in a cell, or None: `4.5`, `4,5`, `1 234`, `1.234,56`, `1,234.56`, `12 %`, `30 €`.

    `1,234` is French, so 1.234. True and False are no numbers, nor are infinities.
    """
    if isinstance(value, str):
        return _parsed(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def day_of(value: Value) -> str | None:
    """The day in a cell as `2024-01-31`, or None; reads `2024-01-31T10:00` and `31/01/2024`."""
    text = text_of(value)
    if _ISO_DATE.fullmatch(text):
        return text[:10]
    match = _FRENCH_DATE.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else None


def _parsed(text: str) -> float | None:
    # Nothing longer is a number in a table, and int and float take quadratic time on some of it.
    if not text or len(text) > 40 or not any(char.isdigit() for char in text):
        return None
    text = _SPACES.sub("", _UNITS.sub("", text)).replace("\u2212", "-")
    if match := _COMMA_DECIMAL.fullmatch(text):
        text = f"{match[1].replace('.', '')}.{match[2]}"
    elif _COMMA_GROUPS.fullmatch(text):
        text = text.replace(",", "")
    elif _DOT_GROUPS.fullmatch(text):
        text = text.replace(".", "")
    if not text.isascii() or not _PLAIN.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None
