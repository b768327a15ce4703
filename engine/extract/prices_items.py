"""Find what has a price on a page: rows of tables, cards that repeat, entries of lists, lines of their own, prose.

An item is the smallest box around a price whose neighbour is a box of its kind with a price, too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from engine.extract.prices_amounts import (
    Amount,
    Period,
    Tax,
    amounts_in,
    is_of_others,
    may_hold_amounts,
    period_in,
    tax_in,
)
from engine.extract.prices_boxes import Box, Line
from engine.rows.columns import fold

Way = Literal["table", "card", "list", "line", "prose"]

ASCENT_MAX = 10  # boxes around a price that are looked at
ITEM_LINES_MAX = 60  # a larger box is a part of the page, no item
ITEMS_MAX = 300
LABEL_MAX = 90
UNIT_MAX, HEAD_MAX = 30, 45  # characters of a line that says what the amount above is for; of one around it
SHORT_MAX = 110  # a longer line is prose
PROSE_MAX = 160  # characters before an amount that are looked at
HOME_ITEMS_MIN = 2
_QUOTE = re.compile(
    r"\b(?:sur devis|sur demande|nous consulter|nous contacter|contactez-nous|on request|contact us|contact sales"
    r"|custom pricing|let.s talk|auf anfrage|preis auf anfrage|bajo pedido|a consultar|su richiesta|prix sur mesure"
    r"|tarif sur mesure|sur estimation)\b"
)
_QUOTE_MARKS = ("devis", "demande", "consult", "contact", "request", "anfrage", "talk", "custom", "mesure", "pedido",
                "richiesta", "estimation")  # fmt: skip
_FREE = re.compile(r"(?:gratuit(?:e|ement)?|free|kostenlos|gratis|offert)")
_PRICE_WORDS = re.compile(
    r"\b(?:tarifs?|prix|a partir de|des|forfaits?|consultations?|seances?|abonnements?|formules?|menus?|nuits?|devis"
    r"|pricing|prices?|from|starting at|preise?|ab|kosten|honoraires|cotisation|inscription|precios?|prezzi|desde)\b"
)
# What a sentence says between the thing and its price.
_COSTS = re.compile(
    r"(?:,\s*)?(?:(?:notre|nos|le|les|our|the|unser)\s(?:prix|tarifs?|price|preis)\s)?"
    r"\b(?:est|sont|is|are|ist)?\s?(?:à|a|de|at|bei)?\s?\b"
    r"(?:comptez|compter|coûten?t?|coute|costs?|kostet|revient à|facturée?)?"
    r"[\s:]{0,3}$",
    re.IGNORECASE,
)
_TELLS_COST = re.compile(
    r"\b(?:comptez|compter|coute\w{0,3}|costs?|kostet|kosten|revient|facture\w{0,3}|is|are"
    r"|(?:est|sont) (?:a|de|fixe\w{0,2} a)|betragt)\s[^.;]{0,12}$|:\s{0,2}$"
)
_SENTENCE_END = re.compile(r"[.;!?]\s")
_GENERIC = re.compile(
    r"(?:le |la |nos |notre )?(?:tarifs?|prix|price|pricing|montant|cout|preis|a partir de|des|from|ab|starting at"
    r"|seulement|only|ttc|ht|prix (?:ttc|ht|unitaire)|tarif (?:ttc|ht)|tarifs? (?:mensuel|annuel)s?"
    r"|prix (?:mensuel|annuel)"
    r"|populaire|le plus (?:populaire|choisi)|recommande|best seller|most popular|promo\w*|nouveau|new|soldes?|par mois"
    r"|eur|€|\W{0,5})"
)
_EDGE = " \t:;,.–—-|•·*→>«»\"'(…"
_LEAD = re.compile(
    r"(?:[\s:;,–—(.…-]{1,12}|^)(?:à partir de|a partir de|à compter de|dès|des|from|starting at|ab|desde|da"
    r"|seulement|only|de|entre|environ|env\.|soit|est de|est à|au prix de|au tarif de|pour)[\s:]{0,5}$",
    re.IGNORECASE,
)


class Item(NamedTuple):
    """Something that has a price, or is priced on request (`low` is None)."""

    name: str
    low: float | None
    high: float | None
    currency: str
    period: Period
    tax: Tax
    way: Way


class _Priced(NamedTuple):
    """A line with amounts, or with the word that there is a price on request."""

    at: int
    amounts: list[Amount]


def read_items(lines: Sequence[Line], *, is_price_page: bool) -> list[Item]:
    """What has a price, in document order. Elsewhere than on a price page, a lone amount needs a word of price."""
    priced = _priced(lines)
    if not any(one.amounts for one in priced) and not is_price_page:
        return []
    with_price = _kinds_with_price(lines, priced)
    page = _Page(lines, priced, with_price, is_price_page=is_price_page)
    found: list[Item] = []
    done: set[tuple[int, int]] = set()
    for one in priced:
        start, end, way, box = page.item_of(one)
        if (start, end) in done:
            continue
        items = page.read(one, start, end, way, box)
        if items:
            done.add((start, end))
        found += items
    return _kept(found, is_price_page=is_price_page)[:ITEMS_MAX]


def _kept(found: list[Item], *, is_price_page: bool) -> list[Item]:
    shaped = [item for item in found if item.way not in ("line", "prose")]
    priced = [item for item in shaped if item.low is not None]
    if is_price_page or len(priced) >= HOME_ITEMS_MIN:
        # Prose beside a table or cards only speaks of them.
        return [item for item in found if item.way != "prose" or not priced]
    return [item for item in found if item.low is not None] and found


def _priced(lines: Sequence[Line]) -> list[_Priced]:
    found: list[_Priced] = []
    for at, line in enumerate(lines):
        if may_hold_amounts(line.text):
            following = lines[at + 1].text if at + 1 < len(lines) else ""
            following = "" if len(following) > UNIT_MAX or may_hold_amounts(following) else following
            amounts = [one for one in amounts_in(line.text, following) if one.is_price]
            if amounts:
                found.append(_Priced(at, amounts))
                continue
        if len(line.text) <= LABEL_MAX and _says_quote(line.text):
            found.append(_Priced(at, []))
    return found


def _says_quote(text: str) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in _QUOTE_MARKS) and _QUOTE.search(fold(text)) is not None


def _kinds_with_price(lines: Sequence[Line], priced: Sequence[_Priced]) -> Mapping[Box, Counter[str]]:
    """Of each box, how many boxes of each tag directly inside hold a price."""
    found: defaultdict[Box, Counter[str]] = defaultdict(Counter)
    seen: set[Box] = set()
    for one in priced:
        box = lines[one.at].box
        while box.parent is not None and box not in seen:
            seen.add(box)
            found[box.parent][box.tag] += 1
            box = box.parent
    return found


class _Page:
    def __init__(
        self,
        lines: Sequence[Line],
        priced: Sequence[_Priced],
        with_price: Mapping[Box, Counter[str]],
        *,
        is_price_page: bool,
    ) -> None:
        self._lines = lines
        self._with_price = with_price
        self._is_price_page = is_price_page
        self._priced_at = {one.at for one in priced}
        self._in_box: defaultdict[Box, int] = defaultdict(int)
        for one in priced:
            self._in_box[lines[one.at].box] += 1

    def item_of(self, one: _Priced) -> tuple[int, int, Way, Box]:
        """First line, line behind the last, way and box of what this price belongs to."""
        line = self._lines[one.at]
        box = line.box
        if self._in_box[box] > 1:  # lines that a `br` parts
            return one.at, one.at + 1, _way_of(box, line), box
        for _ in range(ASCENT_MAX):
            parent = box.parent
            if parent is None or box.end - box.start > ITEM_LINES_MAX:
                break
            if self._with_price[parent][box.tag] > 1:
                return box.start, box.end, _way_of(box, line), box
            box = parent
        way: Way = "line" if len(line.text) <= SHORT_MAX else "prose"
        return one.at, one.at + 1, way, line.box

    def read(self, one: _Priced, start: int, end: int, way: Way, box: Box) -> list[Item]:
        """The items of a box; none where its amount is a mere mention."""
        line = self._lines[one.at]
        if not one.amounts:
            return self._on_request(one, start, end, way, box)
        if way == "prose" or len(line.text) > SHORT_MAX:
            return self._of_prose(one) if self._is_price_page else []
        if way == "line" and not self._is_told(one):
            return []
        period, tax = self._context(one, start, end, box)
        amounts = one.amounts[:1] if end - start > 1 else one.amounts  # a second one of a card: for another period
        found: list[Item] = []
        for place, amount in enumerate(amounts):
            before = line.text[one.amounts[place - 1].end if place else 0 : amount.start]
            name = self._name(one, start, end, box, before)
            if not is_of_others(name):
                found.append(_item(name, amount, amount.period or period, amount.tax or tax, way))
        return found

    def _of_prose(self, one: _Priced) -> list[Item]:
        """The amounts of a text whose sentence says that they are prices."""
        text = self._lines[one.at].text
        found: list[Item] = []
        end = 0
        for amount in one.amounts:
            before = text[max(end, amount.start - PROSE_MAX) : amount.start]
            clause = _SENTENCE_END.split(before)[-1]
            end = amount.end
            if _TELLS_COST.search(fold(clause) + " ") or _PRICE_WORDS.search(fold(clause)):
                name = _trimmed(_COSTS.sub("", clause).removeprefix("Pour "))
                name = name if len(name) <= LABEL_MAX else ""
                found.append(_item(name, amount, amount.period, amount.tax, "prose"))
        return found

    def _on_request(self, one: _Priced, start: int, end: int, way: Way, box: Box) -> list[Item]:
        """A plan without a price: only beside ones that have one, or where the page is about prices."""
        if way in ("line", "prose"):
            return []
        said = self._lines[one.at].text
        match = _QUOTE.search(fold(said))
        own = said[: max(0, len(said) - (len(fold(said)) - match.start()))] if match else ""
        if any(at in self._priced_at and at != one.at for at in range(start, end)):
            return []  # 'contactez-nous' below a price
        name = self._name(one, start, end, box, own) if own or box.tag in ("td", "th") or start < one.at else ""
        return [Item(name, None, None, "", "once", "", way)] if name else []

    def _is_told(self, one: _Priced) -> bool:
        """Whether an amount in a line of its own is meant as a price."""
        said = self._lines[one.at].text
        return self._is_price_page or one.amounts[0].period is not None or _PRICE_WORDS.search(fold(said)) is not None

    def _context(self, one: _Priced, start: int, end: int, box: Box) -> tuple[Period | None, Tax]:
        """The period and the tax that stand around an amount that says neither."""
        around = [self._lines[at].text for at in range(start, min(end, start + 12)) if at not in self._priced_at]
        labels = [one for one in around if len(one) <= HEAD_MAX]
        if box.tag in ("td", "th"):
            labels += [self._column_head(box), self._row_head(box)]
        elif box.tag == "tr" and (cell := self._lines[one.at].box).tag in ("td", "th"):
            labels.append(self._column_head(cell))
        own = self._lines[one.at].text
        period = period_in(own) if len(one.amounts) == 1 and len(own) <= SHORT_MAX else None
        for label in labels:
            period = period or period_in(label)
        tax: Tax = tax_in(own)
        for label in labels:
            tax = tax or tax_in(label)
        return period, tax

    def _name(self, one: _Priced, start: int, end: int, box: Box, before: str) -> str:
        """What the price is of: the words before it, the item's heading or first line, else what stands above."""
        own = _trimmed(before)
        inside = [self._lines[at] for at in range(start, one.at) if at not in self._priced_at]
        headings = [line.text for line in inside if line.heading]
        candidates = [*headings, own] if headings else [own, *(line.text for line in inside)]
        if box.tag in ("td", "th"):
            candidates = [own, _joined(self._row_head(box), self._column_head(box))]
        elif not inside and box.tag != "tr":
            candidates += self._above(start)
        for candidate in candidates:
            name = _trimmed(candidate)
            if name and len(name) <= LABEL_MAX and not _GENERIC.fullmatch(fold(name)):
                return name
        return ""

    def _above(self, start: int) -> list[str]:
        """The line above, where it names what is below: a term, a heading."""
        if start == 0 or start - 1 in self._priced_at:
            return []
        return [self._lines[start - 1].text]

    def _row_head(self, cell: Box) -> str:
        row = cell.parent
        if row is None or cell.column == 0:
            return ""
        first = self._lines[row.start] if row.start < row.end else None
        return first.text if first is not None and row.start not in self._priced_at else ""

    def _column_head(self, cell: Box) -> str:
        """The text of the table's first row in the cell's column."""
        table = cell.parent
        while table is not None and table.tag != "table":
            table = table.parent
        if table is None:
            return ""
        first_row = self._row_of(self._lines[table.start].box) if table.start < table.end else None
        for at in range(table.start, min(table.end, table.start + 40)):
            box = self._lines[at].box
            if self._row_of(box) is not first_row:
                break
            head = self._cell_of(box)
            if head is not None and head.column == cell.column and at not in self._priced_at:
                return self._lines[at].text
        return ""

    @staticmethod
    def _row_of(box: Box) -> Box | None:
        found: Box | None = box
        while found is not None and found.tag != "tr":
            found = found.parent
        return found

    @staticmethod
    def _cell_of(box: Box) -> Box | None:
        found: Box | None = box
        while found is not None and found.tag not in ("td", "th"):
            found = found.parent
        return found


def _item(name: str, amount: Amount, period: Period | None, tax: Tax, way: Way) -> Item:
    return Item(name, amount.low, amount.high, amount.currency, period or "once", tax, way)


def _way_of(box: Box, line: Line) -> Way:
    if box.tag in ("tr", "td", "th", "tbody"):
        return "table"
    if box.tag in ("li", "dd", "dt", "p"):
        return "list"
    return "card" if len(line.text) <= SHORT_MAX else "prose"


def _trimmed(text: str) -> str:
    """A label without what leads to a price: 'Coupe homme : à partir de' becomes 'Coupe homme'."""
    short = text[-3 * LABEL_MAX :].strip(_EDGE)
    for _ in range(3):
        shorter = _LEAD.sub("", f"{short} ").strip(_EDGE)
        if shorter == short:
            break
        short = shorter
    return short


def _joined(row: str, column: str) -> str:
    """The name of a cell by its row and its column; a row that is called 'Prix' tells nothing."""
    parts = [part for part in map(_trimmed, (row, column)) if part and not _GENERIC.fullmatch(fold(part))]
    return " - ".join(parts)
