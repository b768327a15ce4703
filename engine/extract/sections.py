"""Where on a page a text stands: its landmark, and whether it speaks of somebody else than the site's owner."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from engine.extract.announced import is_of_insurer, is_of_maker, may_announce
from engine.extract.literals import Literals
from engine.rows.columns import fold

Landmark = Literal["header", "nav", "main", "footer"]
Party = Literal["host", "agency", "mediator", "insurer"]
Section = Literal["header", "nav", "main", "footer", "host", "agency", "mediator", "insurer"]

PARTIES: frozenset[Section] = frozenset(("host", "agency", "mediator", "insurer"))
LABEL_LENGTH_MAX = 120  # a longer line is prose that only mentions the word
CELL_LABEL_MAX = 40  # characters of a table cell that is the label of the next

_BY_TAG: Mapping[str, Landmark] = {"header": "header", "nav": "nav", "main": "main", "footer": "footer"}
_BY_ROLE: Mapping[str, Landmark] = {
    "banner": "header",
    "navigation": "nav",
    "main": "main",
    "contentinfo": "footer",
}
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:(footer|pied)|(navbar|navigation|nav|menu)|(header|entete|top[_-]?bar|masthead))(?:$|[\s_-])"
)
_NAMED_LANDMARKS: tuple[Landmark, ...] = ("footer", "nav", "header")
_NAMED_TAGS = frozenset(("div", "section", "ul", "table", "td", "aside"))

_HOST = re.compile(
    r"\bheberge(?:ur|use|r)s?\b|\bheberge(?:e|es|s)? (?:par|chez)\b|\bhebergement (?:du site|web|internet|et)\b"
    r"|^hebergement\b|\bqui heberge\b"
    r"|\bhost(?:ing provider|ed by|ed at)\b|^(?:web ?)?host(?:ing|er)\b|\bproveedor de alojamiento\b|^alojamiento web\b"
    r"|\bfornitore di hosting\b|\bwebhoster\b"
)
_AGENCY = re.compile(
    r"\b(?:realise|cree|concu|developpe)e? (?:et \w+ )?(?:par|avec)\b"
    r"|\b(?:conception|realisation|creation|developpement)\b[\w\s&/,'-]{0,30}\b(?:site|web|internet|graphique|technique)\b"
    r"|\b(?:conception|realisation)\b[\w\s&/,'-]{0,30}(?:[:|]|\bpar\b)|^(?:conception|realisation)$"
    r"|^(?:conception (?:et|&|/) realisation|credits?|webmaster|agence web|web ?design(?:er)?)\b"
    r"|\b(?:web ?site|site|design|designed|made|built|developed|powered) by\b|\bweb ?design\s*:"
    r"|\b(?:umsetzung|realisierung|webdesign)\s*(?::|von\b|durch\b)"
    r"|\b(?:umsetzung|realisierung|gestaltung|programmierung|konzept(?:ion)?)\b[\w\s&/,'-]{0,30}\b(?:web|homepage|internet)"
    r"|\bdiseno web\b|\b(?:disenado|desarrollado) por\b"
    r"|\b(?:realizzato|sviluppato|creato) da\b|\brealizzazione (?:sito|web)\b"
)
_MEDIATOR = re.compile(
    r"\bmediateur\b|\bmediation\b|\bcnil\b|\breglement (?:en ligne )?des litiges\b|\bautorite de controle\b"
    r"|\b(?:verbraucher)?schlichtung|\bstreitbeilegung\b|\bdispute resolution\b|\bsupervisory authority\b"
    r"|\bombudsman\b|^(?:zustandige )?aufsichtsbehorde\b"
)
# A line without any of these is not worth the expressions above.
_PARTY_STEMS = Literals(
    (
        *("berg", "host", "aloja", "réal", "real", "conc", "cré", "cre", "velop", "svilup", "desarr", "design", "dise"),
        *("made by", "built", "site by", "powered", "webmaster", "agence", "umsetz", "gestalt", "programm", "konz"),
        *("média", "media", "cnil", "litige", "contrôle", "controle", "schlicht", "streit", "dispute", "authority"),
        *("ombuds", "aufsicht"),
    )
)
_OWNER = re.compile(
    r"^(?:l')?(?:edit(?:eur|rice)s?|qui edite|proprietaires?|directeur|directrice|responsable|raison sociale|societe"
    r"|publisher|owner"
    r"|herausgeber|verantwortlich|titular|editore)\b"
)


_LABEL_END = re.compile(r"[:|]")
# A cell with any of these gives the value as well: 'Hébergeur : OVH', 'Site réalisé par Studio Web'.
_GIVES_VALUE = re.compile(r"(?::|\b(?:par|chez|avec|by|at|von|durch|da|por))\s?\w")


def landmark(tag: str, attributes: Mapping[str, str | None]) -> Landmark | None:
    """The landmark that an element opens: by its tag, its role, or the usual names in its id and class."""
    if (by_tag := _BY_TAG.get(tag)) is not None:
        return by_tag
    if role := attributes.get("role"):
        return _BY_ROLE.get(role)
    if tag not in _NAMED_TAGS:
        return None
    identity, classes = attributes.get("id"), attributes.get("class")
    return _named(f"{identity or ''} {classes or ''}") if identity or classes else None


def party(line: str, *, footer: bool = False, legal: bool = False) -> Party | None:
    """Whose contact data a labelled line announces, when it is not the owner's: 'Hébergeur : …', 'Site créé par …'.

    `footer` and `legal`: the line stands in a footer, in a legal text, where more words announce another party.
    """
    if len(line) > LABEL_LENGTH_MAX:
        line = _LABEL_END.split(line[:LABEL_LENGTH_MAX], maxsplit=1)[0]
        if len(line) > LABEL_LENGTH_MAX // 2:
            return None
    return _party_in(line) or (_announced_in(line, legal) if footer or legal else None)


def is_cell_label(text: str) -> bool:
    """Whether a table cell that fills one line may be the label of the cell beside it."""
    return len(text) <= CELL_LABEL_MAX and _GIVES_VALUE.search(text) is None


@lru_cache(maxsize=8_192)  # the pages of a site share their classes
def _named(names: str) -> Landmark | None:
    found = _NAMED.search(names.lower())
    return _NAMED_LANDMARKS[(found.lastindex or 1) - 1] if found else None


@lru_cache(maxsize=8_192)  # the pages of a site share the lines of their headers and footers
def _party_in(line: str) -> Party | None:
    lower = line.lower()
    if not _PARTY_STEMS.occur_in(lower):
        return None
    folded = fold(lower)
    if _HOST.search(folded):
        return "host"
    if _AGENCY.search(folded):
        return "agency"
    return "mediator" if _MEDIATOR.search(folded) else None


@lru_cache(maxsize=8_192)
def _announced_in(line: str, legal: bool) -> Party | None:  # noqa: FBT001 (what a cache tells apart)
    lower = line.lower()
    if not may_announce(lower):
        return None
    if is_of_maker(line):
        return "agency"
    return "insurer" if is_of_insurer(fold(lower), legal=legal) else None


def is_owner_label(line: str) -> bool:
    """Whether the line turns to the site's owner again: 'Éditeur du site', 'Directeur de la publication'."""
    return bool(_OWNER.search(fold(line[:LABEL_LENGTH_MAX])))
