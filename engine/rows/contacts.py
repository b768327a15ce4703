"""Filter rules on telephone numbers and mail domains -> tests on a row (CONTRACT C-334 to C-336)."""

import re
from collections.abc import Callable, Sequence

from engine import lazy
from engine.rows.cells import cell_text
from engine.rows.mailboxes import addresses_in, is_disposable
from engine.rows.types import Row, is_empty

HOME_REGION = "FR"  # where a number without a country code is
_BETWEEN_NUMBERS = re.compile(r"[,;/|\n]+")
_NOT_DIALLED = re.compile(r"[^\d+]")
# Most numbers of most tables: recognised at a hundredth of the library's price.
_FRENCH = re.compile(r"(?:\+33|0033|33)?0?([1-9]\d{8})")


def has_phone_prefix(column: str, prefixes: Sequence[str], *, keep_unparseable: bool) -> Callable[[Row], bool]:
    """True for rows of which a number in `column` begins with one of `prefixes`.

    `06` means the national form and `+33` the international one, however the cell writes the number. An empty cell
    never matches; `keep_unparseable` keeps cells in which no number can be read.
    """
    wanted = tuple(_dialled(prefix) for prefix in prefixes)

    def test(row: Row) -> bool:
        cell = row.get(column)
        if is_empty(cell):
            return False
        forms = [_forms(part) for part in _BETWEEN_NUMBERS.split(cell_text(cell)) if part.strip()]
        if keep_unparseable and not any(forms):
            return True
        return any(form.startswith(wanted) for found in forms for form in found)

    return test


def has_mail_domain(
    column: str, *, include: Sequence[str], exclude: Sequence[str], reject_disposable: bool
) -> Callable[[Row], bool]:
    """True for rows of which one address in `column` is in `include` (when given), not in `exclude`, not throwaway.

    A domain stands for its subdomains too. A row without an address has nothing to exclude: it is kept unless
    `include` is given.
    """
    wanted, unwanted = _domains(include), _domains(exclude)

    def accepts(address: str) -> bool:
        domain = address.rpartition("@")[2].lower()
        if wanted and not _within(domain, wanted):
            return False
        return not _within(domain, unwanted) and not (reject_disposable and is_disposable(domain))

    def test(row: Row) -> bool:
        addresses = addresses_in(row.get(column))
        return any(map(accepts, addresses)) if addresses else not wanted

    return test


def _dialled(text: str) -> str:
    digits = _NOT_DIALLED.sub("", text.replace("(0)", ""))
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _forms(text: str) -> tuple[str, ...]:
    """The national and the international form of a number, digits only; () when it is none."""
    dialled = _dialled(text)
    if match := _FRENCH.fullmatch(dialled):
        return f"0{match[1]}", f"+33{match[1]}"
    library = lazy.load("phonenumbers")
    try:
        number = library.parse(dialled, HOME_REGION)
    except library.NumberParseException:
        return ()
    if not library.is_possible_number(number):
        return ()
    national = library.format_number(number, library.PhoneNumberFormat.NATIONAL)
    return _dialled(national), library.format_number(number, library.PhoneNumberFormat.E164)


def _domains(given: Sequence[str]) -> frozenset[str]:
    return frozenset(text.strip().lower().rpartition("@")[2].rstrip(".") for text in given if text.strip())


def _within(domain: str, listed: frozenset[str]) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels)))
