"""Take suppressed contacts out of what leaves: rows, reports, sentences. Pure: no database, no clock.

Addresses leave, wherever they stand: in any column, in a list, in the middle of a text. What stands around them stays,
a telephone and a site too: whoever opted out by an address has refused mail, and the list knows no other contact.
What a module found out about an address (`ABOUT_EMAIL`) leaves with it, since it would tell that there was one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.extract.mail_addresses import first_address, read_address
from engine.rows.columns import canonical_of, header_key
from engine.rows.table import grouped
from engine.rows.types import Row, Value
from engine.suppressions.entries import folded

# Columns that say something of the address in `email`.
ABOUT_EMAIL = (
    "email_status", "email_reason", "email_mx", "email_role", "email_disposable", "email_catch_all", "email_source",
    "email_confidence",
)  # fmt: skip

_BETWEEN = re.compile(r"((?:(?i:mailto:)|[\s,;:|<>()\[\]{}\"\\«»])+)")
_USUAL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]*[A-Za-z0-9]")  # the form of most addresses
_LOCAL = re.compile(r"[^/=?&']{1,64}\Z")
_DOMAIN = re.compile(r"[^\W_](?:[\w.-]{0,251}[^\W_])?")
_MAIL_WORDS = ("mail", "courriel", "correo")  # in the names of further columns for addresses
_QUOTES = "'`´’‘."
_ADDRESS_MAX = 1_000  # characters; an address has 254, and international domains unfold

Left = frozenset[str]
NOBODY: Left = frozenset()


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An account's whole list, folded: addresses and domains in one set, since only addresses hold an `@`."""

    values: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.values)

    def covers(self, address: str) -> bool:
        """Whether a folded address is on the list: itself, its domain, or a domain above that."""
        values = self.values
        if address in values:
            return True
        place = address.rfind("@")
        while (dot := address.find(".", place + 1)) >= 0:  # a single label is never listed
            if address[place + 1 :] in values:
                return True
            place = dot
        return False

    def may_stand_in(self, cell: Value) -> bool:
        """Whether a cell may hold one of them: a quick look that settles nearly all cells."""
        if isinstance(cell, str):
            return "@" in cell and (_USUAL.fullmatch(cell) is None or self.covers(cell.lower()))
        return any(map(self.may_stand_in, cell)) if isinstance(cell, list) else isinstance(cell, dict)


def blank(row: Row, suppressed: Suppressed) -> tuple[Row, Left]:
    """The row without suppressed addresses, and those that left it. The very same row when none did."""
    if not suppressed or not any(map(suppressed.may_stand_in, row.values())):
        return row, NOBODY
    taker = _Taker(suppressed)
    cells = ((column, cell, taker.cell(column, cell)) for column, cell in row.items())
    changed: Row = {column: kept for column, cell, kept in cells if kept is not cell}
    if not changed:
        return row, NOBODY
    if "email" in changed and _is_about(row["email"], suppressed):
        changed |= {column: None for column in ABOUT_EMAIL if column in row}
    return {**row, **changed}, frozenset(taker.left)


def blank_all(rows: Iterable[Row], suppressed: Suppressed) -> tuple[list[Row], int]:
    """All rows blanked, and how many contacts were left out."""
    if not suppressed:
        return list(rows), 0
    blanked = [blank(row, suppressed) for row in rows]
    return [row for row, _ in blanked], sum(len(left) for _, left in blanked)


def blanked(rows: Iterable[Row], suppressed: Suppressed) -> Iterator[Row]:
    """The rows, each blanked as it comes."""
    return (blank(row, suppressed)[0] for row in rows) if suppressed else iter(rows)


def blank_report(report: Mapping[str, Any], suppressed: Suppressed) -> tuple[dict[str, Any], Left]:
    """The evidence without suppressed addresses: candidates that are one leave whole, and so does their list's place.

    Empty when the whole report is about such an address.
    """
    if not suppressed:
        return dict(report), NOBODY
    taker = _Taker(suppressed)
    kept = taker.value(dict(report))
    return cast("dict[str, Any]", kept or {}), frozenset(taker.left)


def blank_text(text: str, suppressed: Suppressed) -> str:
    """A sentence without suppressed addresses."""
    return _Taker(suppressed).text(text) if suppressed and "@" in text else text


def left_out_notice(count: int) -> list[str]:
    """What a notice says of the contacts that were left out; nothing when there were none."""
    if not count:
        return []
    if count == 1:
        return ["1 contact laissé de côté : il est sur ta liste d'exclusion."]
    return [f"{grouped(count)} contacts laissés de côté : ils sont sur ta liste d'exclusion."]


class _Taker:
    """Takes addresses out of values, and remembers which. What it does not change, it gives back as the same object."""

    def __init__(self, suppressed: Suppressed) -> None:
        self._suppressed = suppressed
        self.left: set[str] = set()

    def cell(self, column: str, cell: Value) -> Value:
        """A cell; None when nothing worth keeping is left of it."""
        kept = self.value(cell)
        if kept is cell or not isinstance(kept, str):
            return kept
        holds_mail = "@" in kept or not _is_for_mail(column)
        return kept if holds_mail and any(map(str.isalnum, kept)) else None

    def value(self, value: Any) -> Any:
        """A text, list or object without suppressed addresses; None for one that was all about such an address."""
        if isinstance(value, str):
            return (self.text(value) or None) if "@" in value else value
        if isinstance(value, list):
            return self._list(cast("list[Any]", value))
        return self._object(cast("dict[str, Any]", value)) if isinstance(value, dict) else value

    def text(self, text: str) -> str:
        """A text; '' when it was nothing but suppressed addresses."""
        if _USUAL.fullmatch(text):
            return "" if self._takes(text.lower()) else text
        if '"' in text and self._is_taken(text.strip()):  # a quoted name may hold what else stands between addresses
            return ""
        words = _BETWEEN.split(text)  # what separates them stands at the odd places
        kept = [self._word(word) if "@" in word else word for word in words[::2]]
        if kept == words[::2]:
            return text
        return _joined(words, kept)

    def _list(self, values: list[Any]) -> list[Any]:
        kept = [self.value(value) for value in values]
        if all(new is old for new, old in zip(kept, values, strict=True)):
            return values
        return [new for new, old in zip(kept, values, strict=True) if new is not None or old is None]

    def _object(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """An object with a suppressed address among its values is about it; a key that is one takes its value along."""
        texts = [value for value in values.values() if isinstance(value, str) and "@" in value]
        if "" in [self.text(text) for text in texts]:
            return None
        kept = {key: self.value(value) for key, value in values.items() if "@" not in key or self.text(key)}
        same = len(kept) == len(values) and all(kept[key] is values[key] for key in values)
        return values if same else kept

    def _word(self, word: str) -> str:
        """A part of a text that holds an `@`, without the suppressed address; '' when it was nothing else."""
        if _USUAL.fullmatch(word):
            return "" if self._takes(word.lower()) else word
        # Invisible characters come along with copied text; a mail server would never see them.
        plain = "".join(filter(str.isprintable, word[:_ADDRESS_MAX])).strip(_QUOTES)
        return "" if self._is_taken(plain) and len(word) <= _ADDRESS_MAX else self._inside(word)

    def _inside(self, word: str) -> str:
        """A longer thing, such as a link with an address in its query, without the suppressed ones in it."""
        parts = word.split("@")
        joints = ["@"] * (len(parts) - 1)
        for place in range(len(joints)):
            before, behind = parts[place], parts[place + 1]
            local, domain = _LOCAL.search(before[-64:]), _DOMAIN.match(behind)
            address = read_address(f"{local[0]}@{domain[0]}") if local and domain and "." in domain[0] else None
            if local and domain and address and self._takes(folded(address)):
                parts[place], joints[place] = before[: len(before) - len(local[0])], ""
                parts[place + 1] = behind[domain.end() :]
        return "".join(map("".join, zip(parts, [*joints, ""], strict=True)))

    def _is_taken(self, text: str) -> bool:
        address = read_address(text) if len(text) <= _ADDRESS_MAX else None
        return address is not None and self._takes(folded(address))

    def _takes(self, address: str) -> bool:
        covered = self._suppressed.covers(address)
        if covered:
            self.left.add(address)
        return covered


def _joined(words: Sequence[str], kept: Sequence[str]) -> str:
    """The words that are left; one that is gone takes what stood before it along."""
    parts: list[str] = []
    for place, word in enumerate(kept):
        if word or not words[2 * place]:  # else it is gone
            parts += [words[2 * place - 1] if parts else "", word]
    return "".join(parts).strip(' \t\r\n,;:|<>()[]{}"\\«»')


def _is_for_mail(column: str) -> bool:
    return canonical_of(column) == "email" or any(word in header_key(column) for word in _MAIL_WORDS)


def _is_about(cell: Value, suppressed: Suppressed) -> bool:
    """Whether the address that a verdict is about (the first well-formed one, if any) is suppressed."""
    address = first_address(cell)
    return address is None or suppressed.covers(folded(address))
