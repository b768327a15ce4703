"""A page read as a legal notice: what it says, and how to write or call the company it speaks of. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.extract.emails import Domains, declared_domains, find_candidates, foreign_domains, own_domains, rank
from engine.extract.html import Document
from engine.extract.legal_notice import Said, read_notice
from engine.extract.legal_parts import Part, parts_of
from engine.extract.pages import PageKind
from engine.extract.phone_numbers import HOME_COUNTRY
from engine.extract.phones import Phone, find_phones, lines_of
from engine.extract.sections import Section

RANKS: tuple[PageKind, ...] = ("legal", "terms", "home")
NOTICE_MIN = 2  # facts by which a page that isn't called so is a notice
COMPLETE_MIN = 3
# Around the lines that are a notice's on a page that holds more.
LINES_BEFORE, LINES_BEHIND = 4, 4
DIGITS_SAME = 8  # by which a number in international form is found in a text
_NO_DIGIT = re.compile(r"\D")
_ASIDE: frozenset[Section] = frozenset(("header", "nav", "footer"))
_NUMBER = re.compile(r"\bsire[nt]\b|\br\.?c\.?s\b|\btva\b", re.IGNORECASE)
_FRENCH = re.compile(r"\bsire[nt]\b|\br\.?c\.?s\b", re.IGNORECASE)  # of a company in France, whatever the site's name
_SIGN = re.compile(
    r"\bsiret\b|\bsiren\b|\br\.?c\.?s\b|\bcapital\s(?:social\s)?de\b|[ée]dit(?:eur|rice)\sdu\ssite|\bqui\s[ée]dite\b|direct(?:eur|rice)\sde\s(?:la\s)?publication"
    r"|\bh[ée]berge(?:ur|use)\b|h[ée]bergement\s(?:du\ssite|web)|h[ée]berg[ée]\spar|[ée]dit[ée]\spar|\bimpressum\b|legal\snotice",
    re.IGNORECASE,
)


class NoticePage(NamedTuple):
    """What a page says, by the column without its prefix; only what it says."""

    url: str
    kind: PageKind
    said: Mapping[str, Said]
    is_signed: bool = False  # a number of the register stands there

    @property
    def rank(self) -> int:
        return RANKS.index(self.kind)

    @property
    def is_notice(self) -> bool:
        return bool(self.said) and len(self.said) + self.is_signed >= NOTICE_MIN

    @property
    def is_complete(self) -> bool:
        """Whether no other page need be read."""
        return self.kind != "home" and len(self.said) >= COMPLETE_MIN


def read_page(document: Document, *, page: str, kind: PageKind, site: str, country: str) -> NoticePage:
    """The notice of a page. `country` is where a number without a country code is dialled."""
    if kind == "home" and not _SIGN.search(document.text):
        return NoticePage(page, kind, {})
    parts = _notice_of(parts_of(document), kind)
    notice = read_notice(parts)
    said = {
        "raison_sociale": notice.company,
        "capital": notice.capital,
        "rcs": notice.rcs,
        "directeur": notice.director,
        "hebergeur": notice.host,
    }
    if any(said.values()):
        if any(_FRENCH.search(part.text) for part in parts if part.whose == "owner"):
            country = HOME_COUNTRY
        # A home page gives contacts in other places, too.
        lines = [part.text for part in parts if part.whose == "owner"] if kind == "home" else None
        said["email"] = _email(document, page=page, site=site, lines=lines)
        others = [part.text for part in parts if part.whose != "owner"]
        said["telephone"] = _phone(document, page=page, kind=kind, country=country, lines=lines, others=others)
    is_signed = any(_NUMBER.search(part.text) for part in parts if part.whose == "owner")
    return NoticePage(page, kind, {name: value for name, value in said.items() if value is not None}, is_signed)


def _notice_of(parts: Sequence[Part], kind: PageKind) -> list[Part]:
    """The parts that are the notice: the main part of a legal page, else what stands around the signs of one."""
    main = [part for part in parts if part.section not in _ASIDE]
    if kind != "home" and any(_SIGN.search(part.text) for part in main):
        return main
    signs = [at for at, part in enumerate(parts) if _SIGN.search(part.text)]
    if not signs:
        return main if kind == "legal" else []
    around = parts[max(0, signs[0] - LINES_BEFORE) : signs[-1] + 1 + LINES_BEHIND]
    sections = {parts[at].section for at in signs}
    return [part for part in around if part.section in sections or part.whose != "owner"]


def _email(document: Document, *, page: str, site: str, lines: Sequence[str] | None) -> Said | None:
    """The company's best address on the page, as the module emails ranks them; where given, in one of the lines."""
    own = own_domains((site, page))
    candidates = find_candidates(document, page=page, kind="legal", own=own)
    domains = Domains(own, declared_domains(document), foreign_domains(document) - own)
    ranked = rank([one for one in candidates if lines is not None or one.section not in _ASIDE], domains)
    own_ones = (entry.candidate for entry in ranked if entry.relation != "other")
    first = next((one for one in own_ones if lines is None or one.address in "\n".join(lines).lower()), None)
    return Said(first.address, first.section, first.method) if first else None


def _phone(
    document: Document,
    *,
    page: str,
    kind: PageKind,
    country: str,
    lines: Sequence[str] | None,
    others: Sequence[str],
) -> Said | None:
    """The first of the company's numbers on the page, in E.164 form, where given in one of the lines.

    `others` are the lines that speak of another party.
    """
    phones = find_phones(document, page=page, kind=kind, country=country)
    written = [phone for phone in phones if phone.method in ("tel", "text")]
    if lines is None:
        here = [phone for phone in written if phone.section not in _ASIDE and not _stands_in(others, phone)]
    else:
        here = [phone for phone in written if _stands_in(lines, phone)]
    own = {line.number.e164 for line in lines_of(here)}
    first = next((phone for phone in here if phone.number.e164 in own), None)
    return Said(first.number.e164, first.section, first.method) if first else None


def _stands_in(lines: Sequence[str], phone: Phone) -> bool:
    return any(phone.number.e164[-DIGITS_SAME:] in _NO_DIGIT.sub("", line) for line in lines)
