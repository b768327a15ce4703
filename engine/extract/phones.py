"""Find the telephone numbers of a business on its pages: `tel:` links, structured data, and visible text.

In text, runs of digits come first; only those that may be a number are read by the numbering plans. Company
identifiers, dates, prices and coordinates are told from numbers by how they are written and by what stands before them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple
from urllib.parse import unquote

from engine.extract.html import Document
from engine.extract.own_data import own_values
from engine.extract.pages import PageKind
from engine.extract.phone_numbers import OVERSEAS, PhoneNumber, read_number
from engine.extract.sections import LABEL_LENGTH_MAX, PARTIES, Section, party
from engine.rows.data import words

Method = Literal["tel", "json_ld", "meta", "text"]
Label = Literal["", "tel", "fax", "id"]  # what a text calls the number that follows

NUMBERS_MAX = 10  # of a site; more is a directory of its own
PLACES_MAX = 300  # links and data of a page that are read
LINES_MAX, RUNS_MAX = 150, 20  # of a page with runs of digits, and of these in a line
DIGITS_MIN, DIGITS_MAX = 8, 15  # E.164 has 15 at most
LABEL_BEFORE = 60  # characters before a number in which its label stands
LABEL_CLOSE = 25  # characters at most between a number and what calls it no telephone
OURS_BEFORE = 30  # characters before a number in which 'nous appeler' turns back to the owner
LABEL_ALONE = 30  # characters of a line that is nothing but the label of the next

_SEPARATORS = r"[ .()/\u00b7\u2010-\u2015-]"
_RUN = re.compile(rf"(?<![\d_@])(?<!\d[.,])\(?\+?\(?\d(?:{_SEPARATORS}{{0,3}}+\d){{7,44}}+(?![\d_@])")
# What every run holds: begins with a digit, so that the search for it passes quickly over letters.
_CORE = re.compile(rf"\d(?:{_SEPARATORS}{{0,3}}+\d){{7}}")
_DIGITS = re.compile(r"\d+")
# Behind an abbreviation ('tél. 04 …', 'av. Foch') a sentence goes on.
_SENTENCE_END = re.compile(r"(?<=\w{4})[.;!?]\s(?=[^\W\d_a-zß-ÿ])")
_OURS = re.compile(r"\b(?:nous|notre|nos|us|our|uns|unser\w{0,3})\b", re.IGNORECASE)
_APART = re.compile(r"\s[/\u00b7\u2010-\u2015-]+\s")
_SLASH = re.compile(r"\s?/\s?")
# How people group the ten digits of a French number.
_FRENCH_GROUPS = frozenset(
    (
        *((2, 2, 2, 2, 2), (10,), (4, 3, 3), (4, 2, 2, 2), (4, 6), (1, 3, 3, 3), (2, 2, 3, 3), (2, 3, 3, 2)),
        *((2, 4, 4), (2, 8), (4, 2, 4), (3, 3, 4), (1, 1, 2, 2, 2, 2)),
    )
)
_FRENCH_PAIRS = re.compile(r"0\d(?:[ .-]?\d\d){4}")
_FRENCH_IN_A_ROW = re.compile(rf"(?:{_FRENCH_PAIRS.pattern} ?){{2,4}}")
_AMERICAN = re.compile(r"\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}")
_COORDINATE = re.compile(r"\+?\d{1,3}\.\d{4,}")
_LABEL = re.compile(
    r"(?P<fax>\b(?:t[ée]l[ée])?fax|\bt[ée]l[ée]copie\w{0,3}|\bf(?=\s?[.:]))"
    r"|(?P<tel>\bt[ée]l(?:[ée]ph\w{0,6}|[ée]fono|efono)?\b|\b(?:tele)?(?:fon|phone)\b|\bgsm\b|\bmobiles?\b|\bmobil\b"
    r"|\bport(?:able)?\b|\bcell?(?:ulare|phone)?\b|\bhandy\b|\bmóvil\b|\bwhats ?app\b|\bappel\w{0,6}|\bcall\b"
    r"|\bstandard\b|\bt(?:fno|lf)\b|\bhotline\b|\bligne directe\b|\brufnummer\b|\bjoindre\b"
    r"|[☎📞📱✆]|\b[tmp](?=\s?[.:]))"
    r"|(?P<id>\bsiren\b|\bsiret\b|\br\.?c\.?s\b|\btva\b|\bvat\b|\biban\b|\bbic\b|\brib\b|\bnaf\b|\bape\b|\bcapital\b"
    r"|\brpps\b|\badeli\b|\bfiness\b|\borias\b|\brna\b|\bisbn\b|\bean\b|\bissn\b|\blicen[cs]e\b|\bagr[ée]ment\b"
    r"|\br[ée]f(?:[ée]rence)?\b|\bcompte\b|\bimmatricul\w{0,8}|\bust-?id\w{0,3}|\bhr[ab]\b|\bcontrat\b|\bpolice\b"
    # Of a Belgian or Swiss company: 0412.345.678 could be a French telephone.
    r"|\bbce\b|\bkbo\b|\brpm\b|\bbtw\b|\bmwst\b|\buid\b|\b(?:num[ée]ro|n[°ºro.]{0,3})\s?d['’]entreprise\b"
    r"|\bbanque-carrefour\b|\bondernemingsn\w{0,8}|(?<![\w.@-])be[ .]?$"
    r"|\bsteuernummer\b|\bkonto\b|\bn[ée]?e? le\b|\bcode\b|\bgtin\b|\bsku\b|\bcnaps\b)"
)
# Between 'Tél' and 'Fax' where one number is both.
_JOINED = re.compile(r"\W{0,5}(?:et|and|und|y|e)?\W{0,5}")
_FAX_BEHIND = re.compile(r"\s{0,2}\(\s?(?:t[ée]l[ée])?fax\s?\)", re.IGNORECASE)
_NO_NUMBER_BEHIND = re.compile(r"\s{0,2}(?:€|\$|£|%|eur\b|euros?\b|km\b|m²|:\d|h\d)", re.IGNORECASE)
_SCHEMES = frozenset(("tel", "callto", "fax"))
_META_NAMES = ("telephone", "og:phone_number", "business:contact_data:phone_number")


class Phone(NamedTuple):
    """A number where it stands. `label` is what the text calls it; links and structured data call nothing."""

    number: PhoneNumber
    page: str
    kind: PageKind
    section: Section
    method: Method
    label: Label = ""


class Line(NamedTuple):
    """A number and the pages where it stands, in reading order, each once; `first` is how it was first met."""

    number: PhoneNumber
    pages: tuple[str, ...]
    first: Phone


def find_phones(document: Document, *, page: str, kind: PageKind, country: str) -> list[Phone]:
    """Every number of one page, fax lines and those of other parties included; one may come several times.

    `country` is where a number without a country code is dialled.
    """
    found = [*_linked(document, country), *_declared(document, page, country), *_written(document, kind, country)]
    return [Phone(number, page, kind, section, method, label) for number, section, method, label in found]


def lines_of(phones: Iterable[Phone], *, without: Iterable[str] = ()) -> list[Line]:
    """The telephone lines of the business among `phones`, in the order of their E.164 forms, at most `NUMBERS_MAX`.

    Left out: those in `without` (E.164), fax lines, and what stands only where the page speaks of its host, its agency,
    an insurer or a mediator.
    """
    by_number: dict[str, list[Phone]] = {}
    for phone in phones:
        by_number.setdefault(phone.number.e164, []).append(phone)
    left_out = {*without, *words("vendor_phones")}
    kept = [found for e164, found in by_number.items() if e164 not in left_out and _is_own(found)]
    lines = [Line(found[0].number, tuple(dict.fromkeys(one.page for one in found)), found[0]) for found in kept]
    return sorted(lines[:NUMBERS_MAX], key=lambda line: line.number.e164)


def source_of(lines: Sequence[Line]) -> str | None:
    """The page where most of the lines stand, of several the one read first; None without lines."""
    pages = [page for line in lines for page in line.pages]
    return max(dict.fromkeys(pages), key=pages.count, default=None)


_Found = tuple[PhoneNumber, Section, Method, Label]


def _is_own(found: Sequence[Phone]) -> bool:
    labels = {phone.label for phone in found}
    return not ("fax" in labels and "tel" not in labels) and any(phone.section not in PARTIES for phone in found)


def _linked(document: Document, country: str) -> Iterator[_Found]:
    calls = (link for link in document.links if link.href[:7].partition(":")[0].lower() in _SCHEMES)
    for link in islice(calls, PLACES_MAX):
        scheme, _, rest = link.href[:120].partition(":")
        number = _readable(unquote(rest).partition(";")[0].strip("/ "), country, labelled=True)
        if number is not None:
            yield number, link.section, "tel", "fax" if scheme.lower() == "fax" else ""


def _declared(document: Document, page: str, country: str) -> Iterator[_Found]:
    values = own_values(list(document.json_ld), ("telephone", "faxNumber"), page=page)
    for name, text in islice(values, PLACES_MAX):
        if (number := _readable(text.strip(), country, labelled=True)) is not None:
            yield number, "main", "json_ld", "fax" if name == "faxNumber" else ""
    for name in _META_NAMES:
        if (number := _readable(document.metas.get(name, "").strip(), country, labelled=True)) is not None:
            yield number, "main", "meta", ""


def _written(document: Document, kind: PageKind, country: str) -> Iterator[_Found]:
    if _CORE.search(document.text) is None:
        return  # as of many pages, whose sections need not be worked out then
    before, lines = "", 0
    for block in document.blocks:
        if _CORE.search(block.text) is not None and (lines := lines + 1) <= LINES_MAX:
            is_legal = kind == "legal"
            reads_on = is_legal or block.section == "footer"
            for number, label, leading in _in_line(block.text, before, country):
                other = _leads_to(leading, legal=is_legal) if reads_on and block.section not in PARTIES else None
                yield number, other or block.section, "text", label
        before = block.text


def _leads_to(leading: str, *, legal: bool) -> Section | None:
    """The other party that a sentence of a footer or a notice turns to before it gives a number."""
    sentence = _SENTENCE_END.split(leading)[-1].lstrip(" |/–—·•-")
    if _OURS.search(sentence, max(0, len(sentence) - OURS_BEFORE)):
        return None
    parts = (sentence, sentence[-LABEL_LENGTH_MAX:])  # its label; what stands next to the number
    return next(filter(None, (party(part, footer=True, legal=legal) for part in parts)), None)


def _in_line(text: str, before: str, country: str) -> Iterator[tuple[PhoneNumber, Label, str]]:
    """The numbers of a line, what it calls them, and what it says from the last one on to each.

    `before` is the line above, which may be their label.
    """
    end = 0
    for run in islice(_RUN.finditer(text), RUNS_MAX):
        prefix = text[max(end, run.start() - LABEL_BEFORE) : run.start()]
        label = _label(prefix.lower())
        if not label and not prefix.strip(" :.-") and len(before) <= LABEL_ALONE and end == 0:
            label = _label(before.lower())
        leading, end = text[end : run.start()], run.end()
        behind = text[end : end + 12]
        glued = run[0].isdigit() and (text[run.start() - 1 : run.start()].isalpha() or behind[:1].isalpha())
        if label == "id" or _NO_NUMBER_BEHIND.match(behind) or (glued and not label):
            continue
        if _FAX_BEHIND.match(behind):
            label = "fax"
        for number in _in_run(run[0].strip(), country, labelled=bool(label)):
            yield number, label, leading


def _label(before: str) -> Label:
    """What the last words before a number call it; 'tel' for a line that is telephone and fax at once."""
    last: Label = ""
    ended = 0
    for found in _LABEL.finditer(before):
        kind: Label = "fax" if found["fax"] else "tel" if found["tel"] else "id"
        if kind != "tel" and len(before) - found.end() > LABEL_CLOSE:
            continue
        if not (kind == "fax" and last == "tel" and _JOINED.fullmatch(before, ended, found.start())):
            last = kind
        ended = found.end()
    return last


def _in_run(run: str, country: str, *, labelled: bool) -> list[PhoneNumber]:
    """The numbers of a run of digits: it is one, or several in a row, or none."""
    in_a_row = _FRENCH_PAIRS.findall(run) if _FRENCH_IN_A_ROW.fullmatch(run) else []
    for parts in ([run], _APART.split(run), _SLASH.split(run), in_a_row):
        read = [_readable(part, country, labelled=labelled) for part in parts]
        if found := [number for number in read if number is not None]:
            return found
    return []


def _readable(text: str, country: str, *, labelled: bool) -> PhoneNumber | None:
    """The number, where the text has the form of one; what is called a number may have any form."""
    groups = _DIGITS.findall(text)
    count = sum(map(len, groups))
    if not DIGITS_MIN <= count <= DIGITS_MAX:
        return None
    if text.lstrip("(").startswith("+") or (groups[0].startswith("00") and count > 10):
        return read_number(text.lstrip("("), country) if labelled or not _COORDINATE.fullmatch(text) else None
    if country in ("FR", *OVERSEAS):
        return _french(text, groups, country, labelled=labelled)
    if country in ("US", "CA"):
        return read_number(text, country) if labelled or _AMERICAN.fullmatch(text) else None
    # Elsewhere a nought leads a number that is written for its own country, and digits alone may be anything.
    national = text.lstrip("(").startswith("0") and len(groups) > 1 and len(_written_with(text)) <= 2
    return read_number(text, country) if labelled or (national and count > DIGITS_MIN) else None


def _french(text: str, groups: Sequence[str], country: str, *, labelled: bool) -> PhoneNumber | None:
    digits = "".join(groups)
    if labelled and digits.startswith("33") and len(digits) in (11, 12):  # the sign was forgotten
        return read_number(f"+{digits}", country)
    if len(digits) != 10 or digits[0] != "0":
        return None
    usual = tuple(map(len, groups)) in _FRENCH_GROUPS and len(_written_with(text)) <= 1
    return read_number(digits, country) if labelled or usual else None


def _written_with(text: str) -> set[str]:
    """The signs other than spaces between the digits."""
    return set(text) - set("0123456789 ()")
