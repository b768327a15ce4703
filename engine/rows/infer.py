"""What cells look like: the kind of a value, of a column, and whether a table begins with a line of headers."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from engine.rows.cells import number_of
from engine.rows.columns import canonical_of, fold
from engine.rows.mailboxes import addresses_in, is_address
from engine.rows.sites import has_known_suffix, host_of, is_aggregator
from engine.rows.types import Value, is_empty, text_of

Kind = Literal["email", "maps", "url", "phone", "siret", "postal_code", "place_id", "street", "number"]

# A verdict on a column needs this share of its cells that are not empty (CONTRACT C-309).
TYPED_SHARE = 0.8
SAMPLE_ROWS = 200

_MAPS = re.compile(r"https?://(?:www\.|maps\.)?(?:google\.[a-z.]{2,6}/maps|maps\.google\.|goo\.gl/maps|maps\.app\.goo)")
_MAPS_SHORT = re.compile(r"https?://(?:maps\.app\.goo\.gl|goo\.gl/maps|g\.page|maps\.google\.[a-z.]{2,6})/")
_URL = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?:/\S*)?", re.IGNORECASE)
_PLACE_ID = re.compile(r"ChIJ[\w-]{20,}|0x[0-9a-f]{8,16}:0x[0-9a-f]{8,16}")
_POSTAL_CODE = re.compile(r"(?:F-?)?(?:0[1-9]|[1-8]\d|9[0-8])\d{3}")
_PHONE_CHARS = re.compile(r"(?:tel:)?[+(]?[\d\s.()/\-\u00a0\u202f\u2011]{8,24}(?:\s*(?:ext|poste|x)\.?\s*\d{1,5})?")
_AMERICAN_PHONE = re.compile(r"(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}")
_DATE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}.*|\d{1,2}([-/. ])\d{1,2}\2\d{4}.*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_STREET = re.compile(
    r"\d{1,4}\s?(?:bis|ter|[a-d])?,?\s+(?:rue|avenue|av|bd|boulevard|place|pl|chemin|route|impasse|allee|quai|cours|"
    r"square|passage|faubourg|via|calle|street)\b.*|.+(?:strasse|str\.?|platz|weg|street|road|avenue|lane)\s+\d{1,4}\w?"
)


def is_email(value: Value) -> bool:
    """True when the cell holds addresses and nothing else."""
    text = text_of(value)
    if "@" not in text:
        return False
    return is_address(text) or len(addresses_in(text)) == len([part for part in re.split(r"[\s,;|]+", text) if part])


def is_url(value: Value) -> bool:
    """True for a web address, with or without its scheme."""
    text = text_of(value)
    if "." not in text or "@" in text or not _URL.fullmatch(text):
        return False
    host = host_of(text)
    # Without a scheme only a public suffix tells `dupont.fr` from `M.Dupont`.
    return bool(host) and ("://" in text or has_known_suffix(host))


def is_maps_link(value: Value) -> bool:
    """True for a link to a place on Google Maps."""
    text = text_of(value)
    return bool(_MAPS.match(text) or _MAPS_SHORT.match(text))


def is_phone(value: Value) -> bool:
    """True for a telephone number as text; a bare run of digits counts only with a leading 0 or +."""
    text = text_of(value)
    if not _PHONE_CHARS.fullmatch(text) or _DATE.fullmatch(text):
        return False
    digits = sum(char.isdigit() for char in text)
    if not 8 <= digits <= 17:
        return False
    bare = text.removeprefix("tel:").lstrip("(")
    return (bare.startswith(("+", "0")) and not bare.startswith("0.")) or bool(_AMERICAN_PHONE.fullmatch(text))


def is_number(value: Value) -> bool:
    """True for a number in any form that `number_of` reads."""
    return number_of(value) is not None


def is_siret(value: Value) -> bool:
    """True for the fourteen digits of a French SIRET with a right check digit (Luhn)."""
    digits = re.sub(r"[\s\u00a0]", "", text_of(value))
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        return False
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(digits))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _matches(pattern: re.Pattern[str]) -> Callable[[Value], bool]:
    return lambda value: pattern.fullmatch(text_of(value)) is not None


# In the order in which they are asked: the narrower kind first.
KINDS: dict[Kind, Callable[[Value], bool]] = {
    "email": is_email,
    "maps": is_maps_link,
    "url": is_url,
    "siret": is_siret,
    "place_id": _matches(_PLACE_ID),
    "phone": is_phone,
    "postal_code": _matches(_POSTAL_CODE),
    "number": is_number,
    "street": lambda value: _STREET.fullmatch(fold(text_of(value))) is not None,
}


def kind_of(values: Iterable[Value]) -> Kind | None:
    """The kind of at least 80 % of the cells that are not empty; None when there is none, or no cell."""
    filled = [value for value in values if not is_empty(value)]
    if not filled:
        return None
    needed = TYPED_SHARE * len(filled)
    return next((kind for kind, test in KINDS.items() if sum(map(test, filled)) >= needed), None)


def is_own_site(values: Iterable[Value]) -> bool:
    """True when most of the web addresses are sites of the businesses' own, not pages on platforms."""
    filled = [text_of(value) for value in values if not is_empty(value)]
    return bool(filled) and sum(not is_aggregator(text) for text in filled) * 2 > len(filled)


def has_header(rows: Sequence[Sequence[Value]]) -> bool:
    """Whether the first row names the columns, judged by its cells against those below.

    A cell that is clearly a value, or of the kind of its column, says no; a known name, or a cell unlike its column,
    says yes. Without any of these, a first row whose cells are all different, filled, and found nowhere below is one.
    """
    names = [text_of(cell) for cell in rows[0]]
    columns = [[row[at] for row in rows[1 : 1 + SAMPLE_ROWS] if at < len(row)] for at in range(len(names))]
    if any(_is_plain_value(name) for name in names):
        return False
    if any(canonical_of(name) for name in names):
        return True
    kinds: list[tuple[Kind, str]] = [
        (kind, name) for name, column in zip(names, columns, strict=True) if name and (kind := kind_of(column))
    ]
    if kinds:
        return not any(KINDS[kind](name) and not _YEAR.fullmatch(name) for kind, name in kinds)
    return len(names) > 1 and len(rows) > 1 and _reads_as_header(names, columns)


def _is_plain_value(name: str) -> bool:
    return bool(name) and not canonical_of(name) and kind_of([name]) not in (None, "number", "postal_code")


def _reads_as_header(names: Sequence[str], columns: Sequence[Sequence[Value]]) -> bool:
    folded = [fold(name) for name in names]
    if len(set(folded)) < len(names):
        return False
    return not any(name in map(fold, map(text_of, column)) for name, column in zip(folded, columns, strict=True))
