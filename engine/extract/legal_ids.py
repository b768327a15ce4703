"""The numbers by which the French register knows a company: SIREN, SIRET and VAT number, as pages show them. Pure.

A number counts where something on the page calls it so, and where its own arithmetic holds: SIREN and SIRET by Luhn
(La Poste's offices: the sum of the digits divides by five), VAT by its key (12 + 3 * (SIREN mod 97)) mod 97.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from engine.extract.business import telling_words
from engine.extract.html import Document
from engine.extract.json_ld import values_of
from engine.extract.legal_parts import Part, Whose, parts_of
from engine.extract.literals import Literals
from engine.extract.pages import PageKind
from engine.rows.columns import fold
from engine.rows.data import labels

Kind = Literal["siren", "siret", "tva_intra"]
Way = Literal["text", "json_ld"]

LA_POSTE = "356000000"
SIREN_DIGITS, SIRET_DIGITS = 9, 14
NUMBERS_MAX = 60  # of a page
LABEL_BEFORE_MAX = 90  # characters before a number in which its label is looked for
BEHIND_MAX = 24  # characters behind a number in which its label is looked for
NEAR_BEFORE, NEAR_BEHIND = 160, 20  # characters around digits in which something must call them a number
LABEL_LINE_MAX = 60  # of a line that holds nothing but the label
AROUND_LINES = 8  # before a number that may name its company
AROUND_MAX = 900  # characters
SHOWN_MAX = 160
DOMAIN_LETTERS_MIN = 4  # of a domain's word, to be found in a company's name
DOMAIN_WEIGHT = 2  # of the domain's word, in words of the name

_VAT = re.compile(
    r"(?<![A-Za-z0-9])FR[ .:\-]?+(\d\d)[ .\-]?+(\d{3})[ .\-]?+(\d{3})[ .\-]?+(\d{3})(?!\d)", re.IGNORECASE
)
_RUN = re.compile(r"(?<![\d,])\d(?:[ .\-‑]?+\d){8,30}+(?!\d)")
_MAYBE = re.compile(r"\d(?:[ .\-‑]?+\d){8}")
# Some part of what calls a number so.
_CALLS = Literals(
    (
        "sire",
        "rcs",
        "r.c",
        "r c",
        "r. c",
        "regist",
        "pertoire",
        "immatric",
        "compan",
        "identif",
        "numéro",
        "entreprise",
        "rm",
        "r.m",
    )
)
_NO_DIGIT = re.compile(r"\D")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_SAYS_SIRET = re.compile(r"\bsiret\b")
_SAYS_SIREN = re.compile(
    r"\bsiren\b|\br\.? ?c\.? ?s\b|\bregistre (?:du|de|des) (?:commerce|metiers)|\brepertoire des metiers|\bimmatricul"
    r"|\br\.?m\.?\b|\bnumero (?:d'identification|unique)|\bcompan(?:y|ies) (?:no|number|reg|registration)"
    r"|\b(?:trade|commercial|companies) (?:and compan(?:y|ies) )?register"
    r"|\bregistration (?:no|number)|\bregistered under|\bidentifiant\b|\bn[°o] (?:d')?entreprise"
)
_TOWN = re.compile(r"(?:de |d['’])?[A-ZÀ-Þ][^\d,:;]{1,40}")
_REGISTER_ALONE = re.compile(r"(?:n[°o] )?(?:r\.? ?c\.? ?s\.?|registre du commerce[a-z ]{0,20}) ?:?")
# Where a number follows, a label is that of the one behind it.
_SAYS_BEHIND = re.compile(
    r"[ ,(=–—-]{0,3}(?:au )?(?:r\.? ?c\.? ?s\b|rm\b|(?:n[°o] )?(?:de )?(siret|siren)\b(?![ :.°n)]{0,6}\d))"
)


class Number(NamedTuple):
    """A sound number where it stands. `around` is what may name its company, `shown` a piece of its line."""

    kind: Kind
    value: str
    page: str
    page_kind: PageKind
    whose: Whose
    way: Way
    shown: str
    around: str

    @property
    def siren(self) -> str:
        return self.value[-SIREN_DIGITS:] if self.kind == "tva_intra" else self.value[:SIREN_DIGITS]


class Broken(NamedTuple):
    """What is called such a number, and isn't one by its own arithmetic."""

    value: str
    page: str


class Company(NamedTuple):
    """The numbers of one company; all agree. `source` is the page where they stand."""

    siren: str
    siret: str | None
    tva_intra: str | None
    source: str


def is_siren(digits: str) -> bool:
    """Whether nine digits are a SIREN by their check digit."""
    return len(digits) == SIREN_DIGITS and _is_number(digits) and _luhn(digits) and digits != "0" * SIREN_DIGITS


def is_siret(digits: str) -> bool:
    """Whether fourteen digits are a SIRET: the SIREN of a company, and the number of one of its places."""
    if len(digits) != SIRET_DIGITS or not is_siren(digits[:SIREN_DIGITS]):
        return False
    by_sum = digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0
    return _is_number(digits) and (_luhn(digits) or by_sum)


def vat_of(siren: str) -> str:
    """The VAT number that belongs to a SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def siren_in(cell: str) -> str | None:
    """The SIREN that a cell gives, itself or within a SIRET or a VAT number; None without a sound one."""
    digits = _NO_DIGIT.sub("", cell)
    if len(digits) == SIREN_DIGITS + 2 and fold(cell).startswith("fr"):
        return digits[2:] if is_siren(digits[2:]) and vat_of(digits[2:])[2:] == digits else None
    if is_siret(digits) or is_siren(digits):
        return digits[:SIREN_DIGITS]
    return None


def find_numbers(document: Document, *, page: str, kind: PageKind) -> tuple[list[Number], list[Broken]]:
    """Every number of a page with what calls it so, in document order, and those that are broken."""
    numbers: list[Number] = []
    broken: list[Broken] = []
    parts = parts_of(document) if _may_hold(document.text) else []
    for at, part in enumerate(parts):
        for found, value, start in _in_part(parts, at):
            if len(numbers) + len(broken) >= NUMBERS_MAX:
                break
            if found is None:
                broken.append(Broken(value, page))
            else:
                shown, around = part.text[:SHOWN_MAX], _around(parts, at, start)
                numbers.append(Number(found, value, page, kind, part.whose, "text", shown, around))
    return [*numbers, *_declared(document, page, kind)], broken


def _may_hold(text: str) -> bool:
    """Whether digits stand near a word that may call them a number of the register; few pages must be read for it."""
    for found in _MAYBE.finditer(text):
        near = text[max(0, found.start() - NEAR_BEFORE) : found.end() + NEAR_BEHIND]
        if _CALLS.occur_in(near.lower()) or _VAT.search(near):
            return True
    return False


def is_service(number: Number, site_words: Iterable[str]) -> bool:
    """Whether the number is that of a company that serves many sites, and this site isn't its own."""
    names = labels("service_companies").get(number.siren)
    return names is not None and set(names.split()).isdisjoint(site_words)


def own_company(numbers: Sequence[Number], *, name: str, site_words: Sequence[str]) -> Company | None:
    """The company that runs the site; None where there is none, or where several are equally likely.

    `name` is that of the business, `site_words` the labels of its host without the last: `dupont` of www.dupont.fr.
    """
    candidates = [one for one in numbers if one.whose == "owner" and not is_service(one, site_words)]
    sirens = list(dict.fromkeys(one.siren for one in candidates))
    if len(sirens) > 1:
        sirens = _best_named(sirens, candidates, name, site_words)
    if len(sirens) != 1:
        return None
    return _company(sirens[0], [one for one in candidates if one.siren == sirens[0]])


def _company(siren: str, numbers: Sequence[Number]) -> Company:
    by_page = sorted(numbers, key=lambda one: one.page_kind != "legal")  # stable: else as they were found
    first: dict[Kind, str] = {}
    for one in by_page:
        first.setdefault(one.kind, one.value)
    return Company(siren, first.get("siret"), first.get("tva_intra"), by_page[0].page)


def _best_named(sirens: Sequence[str], numbers: Sequence[Number], name: str, site_words: Sequence[str]) -> list[str]:
    """Those of the companies beside whose numbers most of the name, or of the domain, stands."""
    wanted = telling_words(name)
    fits = {
        siren: max(_fit(one.around, wanted, site_words) for one in numbers if one.siren == siren) for siren in sirens
    }
    best = max(fits.values())
    return [siren for siren in sirens if best and fits[siren] == best]


def _fit(around: str, wanted: frozenset[str], site_words: Sequence[str]) -> int:
    folded = fold(around)
    letters = _NO_LETTER.sub("", folded)
    by_domain = any(len(word) >= DOMAIN_LETTERS_MIN and _NO_LETTER.sub("", word) in letters for word in site_words)
    return len(wanted & set(_NO_LETTER.split(folded))) + DOMAIN_WEIGHT * by_domain


def _in_part(parts: Sequence[Part], at: int) -> Iterator[tuple[Kind | None, str, int]]:
    """Kind (None: broken), digits and place of each number of a part."""
    text = parts[at].text
    if not _MAYBE.search(text):
        return
    for found in _VAT.finditer(text):
        value = "".join(found.groups())
        sound = is_siren(value[2:]) and vat_of(value[2:])[2:] == value
        yield ("tva_intra" if sound else None), f"FR{value}", found.start()
    text = _VAT.sub(lambda found: "x" * len(found[0]), text)
    begun = 0
    for found in _RUN.finditer(text):
        before = text[max(begun, found.start() - LABEL_BEFORE_MAX) : found.start()]
        begun = found.end()
        label = fold(before)
        if at and (above := _label_above(parts[at - 1].text, before)):
            label = above
        behind = _SAYS_BEHIND.match(fold(text[begun : begun + BEHIND_MAX]))
        says_siret = _SAYS_SIRET.search(label) is not None or (behind is not None and behind[1] == "siret")
        if says_siret or behind is not None or _SAYS_SIREN.search(label):
            yield (*_read_run(found[0], siret=says_siret), found.start())


def _label_above(line: str, before: str) -> str:
    """The line above a number as its label, folded; '' where `before`, which stands in the number's line, is more."""
    if len(line) > LABEL_LINE_MAX:
        return ""
    label = fold(line)
    has_town = _TOWN.fullmatch(before) is not None and _REGISTER_ALONE.fullmatch(label) is not None
    return label if has_town or not any(map(str.isalpha, before)) else ""


def _read_run(run: str, *, siret: bool) -> tuple[Kind | None, str]:
    """The number at the beginning of digits in groups. `siret`: they are called so."""
    groups = [group for group in _NO_DIGIT.split(run) if group]
    digits = "".join(groups)
    ends = {sum(map(len, groups[: count + 1])) for count in range(len(groups))}
    office = digits[:SIRET_DIGITS]
    # Behind a SIREN may follow a postal code; the first places of a company are numbered 00...
    if SIRET_DIGITS in ends and is_siret(office) and (siret or office[SIREN_DIGITS:].startswith("00")):
        return "siret", office
    company = digits[:SIREN_DIGITS]
    if SIREN_DIGITS in ends and is_siren(company) and not (siret and SIRET_DIGITS in ends):
        return "siren", company
    return None, digits


def _around(parts: Sequence[Part], at: int, start: int) -> str:
    """What stands before a number and may name its company: from the heading above it, of the same party."""
    found = [parts[at].text[:start]]
    for part in reversed(parts[max(0, at - AROUND_LINES) : at]):
        if part.whose != parts[at].whose:
            break
        found.append(part.text)
        if part.heading:
            break
    return "\n".join(found)[:AROUND_MAX]


def _declared(document: Document, page: str, kind: PageKind) -> Iterator[Number]:
    """What the page's JSON-LD gives as VAT or tax number."""
    for thing in document.json_ld:
        for key in ("vatID", "taxID", "iso6523Code"):
            for value in values_of(thing, key):
                digits = _NO_DIGIT.sub("", value.rpartition(":")[2][:40])
                if found := _kind_of(digits):
                    names = " ".join([*values_of(thing, "legalName"), *values_of(thing, "name")])[:AROUND_MAX]
                    whole = f"FR{digits}" if found == "tva_intra" else digits
                    yield Number(found, whole, page, kind, "owner", "json_ld", key, names)


def _kind_of(digits: str) -> Kind | None:
    if is_siren(digits):
        return "siren"
    if is_siret(digits):
        return "siret"
    is_vat = len(digits) == SIREN_DIGITS + 2 and is_siren(digits[2:]) and vat_of(digits[2:])[2:] == digits
    return "tva_intra" if is_vat else None


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdigit()


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
