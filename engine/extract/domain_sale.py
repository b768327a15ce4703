"""Whether a page offers its own domain name, or says that nobody uses it yet: who writes there is no business of it."""

import re

from engine.extract.html import Document
from engine.rows.columns import fold

TEXT_LENGTH_MAX = 4_000  # a longer page has a subject of its own, even where it speaks of names for sale
NOTICE_LENGTH_MAX = 800  # a longer one may say in passing where its name is registered
LINE_LENGTH_MAX = 400

_DOMAIN = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{2,63}){0,2}\.[a-z]{2,24}"
_NAME = r"(?:nom de domaine|(?:ce|this|diese|este|questo) (?:domaine|domain|dominio)|domain name)"
_IS = (
    rf"(?: (?:internet|web|{_DOMAIN}|est|is|ist|steht|esta|may be|peut-etre|has been|a ete|was|wurde|deja|already))"
    r"{0,4}"
)
_SOLD = r"(?:a vendre|en vente|for sale|zu verkaufen|zum verkauf|en venta|a la venta|in vendita|available for purchase)"
_KEPT = r"(?:parked|parque|geparkt|registered|reserve|enregistre|depose|registriert|registrado|registrato)"
_OFFER = re.compile(
    rf"\b(?:{_NAME}|{_DOMAIN}){_IS} {_SOLD}\b"
    r"|\b(?:acheter|acquerir|buy|purchase|acquire) (?:ce|this) (?:nom de )?domaine?\b"
)
_NOTICE = re.compile(rf"\b{_NAME}{_IS} {_KEPT}\b")


def offers_its_name(document: Document) -> bool:
    """Whether a home page sells or parks a domain name. The word `domaine` alone may be a wine estate."""
    text = document.text
    if len(text) > TEXT_LENGTH_MAX:
        return False
    said = [" ".join(line.split()) for line in fold(f"{document.title}\n{text}").split("\n")]
    patterns = (_OFFER, _NOTICE) if len(text) <= NOTICE_LENGTH_MAX else (_OFFER,)
    return any(pattern.search(line) for line in said if len(line) <= LINE_LENGTH_MAX for pattern in patterns)
